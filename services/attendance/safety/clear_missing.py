"""A person found out where a missing child is, or that a child does not come at all."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.custody.append_entries import append_entries
from services.attendance.custody.count_accepted import count_taken_back
from services.attendance.custody.errors import DayIsClosed, HomeAlready
from services.attendance.custody.lock_stays import lock_stays
from services.attendance.custody.rules.take_step import HeldStay, State, Step
from services.attendance.roster.names_of import names_of
from services.attendance.roster.staff_on_duty import OnDuty
from services.attendance.safety.errors import (
    CaseCleared,
    NotExpectedThatDay,
    UnknownCase,
    WasReceived,
    WithAnAdult,
)
from services.attendance.safety.find_children import find_children, found_here
from services.attendance.safety.raise_missing import DAY, tell_missing
from services.kernel.clock import local_hhmm
from services.kernel.database.transaction import raw
from services.kernel.ids import new_id
from services.kernel.letters.announce import announce

Whereabouts = Literal["went_home", "sick", "leave", "with_other_teacher", "other"]
ABSENT: dict[str, State] = {"went_home": "absent", "sick": "absent", "leave": "excused"}
"""Reasons that end the child's day; by the others it is found, and expected until somebody receives it."""

CASE = """
SELECT child_id, told_at, cleared_at, cleared_by FROM missing_case
 WHERE school_id = $1 AND service_on = $2 AND case_id = $3
"""


@dataclass(frozen=True)
class Told:
    """What a member of staff says about a child, in a word and, if need be, a sentence."""

    service_on: date
    reason: Whereabouts
    note: str

    def sentence(self) -> str:
        """Return what the ledger keeps as the reason."""
        return f"{self.reason}：{self.note}" if self.note else self.reason


async def confirm_missing(
    tx: AsyncSession, staff: OnDuty, service_on: date, case_id: UUID, *, now: datetime
) -> None:
    """Say that the child really is missing: the family hears of it now, not when the window ends.

    Raises:
        UnknownCase: no such case.
        CaseCleared: somebody was faster.
    """
    if await tell_missing(tx, staff.school_id, service_on, case_id, now=now):
        return
    case = await _case(tx, staff, service_on, case_id)
    if case["cleared_at"] is not None:
        names = await names_of(tx, staff.school_id, [case["child_id"], case["cleared_by"]])
        raise CaseCleared(
            child=names.get(case["child_id"], "这个孩子"),
            cleared_at=local_hhmm(case["cleared_at"]),
            cleared_by=names.get(case["cleared_by"], "一位"),
        )


async def clear_missing(
    tx: AsyncSession, staff: OnDuty, case_id: UUID, told: Told, *, now: datetime
) -> HeldStay:
    """Clear a case with a reason; a case that is cleared already stays so. Returns the stay as it is then.

    Raises:
        UnknownCase: no such case.
        WasReceived, WithAnAdult: the child is in somebody's care and cannot be given up as absent.
    """
    case = await _case(tx, staff, told.service_on, case_id)
    child_id: UUID = case["child_id"]
    if case["cleared_at"] is not None:
        return (await lock_stays(tx, staff.school_id, told.service_on, [child_id]))[child_id]
    return await settle_child(tx, staff, child_id, told, now=now)


async def settle_child(
    tx: AsyncSession, staff: OnDuty, child_id: UUID, told: Told, *, now: datetime
) -> HeldStay:
    """Write where an expected child is; an open case of it is cleared along.

    Raises:
        NotExpectedThatDay: it has no stay that day.
        DayIsClosed: nothing is added any more.
        WasReceived: an after-school teacher has had it; it leaves by a release.
        WithAnAdult: another adult answers for it.
        HomeAlready: its homeroom teacher released it.
    """
    school_id, day = staff.school_id, told.service_on
    if await (await raw(tx)).fetchval(DAY, school_id, day) == "closed":
        raise DayIsClosed(service_on=day.isoformat())
    stay = (await lock_stays(tx, school_id, day, [child_id])).get(child_id)
    if stay is None:
        raise NotExpectedThatDay(service_on=day.isoformat())
    state = ABSENT.get(told.reason)
    if (state is None and not stay.missing) or stay.state in {"absent", "excused"}:
        return stay
    if state is None:
        step = found_here(child_id, staff.adult_id, staff.device_id, now, told.sentence())
    else:
        step = await _given_up(tx, staff, stay, told, state, now=now)
    lines = await append_entries(tx, {child_id: stay}, [step], school_id=school_id, service_on=day, now=now)
    if stay.hand_over_id is not None and state is not None:
        await count_taken_back(tx, school_id, day, {stay.hand_over_id: 1}, now=now)
    facts = await find_children(
        tx, school_id, day, [child_id], actor_id=staff.adult_id, now=now, reason=told.reason
    )
    if facts:
        await announce(tx, *facts, now=now)
    return lines[0].after


async def _given_up(
    tx: AsyncSession, staff: OnDuty, stay: HeldStay, told: Told, state: State, *, now: datetime
) -> Step:
    """Return the line that ends the day of a child that never came to after-school care."""
    names = await names_of(tx, staff.school_id, [stay.child_id, stay.adult_id])
    child = names.get(stay.child_id, "这个孩子")
    if stay.state == "released":
        raise HomeAlready(child=child, since=local_hhmm(stay.last_at or now))
    if stay.received:
        raise WasReceived(child=child)
    if stay.adult_id not in {None, staff.adult_id} and not (stay.missing or staff.leader):
        raise WithAnAdult(child=child, adult=names.get(stay.adult_id, "另一位"))
    kind: Literal["absent", "excused"] = "excused" if state == "excused" and not stay.adult_id else "absent"
    return Step(
        entry_id=new_id(),
        child_id=stay.child_id,
        kind=kind,
        method="desk",
        occurred_at=now,
        actor_id=staff.adult_id,
        device_id=staff.device_id,
        state_after=kind,
        reason=told.sentence(),
        missing=False,
    )


async def _case(tx: AsyncSession, staff: OnDuty, service_on: date, case_id: UUID) -> Any:
    row = await (await raw(tx)).fetchrow(CASE, staff.school_id, service_on, case_id)
    if row is None:
        raise UnknownCase
    return row
