"""Which schools does somebody mean who types a few characters? Pure."""

from collections.abc import Sequence
from typing import Protocol, TypeVar


class Named(Protocol):
    """What a school is found by."""

    code: str
    name: str
    county: str


School = TypeVar("School", bound=Named)


def find_schools(schools: Sequence[School], wanted: str) -> list[School]:
    """Return schools of which every word stands in the name, the county or the code; all where nothing was typed."""
    words = wanted.casefold().split()
    return [
        one
        for one in schools
        if all(word in f"{one.name}\0{one.county}\0{one.code}".casefold() for word in words)
    ]


def by_county(schools: Sequence[School]) -> list[tuple[str, list[School]]]:
    """Group by county, in the order in which they come."""
    groups: dict[str, list[School]] = {}
    for one in schools:
        groups.setdefault(one.county, []).append(one)
    return list(groups.items())
