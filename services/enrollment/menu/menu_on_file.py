"""A term's menu as its next publication would have it, with its teachers, rooms and partners by name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.enrollment.menu.offering_values import from_json
from services.enrollment.menu.rules.outside_people import Papers
from services.enrollment.menu.rules.proposal import Proposal
from services.enrollment.menu.tables import Offering, OfferingChange
from services.enrollment.partners.tables import Partner
from services.enrollment.schools.tables import Room, Staff

Row = TypeVar("Row", Staff, Room, Partner)


@dataclass(frozen=True)
class OnMenu:
    """An offering and whom its ids stand for. ``change``: what of it is still to be published."""

    offering: Offering
    teacher: Staff | None
    room: Room | None
    partner: Partner | None
    change: Mapping[str, Any]

    def proposal(self) -> Proposal:
        """Shape it for the rules."""
        offering = self.offering
        return Proposal(
            code=offering.code,
            title=offering.title,
            kind=offering.kind,
            nature=offering.nature,
            weekdays=tuple(offering.weekdays),
            starts=offering.starts,
            ends=offering.ends,
            grades=tuple(offering.grades),
            teacher=self.teacher.staff_no if self.teacher is not None else None,
            room=self.room.name if self.room is not None else None,
            subject=offering.subject,
            capacity=offering.capacity,
            minimum_size=offering.minimum_size,
            content=offering.content,
            assessment_no=offering.assessment_no,
            fee_fen=offering.fee_fen,
            aims=offering.aims,
            materials=offering.materials,
            classes=None if offering.classes is None else tuple(offering.classes),
            by_invitation=offering.by_invitation,
            by_round=offering.by_round,
            partner=self.partner.name if self.partner is not None else None,
            room_holds=self.room.capacity if self.room is not None else None,
        )

    def papers(self) -> Papers | None:
        """Return what is on file about who carries it from outside."""
        if self.partner is None:
            return None
        one = self.partner
        return Papers(one.qualification, one.check_no, one.checked_on, one.check_valid_until, one.ended)


async def menu_on_file(
    tx: AsyncSession, school_id: UUID, term_id: UUID, *, states: Sequence[str] = ("draft", "published")
) -> list[OnMenu]:
    """Return the term's offerings in these states, by code, pending changes in place.

    An offering with a pending change is a copy: the row on file stays as families see it.
    """
    found = await tx.scalars(
        select(Offering)
        .where(
            col(Offering.school_id) == school_id,
            col(Offering.term_id) == term_id,
            col(Offering.state).in_(states),
        )
        .order_by(col(Offering.code))
    )
    offerings = list(found)
    changes = {
        change.offering_id: from_json(change.new_values)
        for change in await tx.scalars(
            select(OfferingChange).where(
                col(OfferingChange.school_id) == school_id,
                col(OfferingChange.offering_id).in_([one.offering_id for one in offerings]),
            )
        )
    }
    shall = [_as_it_shall_be(one, changes.get(one.offering_id)) for one in offerings]
    teachers = await _by_id(tx, school_id, Staff, "staff_id", {one.teacher_id for one in shall})
    rooms = await _by_id(tx, school_id, Room, "room_id", {one.room_id for one in shall})
    partners = await _by_id(tx, school_id, Partner, "partner_id", {one.partner_id for one in shall})
    return [
        OnMenu(
            one,
            teachers.get(one.teacher_id),
            rooms.get(one.room_id),
            partners.get(one.partner_id),
            changes.get(one.offering_id, {}),
        )
        for one in shall
    ]


def _as_it_shall_be(offering: Offering, change: Mapping[str, Any] | None) -> Offering:
    return offering if change is None else Offering(**{**offering.model_dump(), **change})


async def _by_id(
    tx: AsyncSession, school_id: UUID, table: type[Row], key: str, ids: set[UUID | None]
) -> dict[UUID | None, Row]:
    wanted = ids - {None}
    if not wanted:
        return {}
    found = await tx.scalars(
        select(table).where(col(table.school_id) == school_id, col(getattr(table, key)).in_(wanted))
    )
    return {getattr(row, key): row for row in found}
