"""Proposed timetables: an officer asks for one, looks at it, moves what should be elsewhere, adopts it (R18)."""

from uuid import UUID

from fastapi import APIRouter, Response

from services.contracts.personas import OFFICERS
from services.enrollment.given import PolicyInForce
from services.enrollment.schools.current_term import current_term
from services.enrollment.timetable.adopt_timetable import adopt_timetable
from services.enrollment.timetable.move_line import move_line
from services.enrollment.timetable.proposal_on_file import as_on_file, proposal_on_file, proposals_of_term
from services.enrollment.timetable.propose_timetable import propose_timetable
from services.enrollment.timetable.shapes import (
    AdoptedOut,
    AdoptionIn,
    LineIn,
    TimetableIn,
    TimetableListed,
    TimetableOut,
    TimetablesOut,
    shown,
)
from services.kernel.clock import school_day
from services.kernel.web.dependencies import Caller, Now, Tx
from services.kernel.web.once import OnceOnly

router = APIRouter(prefix="/api/v1/timetables", tags=["timetables"])


@router.post("", status_code=201, response_model=TimetableOut)
async def propose(
    body: TimetableIn, who: Caller, tx: Tx, now: Now, once: OnceOnly
) -> TimetableOut | Response:
    """Work out rooms and hours for some offerings; takes up to ten seconds. The menu is not touched."""
    who.require(*OFFICERS)
    by = who.person_in(body.school_id)

    async def make() -> TimetableOut:
        term_id = body.term_id or (await current_term(tx, body.school_id, on=school_day(now))).term_id
        proposal = await propose_timetable(tx, body.school_id, term_id, body, by=by, now=now)
        return shown(await as_on_file(tx, proposal))

    return await once(make)


@router.get("")
async def listed(
    school_id: UUID, who: Caller, tx: Tx, now: Now, term_id: UUID | None = None
) -> TimetablesOut:
    """Return a term's proposals, newest first; of the running or coming term where none is named."""
    who.require(*OFFICERS)
    who.person_in(school_id)
    term_id = term_id or (await current_term(tx, school_id, on=school_day(now))).term_id
    found = await proposals_of_term(tx, school_id, term_id)
    return TimetablesOut(
        timetables=[
            TimetableListed(
                **one.model_dump(exclude={"plan", "unplaced"}),
                placed=len(one.plan),
                unplaced=len(one.unplaced),
            )
            for one in found
        ]
    )


@router.get("/{proposal_id}")
async def one(proposal_id: UUID, school_id: UUID, who: Caller, tx: Tx) -> TimetableOut:
    """Return a proposal with what stands against it today."""
    who.require(*OFFICERS)
    who.person_in(school_id)
    return shown(await proposal_on_file(tx, school_id, proposal_id))


@router.put("/{proposal_id}/plan", response_model=TimetableOut)
async def move(
    proposal_id: UUID, body: LineIn, who: Caller, tx: Tx, now: Now, once: OnceOnly
) -> TimetableOut | Response:
    """Move one offering; conflicts come back with both sides named, and do not refuse the move."""
    who.require(*OFFICERS)
    who.person_in(body.school_id)

    async def make() -> TimetableOut:
        return shown(await move_line(tx, body.school_id, proposal_id, body.line(), now=now))

    return await once(make)


@router.post("/{proposal_id}/adoption", response_model=AdoptedOut)
async def adopt(
    proposal_id: UUID,
    body: AdoptionIn,
    who: Caller,
    tx: Tx,
    policy: PolicyInForce,
    now: Now,
    once: OnceOnly,
) -> AdoptedOut | Response:
    """Take the plan over into the menu; refused while anybody would be in two places."""
    who.require(*OFFICERS)
    by = who.person_in(body.school_id)

    async def make() -> AdoptedOut:
        adopted = await adopt_timetable(tx, body.school_id, proposal_id, by=by, policy=policy, now=now)
        return AdoptedOut(
            proposal_id=proposal_id,
            adopted_at=now,
            written=list(adopted.written),
            with_next_menu=list(adopted.with_next_menu),
        )

    return await once(make)
