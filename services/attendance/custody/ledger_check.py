"""Did any law break? Replays a day's entries and compares what they come to with the stays."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.custody.rules.broken_laws import broken_laws
from services.kernel.database.transaction import raw

LINES = """
SELECT child_id, turn, number, entry_id, kind, adult_before, adult_after, method, actor_id, corrects, reason
  FROM entry WHERE school_id = $1 AND service_on = $2 ORDER BY child_id, turn, number
"""
STAYS = """
SELECT child_id, turn, state, adult_id, last_number, hand_over_id, missing, EXISTS (
         SELECT FROM missing_case WHERE missing_case.school_id = $1 AND missing_case.service_on = $2
            AND missing_case.child_id = stay.child_id AND missing_case.turn = stay.turn AND cleared_at IS NULL
       ) AS case_open
  FROM stay WHERE school_id = $1 AND service_on = $2
"""
COUNTS = """
SELECT hand_over_id, offered, accepted + taken_back AS settled, settled_at IS NOT NULL AS is_settled,
       (SELECT count(*) FROM stay WHERE stay.school_id = $1 AND stay.service_on = $2
           AND stay.hand_over_id = hand_over.hand_over_id) AS under_way
  FROM hand_over WHERE school_id = $1 AND service_on = $2
"""


@dataclass(frozen=True)
class Violation:
    """A law that does not hold, for a child or a hand-over (``subject``)."""

    law: str
    subject: UUID
    detail: str


async def ledger_check(tx: AsyncSession, school_id: UUID, service_on: date) -> list[Violation]:
    """Return every broken law of a school's day; none is what it must be, at any moment of the day.

    Entries and stays are read by two statements, so ask when the day rests: a scan between them would look like
    a broken law.
    """
    connection = await raw(tx)
    stays = {
        (row["child_id"], row["turn"]): row for row in await connection.fetch(STAYS, school_id, service_on)
    }
    lines = {
        key: list(of_stay)
        for key, of_stay in groupby(
            await connection.fetch(LINES, school_id, service_on),
            key=lambda row: (row["child_id"], row["turn"]),
        )
    }
    found = [
        Violation(law, key[0], detail)
        for key in sorted(stays.keys() | lines.keys())
        for law, detail in broken_laws(lines.get(key, []), stays.get(key))
    ]
    for row in await connection.fetch(COUNTS, school_id, service_on):
        left = row["offered"] - row["settled"]
        if left != row["under_way"] or row["is_settled"] != (left == 0):
            detail = f"{row['offered']} offered, {row['settled']} settled, {row['under_way']} under way"
            found.append(Violation("the counts of a hand-over agree", row["hand_over_id"], detail))
    return found
