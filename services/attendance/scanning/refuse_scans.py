"""Refuse scans one by one: each is a row with what was answered, for it may explain a child's day later."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.custody.rules.take_step import HeldStay
from services.attendance.roster.names_of import names_of
from services.attendance.scanning.scan_batch import Scanner
from services.kernel.clock import local_hhmm
from services.kernel.database.transaction import raw
from services.kernel.problems import Refusal

WRITE = """
INSERT INTO refused_scan (school_id, service_on, actor_id, device_id, recorded_at, scan_id, child_id, reason, problem,
                          occurred_at)
SELECT $1, $2, $3, $4, $5, scan_id, child_id, reason, problem::jsonb, occurred_at
  FROM unnest($6::uuid[], $7::uuid[], $8::text[], $9::text[], $10::timestamptz[])
       AS new(scan_id, child_id, reason, problem, occurred_at)
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Refused:
    """A scan that is not taken; ``stay`` where the child stands, as far as it has one."""

    refusal: type[Refusal]
    child_id: UUID | None
    occurred_at: datetime
    stay: HeldStay | None = None


async def refuse_scans(
    tx: AsyncSession,
    scanner: Scanner,
    refused: Mapping[UUID, Refused],
    before: Mapping[UUID, Any],
    *,
    now: datetime,
) -> dict[UUID, dict[str, Any]]:
    """Write what is refused now, and return the problem of each refused scan, also of those refused ``before``."""
    problems: dict[UUID, dict[str, Any]] = {
        scan_id: orjson.loads(row["problem"]) for scan_id, row in before.items()
    }
    fresh = {scan_id: each for scan_id, each in refused.items() if scan_id not in problems}
    if not fresh:
        return problems
    ids = {each.child_id for each in fresh.values()}
    stays = [each.stay for each in fresh.values() if each.stay is not None]
    ids |= {stay.adult_id for stay in stays} | {stay.room_id for stay in stays}
    names = await names_of(tx, scanner.school_id, ids)
    for scan_id, each in fresh.items():
        problems[scan_id] = _problem(each, scanner, names, now=now)
    rows = [
        (
            scan_id,
            each.child_id,
            each.refusal.slug(),
            orjson.dumps(problems[scan_id]).decode(),
            each.occurred_at,
        )
        for scan_id, each in fresh.items()
    ]
    columns = (list(column) for column in zip(*rows, strict=True))
    connection = await raw(tx)
    await connection.execute(
        WRITE, scanner.school_id, scanner.service_on, scanner.actor_id, scanner.device_id, now, *columns
    )
    return problems


def _problem(
    each: Refused, scanner: Scanner, names: Mapping[UUID | None, str], *, now: datetime
) -> dict[str, Any]:
    """Return the refusal's problem with every fact that its sentence may name."""
    facts: dict[str, Any] = {
        "child": names.get(each.child_id, "这个孩子"),
        "occurred_at": local_hhmm(each.occurred_at),
        "now": local_hhmm(now),
        "service_on": scanner.service_on.isoformat(),
    }
    if each.stay is not None:
        facts |= {
            "adult": names.get(each.stay.adult_id, "—"),
            "room": names.get(each.stay.room_id, "地点未登记"),
            "since": local_hhmm(each.stay.last_at) if each.stay.last_at else "—",
        }
    return each.refusal(**facts).problem()
