"""What can be said of an offering, all of it or some: as people enter it, and as a pending change keeps it."""

from collections.abc import Iterable, Mapping
from datetime import time
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter
from typing_extensions import TypedDict


def _in_order(numbers: Iterable[int]) -> list[int]:
    return sorted(set(numbers))


Weekdays = Annotated[list[Annotated[int, Field(ge=1, le=7)]], Field(min_length=1), AfterValidator(_in_order)]
Grades = Annotated[list[Annotated[int, Field(ge=1, le=9)]], Field(min_length=1), AfterValidator(_in_order)]
Line = Annotated[str, Field(min_length=1, max_length=80)]
Prose = Annotated[str, Field(max_length=5_000)]
Size = Annotated[int, Field(ge=1, le=2_000)]


class OfferingValues(TypedDict, total=False):
    """Columns of an offering; what is left out stays as it is. Times are the school's wall clock, half-open.

    ``classes`` as 三年级2班, null for all classes of its grades. ``partner_id``: who from outside carries it (R21).
    """

    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]

    code: Annotated[str, Field(min_length=1, max_length=20, pattern=r"^[A-Za-z0-9-]+$")]
    title: Line
    kind: str
    nature: str
    subject: Line | None
    teacher_id: UUID | None
    room_id: UUID | None
    partner_id: UUID | None
    weekdays: Weekdays
    starts: time
    ends: time
    grades: Grades
    classes: Annotated[list[Line], Field(min_length=1, max_length=100)] | None
    by_invitation: bool
    by_round: bool
    capacity: Size
    minimum_size: Size
    content: Prose
    aims: Prose
    materials: Prose
    assessment_no: Line | None
    fee_fen: Annotated[int, Field(ge=0)]


NAMES = tuple(OfferingValues.__annotations__)
_SHAPE = TypeAdapter(OfferingValues)


def as_json(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as a pending change keeps them."""
    kept: dict[str, Any] = _SHAPE.dump_python(OfferingValues(**values), mode="json")  # type: ignore[typeddict-item]
    return kept


def from_json(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `as_json` kept, as columns have it."""
    return dict(_SHAPE.validate_python(kept))
