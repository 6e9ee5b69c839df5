"""Take a proposed timetable over into the menu."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.enrollment.menu.change_offering import change_offering
from services.enrollment.menu.tables import Offering
from services.enrollment.policy import Policy
from services.enrollment.timetable.errors import AdoptedAlready, PlanClashes
from services.enrollment.timetable.proposal_on_file import as_on_file, proposal_on_file

MOVED = ("room_id", "weekdays", "starts", "ends")


@dataclass(frozen=True)
class Adopted:
    """What became of the lines, as codes: drafts that were written, published ones that change with the next menu."""

    written: tuple[str, ...]
    with_next_menu: tuple[str, ...]


async def adopt_timetable(
    tx: AsyncSession, school_id: UUID, proposal_id: UUID, *, by: UUID, policy: Policy, now: datetime
) -> Adopted:
    """Write rooms, weekdays and hours into drafts; of published offerings, into their change with the next menu.

    Raises:
        UnknownTimetable, AdoptedAlready: by id.
        PlanClashes: a teacher or a room would be in two places; nothing is written.
        OfferingNotPossible: the menu refuses one of the changes; nothing is written.
    """
    on_file = await proposal_on_file(tx, school_id, proposal_id, lock=True)
    if on_file.proposal.adopted_at is not None:
        raise AdoptedAlready
    states = await _locked(tx, school_id, [line.offering_id for line in on_file.plan])
    # Judged again under the locks: the menu may have moved meanwhile.
    on_file = await as_on_file(tx, on_file.proposal)
    clashes = [one for one in on_file.conflicts if one.force == "must"]
    if clashes:
        findings = [one.model_dump(mode="json") for one in clashes]
        raise PlanClashes(count=len(clashes), first=clashes[0].sentence, findings=findings)
    done: dict[bool, list[str]] = {True: [], False: []}
    for line in sorted(on_file.moved(), key=lambda line: line.offering_id):
        values = {**line.model_dump(include=set(MOVED)), "weekdays": list(line.weekdays)}
        offering = await change_offering(
            tx, school_id, line.offering_id, values, by=by, policy=policy, now=now
        )
        done[states[line.offering_id] == "published"].append(offering.code)
    on_file.proposal.adopted_at = now
    await tx.flush()
    return Adopted(tuple(sorted(done[False])), tuple(sorted(done[True])))


async def _locked(tx: AsyncSession, school_id: UUID, offering_ids: list[UUID]) -> dict[UUID, str]:
    """Lock the offerings in the order in which everybody does, and return their states."""
    found = await tx.execute(
        select(col(Offering.offering_id), col(Offering.state))
        .where(col(Offering.school_id) == school_id, col(Offering.offering_id).in_(offering_ids))
        .order_by(col(Offering.offering_id))
        .with_for_update(key_share=True)
    )
    return {row.offering_id: row.state for row in found}
