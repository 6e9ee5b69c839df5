"""Show a pass anew: its QR code rotates, so that a photo of it is soon worth nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.pickup.errors import PassNoLongerGood
from services.attendance.pickup.pass_token import PassClaims, PassLine, sign_pass
from services.attendance.pickup.proof import PassKeys
from services.attendance.roster.settings import settings_from
from services.kernel.clock import school_day
from services.kernel.database.transaction import raw
from services.kernel.problems import NotYours

SIBLINGS = """
SELECT other.pass_id, other.child_id, other.turn, other.state, other.school_id, other.service_on,
    other.collector_id, school.settings::text AS settings
  FROM pass AS shown
  JOIN pass AS other USING (school_id, service_on, code_hash)
  JOIN school USING (school_id)
  JOIN unnest($1::uuid[], $2::uuid[]) AS caller(school_id, person_id) USING (school_id)
 WHERE shown.service_on = $3 AND shown.pass_id = $4
   AND (shown.collector_id = caller.person_id
        OR EXISTS (SELECT FROM collector AS guardian
                    WHERE guardian.school_id = shown.school_id AND guardian.child_id = shown.child_id
                      AND guardian.collector_id = caller.person_id
                      AND guardian.is_guardian AND guardian.may_collect AND NOT guardian.removed))
 ORDER BY other.child_id
"""


@dataclass(frozen=True, slots=True)
class FreshQr:
    """A pass' QR text, good for ``seconds`` of real time; siblings that still wait are in it."""

    lines: tuple[PassLine, ...]
    qr: str
    seconds: int


async def rotate_qr(
    tx: AsyncSession, pass_id: UUID, people: Mapping[UUID, UUID], *, keys: PassKeys, now: datetime
) -> FreshQr:
    """Return a fresh QR code of today's pass. ``people`` is who the caller is in each school.

    Raises:
        NotYours: no such pass today, or somebody else's.
        PassNoLongerGood: used, replaced or revoked.
    """
    rows = await (await raw(tx)).fetch(
        SIBLINGS, list(people.keys()), list(people.values()), school_day(now), pass_id
    )
    if not rows:
        raise NotYours
    live = [row for row in rows if row["state"] == "live"]
    if pass_id not in {row["pass_id"] for row in live}:
        raise PassNoLongerGood
    lines = tuple(PassLine(row["pass_id"], row["child_id"], row["turn"]) for row in live)
    seconds = settings_from(rows[0]["settings"]).pass_qr_seconds
    claims = PassClaims(rows[0]["school_id"], rows[0]["service_on"], rows[0]["collector_id"], lines)
    return FreshQr(lines, sign_pass(keys.signer, claims, life=timedelta(seconds=seconds)), seconds)
