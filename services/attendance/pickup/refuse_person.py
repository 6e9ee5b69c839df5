"""The person at the gate is not the one on the pass: the pass dies."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.pickup.proof import ShownPass
from services.kernel.database.transaction import raw

REVOKE = """
UPDATE pass SET state = 'revoked', settled_at = $2
 WHERE school_id = $1 AND state = 'live' AND (service_on, code_hash) IN
    (SELECT service_on, code_hash FROM pass AS shown
      WHERE shown.school_id = $1 AND shown.service_on = $3 AND shown.pass_id = ANY($4::uuid[]))
"""


async def refuse_person(
    tx: AsyncSession, school_id: UUID, passes: Collection[ShownPass], *, service_on: date, now: datetime
) -> None:
    """Revoke these passes and those of the siblings under the same code: a stolen code is stolen for all."""
    if passes:
        ids = [each.pass_id for each in passes]
        await (await raw(tx)).execute(REVOKE, school_id, now, service_on, ids)
