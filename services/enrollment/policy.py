"""Read a jurisdiction's policy file: its numbers, kinds and natures, typed."""

import tomllib
from collections.abc import Mapping
from datetime import date, time
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

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
    no_subject: bool = False


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


class TermDates(_Part):
    """A term of the jurisdiction's school calendar; both days are in it."""

    name: str
    kind: Literal["term", "winter_opening", "summer_opening"]
    starts_on: date
    ends_on: date


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
    terms: tuple[TermDates, ...]


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
