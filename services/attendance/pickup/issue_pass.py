"""Make a pass: what a collector shows at the gate today, for one child or for siblings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.custody.lock_stays import lock_stays
from services.attendance.custody.rules.take_step import HeldStay
from services.attendance.pickup.draw_code import draw_code
from services.attendance.pickup.errors import NothingToCollect, PassesAreForToday, PassNotIssued
from services.attendance.pickup.pass_token import PassClaims, PassLine, sign_pass
from services.attendance.pickup.people_at_gate import PeopleAtGate, people_at_gate
from services.attendance.pickup.proof import PassKeys
from services.attendance.pickup.rules.pass_code import code_hash
from services.attendance.pickup.rules.pickup_authority import Objection, Person, pickup_authority
from services.attendance.pickup.rules.release_objections import ChildAtGate
from services.kernel.clock import school_day
from services.kernel.database.transaction import raw
from services.kernel.ids import new_id
from services.kernel.problems import NotYours

TAKEN = "SELECT EXISTS (SELECT FROM pass WHERE school_id = $1 AND service_on = $2 AND code_hash = $3)"
REPLACE = """
UPDATE pass SET state = 'replaced', settled_at = $5
 WHERE school_id = $1 AND service_on = $2 AND child_id = ANY($3::uuid[]) AND collector_id = $4 AND state = 'live'
"""
WRITE = """
INSERT INTO pass (school_id, service_on, collector_id, code_hash, issued_at, state, pass_id, child_id, turn)
SELECT $1, $2, $3, $4, $5, 'live', pass_id, child_id, turn
  FROM unnest($6::uuid[], $7::uuid[], $8::int[]) AS new(pass_id, child_id, turn)
"""
WHY = {
    Objection.BLOCKED: "学校对这位家长的接送有限制",
    Objection.NO_RIGHT: "没有接送授权，或授权已取消",
    Objection.NOT_TODAY: "接送授权不包括今天",
    Objection.UNDERAGE: "接送人须年满{min_age}周岁",
}
AT_SCHOOL = frozenset({"expected", "in_care", "in_transit"})


@dataclass(frozen=True, slots=True)
class PassAsked:
    """Who wants a pass for whom. ``collector_id`` None: for the caller; a guardian may name a collector."""

    school_id: UUID
    service_on: date
    child_ids: tuple[UUID, ...]
    caller_id: UUID
    collector_id: UUID | None


@dataclass(frozen=True, slots=True)
class IssuedPass:
    """A fresh pass. The code is told this once: only its hash is kept."""

    lines: tuple[PassLine, ...]
    collector: Person
    code: str
    qr: str
    qr_seconds: int


async def issue_pass(tx: AsyncSession, asked: PassAsked, *, keys: PassKeys, now: datetime) -> IssuedPass:
    """Return a pass for ``asked.service_on``; it replaces this collector's earlier one for the same children.

    Asked again, say because the answer was lost, it makes a new code and the old one dies: nothing of a code is
    kept that could be told twice.

    Raises:
        PassesAreForToday: another day.
        NotYours: not a guardian or collector of every child.
        PassNotIssued: this person may not take one of the children today.
        NothingToCollect: a child has no service today, or has gone home.
    """
    if asked.service_on != school_day(now):
        raise PassesAreForToday(service_on=asked.service_on.isoformat())
    children = tuple(sorted(set(asked.child_ids)))
    people = await people_at_gate(tx, asked.school_id, children, service_on=asked.service_on)
    collectors = [_entitled(people, asked, people.children.get(child_id)) for child_id in children]
    stays = await lock_stays(tx, asked.school_id, asked.service_on, children)
    lines = tuple(_line(people.children[child_id], stays.get(child_id)) for child_id in children)
    collector = collectors[0]
    code = await _write(tx, asked, lines, collector, key=keys.code_key, now=now)
    seconds = people.settings.pass_qr_seconds
    claims = PassClaims(asked.school_id, asked.service_on, collector.collector_id, lines)
    return IssuedPass(
        lines, collector, code, sign_pass(keys.signer, claims, life=timedelta(seconds=seconds)), seconds
    )


def _entitled(people: PeopleAtGate, asked: PassAsked, child: ChildAtGate | None) -> Person:
    """Return the collector for one child.

    A guardian without the right to collect, or a blocked one, cannot send somebody else instead.
    """
    caller = child.collectors.get(asked.caller_id) if child else None
    if child is None or caller is None or caller.removed:
        raise NotYours
    collector = child.collectors.get(asked.collector_id or asked.caller_id)
    if collector is None or (collector != caller and not caller.is_guardian):
        raise NotYours
    age = people.settings.collector_min_age
    objections = pickup_authority(collector, child.blocked, asked.service_on, min_age=age)
    if collector != caller:
        of_caller = pickup_authority(caller, child.blocked, asked.service_on, min_age=age)
        objections += [each for each in of_caller if each in {Objection.BLOCKED, Objection.NO_RIGHT}]
    if objections:
        raise PassNotIssued(
            child=child.name,
            collector=collector.name,
            why=WHY[objections[0]].format(min_age=age),
            objections=[each.value for each in objections],
        )
    return collector


def _line(child: ChildAtGate, stay: HeldStay | None) -> PassLine:
    if stay is None or stay.state not in AT_SCHOOL:
        raise NothingToCollect(child=child.name)
    return PassLine(new_id(), child.child_id, stay.turn)


async def _write(
    tx: AsyncSession,
    asked: PassAsked,
    lines: Sequence[PassLine],
    collector: Person,
    *,
    key: bytes,
    now: datetime,
) -> str:
    connection = await raw(tx)
    children = [line.child_id for line in lines]
    school_id, service_on = asked.school_id, asked.service_on
    await connection.execute(REPLACE, school_id, service_on, children, collector.collector_id, now)
    while True:
        code = draw_code()
        hashed = code_hash(key, school_id=school_id, service_on=service_on, code=code)
        if not await connection.fetchval(TAKEN, school_id, service_on, hashed):
            break
    await connection.execute(
        WRITE,
        school_id,
        service_on,
        collector.collector_id,
        hashed,
        now,
        [line.pass_id for line in lines],
        children,
        [line.turn for line in lines],
    )
    return code
