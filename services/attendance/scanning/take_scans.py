"""Take a batch of scans: the hot path of 16:30. About seven statements, whatever the batch holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.custody.append_entries import Line, append_entries
from services.attendance.custody.count_accepted import count_accepted
from services.attendance.custody.errors import DayIsClosed, UnknownChild
from services.attendance.custody.lock_stays import lock_stays
from services.attendance.custody.rules.take_step import HeldStay, Step, take_step
from services.attendance.safety.find_children import find_children, found_step
from services.attendance.scanning.admit_unexpected import admit_unexpected
from services.attendance.scanning.errors import ClockAstray, ScanIdReused
from services.attendance.scanning.refuse_scans import Refused, refuse_scans
from services.attendance.scanning.rules.judge_scan import (
    CLOCKS_DIFFER,
    Meeting,
    Outcome,
    Sight,
    choose_session,
    judge_scan,
    outcome_of,
)
from services.attendance.scanning.scan_batch import Scan, Scanner, ScanResult
from services.attendance.scanning.scan_context import KnownScans, Stand, known_scans, meetings_by_id, stand_of
from services.contracts.facts.attendance import ChildMoved, ChildReceived
from services.kernel.clock import school_day
from services.kernel.letters.announce import announce
from services.kernel.problems import Refusal


@dataclass
class _Batch:
    """The batch while it is judged, scan by scan; stays move on in memory as the ledger will."""

    stays: dict[UUID, HeldStay]
    known: KnownScans
    present: dict[UUID, Meeting]
    steps: list[Step] = field(default_factory=list)
    results: dict[UUID, tuple[Outcome, tuple[str, ...]]] = field(default_factory=dict)
    refused: dict[UUID, Refused] = field(default_factory=dict)
    found: set[UUID] = field(default_factory=set)


async def take_scans(
    tx: AsyncSession, scanner: Scanner, scans: Sequence[Scan], *, now: datetime
) -> list[ScanResult]:
    """Take what can be taken, refuse the rest one by one; a result for each scan, in order.

    Idempotent by scan id: each scan is an entry of the ledger or a refused scan, and a retry meets it.

    Raises:
        DayNotLaidOut: there is no list for that day; the phone keeps its queue.
        UnknownSession: the phone named a session that does not meet.
    """
    first = {scan.scan_id: scan for scan in reversed(scans)}
    shift = scanner.skew(now)
    sights, astray = _sort_out(scanner, [each for each in scans if _same(each, first)], shift, now)
    children = {sight.child_id for sight in sights}
    school_id, day = scanner.school_id, scanner.service_on
    stand = await stand_of(tx, school_id, day, asks=(scanner.actor_id, scanner.session_id, children))
    if stand.unexpected:
        await admit_unexpected(tx, school_id, day, stand, now=now)
    stays = await lock_stays(tx, school_id, day, children)
    ids = [scan.scan_id for scan in scans]
    known = await known_scans(tx, school_id, day, scans=ids, stand=stand, children=children)
    elsewhere = {
        stay.session_id for stay in stays.values() if stay.session_id is not None and stay.state == "in_care"
    }
    own = {session.session_id: session for session in stand.sessions}
    present = own | await meetings_by_id(tx, school_id, day, elsewhere - own.keys())
    batch = _Batch(dict(stays), known, present, refused=astray)
    for sight in sights:
        _judge(batch, sight, stand)
    lines = await append_entries(tx, stays, batch.steps, school_id=school_id, service_on=day, now=now)
    problems = await refuse_scans(tx, scanner, batch.refused, known.refused, now=now)
    await _tell(tx, scanner, lines, batch.found, now=now)
    newest = stays | {line.step.child_id: line.after for line in lines}
    return [
        _result(batch, problems, newest, scan) if _same(scan, first) else _reused(newest, scan)
        for scan in scans
    ]


def _same(scan: Scan, first: Mapping[UUID, Scan]) -> bool:
    """Tell whether a scan is the one that its id named first in this batch."""
    before = first[scan.scan_id]
    return (scan.child_id, scan.problem) == (before.child_id, before.problem)


def _reused(newest: Mapping[UUID, HeldStay], scan: Scan) -> ScanResult:
    stay = newest.get(scan.child_id) if scan.child_id else None
    return ScanResult(scan.scan_id, "refused", stay, problem=ScanIdReused().problem())


def _sort_out(
    scanner: Scanner, scans: Sequence[Scan], shift: timedelta, now: datetime
) -> tuple[list[Sight], dict[UUID, Refused]]:
    """Set scans that need no look at the ledger aside: unreadable cards, clocks astray."""
    sights: list[Sight] = []
    refused: dict[UUID, Refused] = {}
    for scan in scans:
        at = scan.occurred_at + shift
        problem = scan.problem
        if problem is None and (at > now + CLOCKS_DIFFER or school_day(at) != scanner.service_on):
            problem = ClockAstray
        if problem is not None or scan.child_id is None:
            refused[scan.scan_id] = Refused(problem or UnknownChild, scan.child_id, scan.occurred_at)
            continue
        sights.append(
            Sight(
                scan_id=scan.scan_id,
                child_id=scan.child_id,
                method=scan.method,
                occurred_at=min(at, now),
                actor_id=scanner.actor_id,
                device_id=scanner.device_id,
            )
        )
    return sights, refused


def _judge(batch: _Batch, sight: Sight, stand: Stand) -> None:
    """Judge one scan against where the child stands after those before it."""
    if sight.scan_id in batch.results or sight.scan_id in batch.known.refused:
        return
    if (entry := batch.known.taken.get(sight.scan_id)) is not None:
        if entry["child_id"] != sight.child_id or entry["kind"] not in {"received", "moved", "sighted"}:
            batch.refused[sight.scan_id] = Refused(ScanIdReused, sight.child_id, sight.occurred_at)
            return
        flags = tuple((entry["reason"] or "").split(",")) if entry["reason"] else ()
        batch.results[sight.scan_id] = (outcome_of(entry["kind"], entry["reason"]), flags)
        return
    stay = batch.stays.get(sight.child_id)
    if stay is None or not batch.known.day_open:
        refusal: type[Refusal] = UnknownChild if batch.known.day_open else DayIsClosed
        batch.refused[sight.scan_id] = Refused(refusal, sight.child_id, sight.occurred_at, stay)
        return
    expecting = batch.known.expecting.get(sight.child_id, set())
    session = choose_session(stand.sessions, expecting, sight.occurred_at, stand.settings.early)
    verdict = judge_scan(
        stay,
        sight,
        session=session,
        expected=session is not None and session.session_id in expecting,
        present=batch.present.get(stay.session_id) if stay.session_id else None,
        early=stand.settings.early,
    )
    if verdict.step is None:
        refusal = verdict.refusal or UnknownChild
        batch.refused[sight.scan_id] = Refused(refusal, sight.child_id, sight.occurred_at, stay)
        return
    if stay.missing and verdict.step.kind != "sighted":
        batch.found.add(sight.child_id)
        batch.steps.append(found_step(verdict.step))
        stay = take_step(stay, batch.steps[-1])
    batch.steps.append(verdict.step)
    batch.stays[sight.child_id] = take_step(stay, verdict.step)
    batch.results[sight.scan_id] = (verdict.outcome, verdict.flags)


async def _tell(
    tx: AsyncSession, scanner: Scanner, lines: Sequence[Line], found: set[UUID], *, now: datetime
) -> None:
    """Settle hand-overs and cases, and announce what parents hear."""
    moves = [line for line in lines if line.step.kind in {"received", "moved"}]
    await count_accepted(tx, scanner.school_id, scanner.service_on, moves, now=now)
    cleared = await find_children(
        tx, scanner.school_id, scanner.service_on, found, actor_id=scanner.actor_id, now=now
    )
    facts: list[ChildReceived | ChildMoved] = []
    for line in moves:
        kind = ChildMoved if line.before.received else ChildReceived
        facts.append(
            kind(
                school_id=scanner.school_id,
                entry_id=line.step.entry_id,
                child_id=line.step.child_id,
                service_on=scanner.service_on,
                room_id=line.after.room_id,
                adult_id=scanner.actor_id,
                at=line.step.occurred_at,
            )
        )
    if facts or cleared:
        await announce(tx, *facts, *cleared, now=now)


def _result(
    batch: _Batch, problems: dict[UUID, dict[str, Any]], newest: dict[UUID, HeldStay], scan: Scan
) -> ScanResult:
    stay = newest.get(scan.child_id) if scan.child_id else None
    if (problem := problems.get(scan.scan_id)) is not None:
        return ScanResult(scan.scan_id, "refused", stay, problem=problem)
    outcome, flags = batch.results[scan.scan_id]
    return ScanResult(scan.scan_id, outcome, stay, flags)
