"""Read a jurisdiction's policy file: its numbers, kinds and natures, typed."""

import tomllib
from collections.abc import Mapping
from datetime import date, time
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

DEFAULT = Path(__file__).resolve().parents[2] / "policies" / "changzhi-2021.toml"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Labelled(_Part):
    """A word of the jurisdiction: what the sheet says, and what else it may say."""

    label: str
    aliases: tuple[str, ...] = ()

    def says(self, text: str) -> bool:
        """Whether the sheet's ``text`` means this word."""
        return text == self.label or text in self.aliases


class SchoolKind(Labelled):
    """A kind of school and the grades it teaches (R05)."""

    grades: tuple[int, ...]


class Kind(Labelled):
    """What an offering is (R20)."""

    basic: bool = False
    """A number is the size of a group; a full group opens another (R03)."""
    counts_as_service: bool = True
    grades: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7, 8, 9)


class Nature(Labelled):
    """What an offering declares itself to be (R17)."""

    forbidden: bool = False
    needs_assessment: bool = False


class Fees(_Part):
    """Whether fees may be asked at all (R01)."""

    standard_published: bool


class Assessment(_Part):
    """Words that show that an offering needs an assessment on file (R17)."""

    title_words: tuple[str, ...]
    room_words: tuple[str, ...]


class Draw(_Part):
    """Whose turn comes first, in draws and on waiting lists alike (R06)."""

    tiers: tuple[tuple[str, ...], ...]
    """Priority groups, the first to be served first; a child of no group comes after all of them."""
    grade_groups: dict[str, tuple[int, ...]] = {}
    """Groups that a child belongs to by its grade; the others stand on its record."""


class Offers(_Part):
    """How long an offered place is reserved for who waited."""

    hold_hours: int
    least_hours: int
    """Where the offering meets again before ``hold_hours`` are over, but never less than this."""
    first_week_minutes: int
    """In the first seven days of a term, when everybody is choosing."""
    quiet_from: time
    quiet_until: time
    """At night (school's wall clock) such a short offer does not run out: nobody loses its turn asleep."""


class WaitingList(_Part):
    """What one child may wait for."""

    most_entries: int


class TermDates(_Part):
    """A term of the jurisdiction's school calendar; both days are in it."""

    name: str
    kind: Literal["term", "winter_opening", "summer_opening"]
    starts_on: date
    ends_on: date


class CountyDay(_Part):
    """A day as the county set it, before the holiday library or against it.

    ``runs_as`` is the weekday whose timetable is followed (1 Monday … 7); a holiday has none.
    """

    on: date
    kind: Literal["workday", "weekend", "holiday"]
    runs_as: Annotated[int, Field(ge=1, le=7)] | None = None
    name: str

    @model_validator(mode="after")
    def _closed_only_on_holidays(self) -> Self:
        if (self.kind == "holiday") != (self.runs_as is None):
            raise ValueError(f"{self.on}: a holiday has no runs_as, any other day has one")
        return self


class Policy(_Part):
    """One jurisdiction's numbers and switches; names as in the policy's own file."""

    id: str
    title: str
    workdays_per_week: int
    min_minutes_per_workday: int
    weekend_days: int
    earliest_end: time
    junior_evening_latest_end: time
    winter_open_weeks: int
    summer_open_weeks: int
    junior_homework_rate: float
    primary_no_written_homework_grades: tuple[int, ...]
    priority_groups: tuple[str, ...]
    fees: Fees
    school_kinds: dict[str, SchoolKind]
    kinds: dict[str, Kind]
    natures: dict[str, Nature]
    assessment: Assessment
    draw: Draw
    offers: Offers
    waiting_list: WaitingList
    terms: tuple[TermDates, ...]
    partner_kinds: dict[str, Labelled]
    calendar: tuple[CountyDay, ...] = ()

    @model_validator(mode="after")
    def tiers_name_known_groups(self) -> Self:
        """A misspelt group would quietly lose its turn."""
        named = {group for tier in self.draw.tiers for group in tier} | set(self.draw.grade_groups)
        if unknown := named - set(self.priority_groups):
            raise ValueError(f"no priority group: {sorted(unknown)}")
        return self


@cache
def read_policy(path: Path = DEFAULT) -> Policy:
    """Read one jurisdiction's file.

    Raises:
        FileNotFoundError: no such jurisdiction.
        pydantic.ValidationError: the file lacks a number or holds an unknown one.
    """
    with path.open("rb") as file:
        return Policy.model_validate(tomllib.load(file))


def word_for(words: Mapping[str, Labelled], text: str) -> str | None:
    """The key of the word that the sheet's ``text`` means, or None."""
    return next((key for key, word in words.items() if word.says(text)), None)
