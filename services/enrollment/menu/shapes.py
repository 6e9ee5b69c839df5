"""How an offering is answered to those who make the menu."""

from datetime import date, time
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.enrollment.menu.rules.objection import Objection


class MenuOfferingOut(BaseModel):
    """An offering in whatever state. ``pending``: what the next publication changes of a published one.

    ``places`` counts children who hold one. ``reason`` says why it was refused or withdrawn; ``meets_until`` is the
    first day without it where it was withdrawn for a later day.
    """

    offering_id: UUID
    term_id: UUID
    code: str
    title: str
    kind: str
    nature: str
    basic: bool
    subject: str | None
    teacher_id: UUID | None
    teacher: str | None
    room_id: UUID | None
    room: str | None
    partner_id: UUID | None
    partner: str | None
    weekdays: list[int]
    starts: time
    ends: time
    grades: list[int]
    classes: list[str] | None
    by_invitation: bool
    by_round: bool
    capacity: int
    minimum_size: int
    content: str
    aims: str
    materials: str
    assessment_no: str | None
    fee_fen: int
    state: Literal["proposed", "refused", "draft", "published", "withdrawn"]
    needs_staffing: bool
    put_forward_by: UUID | None
    put_forward_name: str | None
    reason: str | None = Field(validation_alias="ended_because")
    meets_until: date | None
    places: int
    pending: dict[str, Any] | None


class WholeMenuOut(BaseModel):
    """Offerings of a term, by code."""

    term_id: UUID
    offerings: list[MenuOfferingOut]


class WrittenOfferingOut(MenuOfferingOut):
    """An offering as it stands now, and what stands against publishing it."""

    findings: list[Objection]
