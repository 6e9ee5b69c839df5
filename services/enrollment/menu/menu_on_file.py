"""A term's menu as it stands, with its teachers and rooms by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.enrollment.menu.rules.proposal import Proposal
from services.enrollment.menu.tables import Offering
from services.enrollment.schools.tables import Room, Staff


@dataclass(frozen=True)
class OnMenu:
    """An offering and the names behind its ids."""

    offering: Offering
    teacher_name: str | None
    teacher_no: str | None
    room_name: str | None

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
            teacher=self.teacher_no,
            room=self.room_name,
            subject=offering.subject,
            capacity=offering.capacity,
            minimum_size=offering.minimum_size,
            content=offering.content,
            assessment_no=offering.assessment_no,
            fee_fen=offering.fee_fen,
        )


async def menu_on_file(
    tx: AsyncSession, school_id: UUID, term_id: UUID, *, states: Sequence[str] = ("draft", "published")
) -> list[OnMenu]:
    """Return the term's offerings in these states, by code."""
    found = await tx.execute(
        select(Offering, Staff.name, Staff.staff_no, Room.name)  # type: ignore[call-overload]
        .outerjoin(
            Staff,
            and_(
                col(Staff.school_id) == col(Offering.school_id),
                col(Staff.staff_id) == col(Offering.teacher_id),
            ),
        )
        .outerjoin(
            Room,
            and_(col(Room.school_id) == col(Offering.school_id), col(Room.room_id) == col(Offering.room_id)),
        )
        .where(
            col(Offering.school_id) == school_id,
            col(Offering.term_id) == term_id,
            col(Offering.state).in_(states),
        )
        .order_by(col(Offering.code))
    )
    return [OnMenu(*row) for row in found]
