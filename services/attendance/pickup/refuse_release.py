"""Refuse to give children to somebody: always a row, and at once a word to family and leaders where it alarms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.pickup.errors import ALARMING, BY_SLUG
from services.attendance.pickup.proof import ShownPass
from services.contracts.facts.attendance import ReleaseRefused
from services.kernel.database.transaction import raw
from services.kernel.letters.announce import announce
from services.kernel.problems import Refusal

WRITE = """
INSERT INTO release_refusal (school_id, service_on, actor_id, device_id, occurred_at, recorded_at, refusal_id,
    child_id, pass_id, collector_id, reason, problem, alarming)
SELECT $1, $2, $3, $4, $5, $6, refusal_id, child_id, pass_id, collector_id, reason, problem, alarming
  FROM unnest($7::uuid[], $8::uuid[], $9::uuid[], $10::uuid[], $11::text[], $12::jsonb[], $13::bool[])
    AS new(refusal_id, child_id, pass_id, collector_id, reason, problem, alarming)
    ON CONFLICT DO NOTHING
"""
LEADERS_OF_SCHOOL = """
SELECT adult_id FROM adult
 WHERE school_id = $1 AND NOT removed AND personas && ARRAY['duty_leader', 'principal']::varchar[]
 ORDER BY adult_id
"""
ALARMED = """
SELECT child_id, pass_id, reason FROM release_refusal
 WHERE school_id = $1 AND service_on = $2 AND child_id = ANY($3::uuid[]) AND alarming AND recorded_at > $4
"""
ALARM_HOLDS = timedelta(minutes=10)
"""A second look at the same pass, or a second tap, is no second alarm; it is a row all the same."""
NOT_FACTS = frozenset({"type", "title", "detail", "status"})


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt at the gate: by whom, on what, when (``occurred_at`` is the device's clock)."""

    school_id: UUID
    service_on: date
    actor_id: UUID
    device_id: UUID | None
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class RefusedChild:
    """One child that was not given out. ``refusal_id`` follows from the request, so that a retry meets it."""

    refusal_id: UUID
    child_id: UUID
    shown: ShownPass | None
    refusal: Refusal

    @property
    def alarms(self) -> bool:
        """Whether family and leaders should hear of it; what was told by an earlier refusal is not told again."""
        return type(self.refusal) in ALARMING and not self.refusal.facts.get("again")

    @property
    def about(self) -> tuple[UUID, UUID | None, str]:
        """What makes two alarms the same one."""
        return self.child_id, self.shown.pass_id if self.shown else None, self.refusal.slug()


async def refuse_release(
    tx: AsyncSession, attempt: Attempt, refused: Sequence[RefusedChild], *, now: datetime
) -> None:
    """Write every refusal down, and tell the alarming ones. The caller answers with `refuse`, so that it commits."""
    if not refused:
        return
    connection = await raw(tx)
    alarming = await _alarming(tx, attempt, refused, now=now)
    columns = zip(*(_row(each, alarming=each in alarming) for each in refused), strict=True)
    await connection.execute(
        WRITE,
        attempt.school_id,
        attempt.service_on,
        attempt.actor_id,
        attempt.device_id,
        attempt.occurred_at,
        now,
        *(list(column) for column in columns),
    )
    if not alarming:
        return
    leaders = tuple(row["adult_id"] for row in await connection.fetch(LEADERS_OF_SCHOOL, attempt.school_id))
    facts = [
        ReleaseRefused(
            at=attempt.occurred_at,
            school_id=attempt.school_id,
            refusal_id=each.refusal_id,
            child_id=each.child_id,
            service_on=attempt.service_on,
            reason=each.refusal.slug(),
            alarming=True,
            leaders=leaders,
        )
        for each in alarming
    ]
    await announce(tx, *facts, now=now)


async def _alarming(
    tx: AsyncSession, attempt: Attempt, refused: Sequence[RefusedChild], *, now: datetime
) -> list[RefusedChild]:
    if not (alarms := [each for each in refused if each.alarms]):
        return []
    children = [each.child_id for each in alarms]
    rows = await (await raw(tx)).fetch(
        ALARMED, attempt.school_id, attempt.service_on, children, now - ALARM_HOLDS
    )
    told = {tuple(row.values()) for row in rows}
    return [each for each in alarms if each.about not in told]


def refusal_from(problem: str | bytes) -> Refusal:
    """Return a stored refusal as it was given: a retry gets the same answer."""
    told = orjson.loads(problem)
    named = BY_SLUG[str(told["type"]).rsplit(":", 1)[1]]
    return named(**{fact: value for fact, value in told.items() if fact not in NOT_FACTS})


def _row(each: RefusedChild, *, alarming: bool) -> tuple[object, ...]:
    return (
        each.refusal_id,
        each.child_id,
        each.shown.pass_id if each.shown else None,
        each.shown.collector_id if each.shown else None,
        each.refusal.slug(),
        orjson.dumps(each.refusal.problem()).decode(),
        alarming,
    )
