"""A school's own timings: defaults, and what the school set instead (``School.settings``)."""

from datetime import timedelta
from functools import lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class LadderStep(BaseModel):
    """Whom to tell that nobody came for a child, ``after`` minutes of lateness; urgent ones are worth money."""

    model_config = ConfigDict(frozen=True)

    after: int = Field(ge=0, description="Minutes after the child was due home.")
    audience: Literal["guardians", "duty", "leader"]
    urgent: bool


LADDER = (
    LadderStep(after=0, audience="guardians", urgent=False),
    LadderStep(after=10, audience="guardians", urgent=True),
    LadderStep(after=20, audience="duty", urgent=True),
    LadderStep(after=30, audience="leader", urgent=True),
)
"""The steps of the lateness ladder where a school set none (decision 10)."""


class SchoolSettings(BaseModel):
    """Minutes are of the domain's clock, except ``pass_qr_seconds``: a token's life is real time."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    missing_after_minutes: int = 10
    """An expected child that is not there is missing this long after its session began."""
    tell_missing_after_minutes: int = 20
    """If nobody cleared or confirmed it by then, the family is told."""
    early_minutes: int = 15
    """A teacher receives children for a session this long before it begins."""
    ladder: tuple[LadderStep, ...] = LADDER
    most_pause_minutes: int = 30
    most_pauses: int = 2
    code_tries: int = 5
    """Wrong pass codes for one child in a day; then only QR codes are taken for it."""
    phone_code_tries: int = 30
    """Wrong pass codes typed on one phone in a day: a gate's phone hears many families mistype."""
    self_release_from_grade: int = 4
    pass_qr_seconds: int = 60
    collector_min_age: int = 18

    @property
    def missing_after(self) -> timedelta:
        """Return ``missing_after_minutes`` as a length."""
        return timedelta(minutes=self.missing_after_minutes)

    @property
    def early(self) -> timedelta:
        """Return ``early_minutes`` as a length."""
        return timedelta(minutes=self.early_minutes)

    @property
    def tell_missing_after(self) -> timedelta:
        """Return how long after a case was raised the family is told."""
        return timedelta(minutes=max(0, self.tell_missing_after_minutes - self.missing_after_minutes))


@lru_cache(maxsize=512)
def settings_from(stored: str) -> SchoolSettings:
    """Return the timings in force for a school, from ``School.settings`` as the driver hands it over (JSON text)."""
    return SchoolSettings.model_validate_json(stored)
