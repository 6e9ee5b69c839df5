"""What the directory keeps of each list that enrollment tells: rows by their key, from its entries."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from services.kernel.cipher import FieldCipher
from services.notifications.directory.tables import Child, Collector, Guardianship, Offering, Person, Room
from services.notifications.table import NotificationsTable

Values = Callable[[Any, FieldCipher], dict[str, Any]]


@dataclass(frozen=True)
class CopiedList:
    """A list of `RosterPage` and the table that it fills."""

    told: str
    """The list's name on the page."""
    table: type[NotificationsTable]
    key: dict[str, str]
    """Column -> field of the entry; beside ``school_id``."""
    values: Values
    which: dict[str, str]
    """Which rows of the table are of this list."""
    kept: bool = False
    """Whether a row stays when it was removed: its name is still to be said."""


def _person(entry: Any, cipher: FieldCipher) -> dict[str, Any]:
    return {
        "name": entry.name,
        "phone_sealed": cipher.seal(entry.phone),
        "phone_index": cipher.blind_index(entry.phone),
    }


def _fields(*names: str) -> Values:
    return lambda entry, _: {name: getattr(entry, name) for name in names}


LISTS = (
    CopiedList("children", Child, {"child_id": "child_id"}, _fields("name"), {}),
    CopiedList("rooms", Room, {"room_id": "room_id"}, _fields("name"), {}),
    CopiedList("guardians", Person, {"person_id": "guardian_id"}, _person, {"sort": "guardian"}),
    CopiedList("staff", Person, {"person_id": "staff_id"}, _person, {"sort": "staff"}),
    CopiedList(
        "guardianships",
        Guardianship,
        {"child_id": "child_id", "guardian_id": "guardian_id"},
        _fields("relation", "rank", "is_told"),
        {},
    ),
    CopiedList(
        "collectors",
        Collector,
        {"collector_id": "collector_id"},
        _fields("child_id", "name", "relation"),
        {},
    ),
    CopiedList("offerings", Offering, {"offering_id": "offering_id"}, _fields("title"), {}, kept=True),
)
"""Phones are compared by their keyed hash: what is sealed looks different each time."""
