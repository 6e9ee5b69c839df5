"""Take a proposed timetable over into the menu."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.enrollment.menu.tables import Offering
from services.enrollment.roster.take_version import take_version
from services.enrollment.timetable.errors import AdoptedAlready, PlanClashes
from services.enrollment.timetable.proposal_on_file import as_on_file, proposal_on_file
from services.enrollment.timetable.rules.question import Line
from services.enrollment.timetable.tables import TimetableProposal


@dataclass(frozen=True)
class Adopted:
    """What became of the lines: codes of drafts that were written, and of published offerings that were not."""

    proposal: TimetableProposal
    written: tuple[str, ...]
    left_published: tuple[str, ...]


async def adopt_timetable(tx: AsyncSession, school_id: UUID, proposal_id: UUID, *, now: datetime) -> Adopted:
    """Write rooms, weekdays and hours into what is not published yet.

    A published offering is not moved behind the families' backs; its code is returned.

    Raises:
        UnknownTimetable, AdoptedAlready: by id.
        PlanClashes: a teacher or a room would be in two places; nothing is written.
    """
    on_file = await proposal_on_file(tx, school_id, proposal_id, lock=True)
    if on_file.proposal.adopted_at is not None:
        raise AdoptedAlready
    lines = {line.offering_id: line for line in on_file.plan}
    offerings = await _locked(tx, school_id, list(lines))
    # Judged again under the locks: the menu may have moved meanwhile.
    on_file = await as_on_file(tx, on_file.proposal)
    clashes = [one for one in on_file.conflicts if one.force == "must"]
    if clashes:
        raise PlanClashes(
            count=len(clashes),
            first=clashes[0].sentence,
            findings=[one.model_dump(mode="json") for one in clashes],
        )
    moved = [one for one in offerings if differs(one, lines[one.offering_id])]
    drafts = [one for one in moved if one.state != "published"]
    if drafts:
        version = await take_version(tx, school_id, now=now)
        for offering in drafts:
            line = lines[offering.offering_id]
            offering.room_id, offering.weekdays = line.room_id, list(line.weekdays)
            offering.starts, offering.ends, offering.version = line.starts, line.ends, version
    on_file.proposal.adopted_at = now
    await tx.flush()
    return Adopted(
        on_file.proposal,
        tuple(one.code for one in drafts),
        tuple(one.code for one in moved if one.state == "published"),
    )


async def _locked(tx: AsyncSession, school_id: UUID, offering_ids: list[UUID]) -> list[Offering]:
    found = await tx.scalars(
        select(Offering)
        .where(
            col(Offering.school_id) == school_id,
            col(Offering.offering_id).in_(offering_ids),
            col(Offering.state) != "withdrawn",
        )
        .order_by(col(Offering.offering_id))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return list(found)


def differs(offering: Offering, line: Line) -> bool:
    """Whether the menu says anything else than the line."""
    return (offering.room_id, tuple(offering.weekdays), offering.starts, offering.ends) != (
        line.room_id,
        line.weekdays,
        line.starts,
        line.ends,
    )
