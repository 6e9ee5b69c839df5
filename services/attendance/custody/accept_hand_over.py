"""Accept a hand-over by roll-call: the children whom the taker counted, one by one, become the taker's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.custody.errors import NotInThisHandOver, NotOfferedToYou, UnknownHandOver
from services.attendance.custody.hand_over_counts import HandOverCounts, hand_over_counts
from services.attendance.custody.lock_stays import lock_stays
from services.attendance.roster.names_of import names_of
from services.attendance.scanning.scan_batch import Scan, Scanner
from services.attendance.scanning.take_scans import take_scans
from services.kernel.ids import new_id


@dataclass(frozen=True)
class Acceptance:
    """What the taker says. ``counted``: the heads in the room, those not listed among them."""

    school_id: UUID
    service_on: date
    hand_over_id: UUID
    taker_id: UUID
    leader: bool
    device_id: UUID | None
    child_ids: Sequence[UUID]
    occurred_at: datetime


@dataclass(frozen=True)
class Accepted:
    """What came of it: counts on both sides, children now the taker's, and the problem of each other one."""

    counts: HandOverCounts
    children: list[UUID]
    refused: dict[UUID, dict[str, Any]]


async def accept_hand_over(tx: AsyncSession, acceptance: Acceptance, *, now: datetime) -> Accepted:
    """Take over the listed children of an offer; those not listed remain the giver's (law 1).

    Saying it twice says no more than saying it once: a child that is the taker's already is accepted.

    Raises:
        UnknownHandOver: no such offer that day.
        NotOfferedToYou: it names another taker, and the caller is no leader.
    """
    school_id, day, hand_over_id = acceptance.school_id, acceptance.service_on, acceptance.hand_over_id
    before = await hand_over_counts(tx, school_id, day, hand_over_id)
    if before is None:
        raise UnknownHandOver
    if before.taker_id not in {None, acceptance.taker_id} and not acceptance.leader:
        names = await names_of(tx, school_id, [before.taker_id])
        raise NotOfferedToYou(taker=names.get(before.taker_id, "另一位"))
    stays = await lock_stays(tx, school_id, day, acceptance.child_ids)
    under_way = {child for child, stay in stays.items() if stay.hand_over_id == hand_over_id}
    mine = {child for child, stay in stays.items() if stay.adult_id == acceptance.taker_id} - under_way
    scanner = Scanner(school_id, day, acceptance.taker_id, acceptance.device_id, before.session_id)
    scans = [
        Scan(new_id(), child, "tap", acceptance.occurred_at)
        for child in acceptance.child_ids
        if child in under_way
    ]
    results = await take_scans(tx, scanner, scans, now=now) if scans else []
    refused = {
        scan.child_id: result.problem
        for scan, result in zip(scans, results, strict=True)
        if result.problem is not None and scan.child_id is not None
    }
    strangers = [child for child in acceptance.child_ids if child not in under_way | mine]
    names = await names_of(tx, school_id, strangers)
    for child in strangers:
        refused[child] = NotInThisHandOver(child=names.get(child, "这个孩子")).problem()
    after = await hand_over_counts(tx, school_id, day, hand_over_id)
    return Accepted(after or before, [each for each in acceptance.child_ids if each not in refused], refused)
