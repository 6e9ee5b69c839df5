"""Count wrong codes, so that guessing ends: per child, and per phone and person typing them (peers.md 4a)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.kernel.database.transaction import raw

LOCK = """
INSERT INTO code_try (school_id, service_on, subject_id, tries)
SELECT $1, $2, subject, 0 FROM unnest($3::uuid[]) AS subject ORDER BY subject
    ON CONFLICT (school_id, service_on, subject_id) DO UPDATE SET tries = code_try.tries
RETURNING subject_id, tries
"""
COUNT = """
UPDATE code_try SET tries = tries + 1
 WHERE school_id = $1 AND service_on = $2 AND subject_id = ANY($3::uuid[])
"""


@dataclass(frozen=True, slots=True)
class Tries:
    """Wrong codes so far today, their rows locked: of two guesses at once the second sees the first."""

    school_id: UUID
    service_on: date
    by_subject: dict[UUID, int]

    def most(self, subjects: Collection[UUID]) -> int:
        """Return the count of the one who was wrong most often."""
        return max(self.by_subject[subject] for subject in subjects)


async def lock_tries(
    tx: AsyncSession, school_id: UUID, service_on: date, subjects: Collection[UUID]
) -> Tries:
    """Return how often each child, phone or person was wrong today; holds them until the transaction ends."""
    rows = await (await raw(tx)).fetch(LOCK, school_id, service_on, list(set(subjects)))
    return Tries(school_id, service_on, {row["subject_id"]: row["tries"] for row in rows})


async def count_tries(tx: AsyncSession, tries: Tries, subjects: Collection[UUID]) -> None:
    """Count one wrong code against each subject; they were locked by `lock_tries`."""
    if subjects:
        await (await raw(tx)).execute(COUNT, tries.school_id, tries.service_on, list(set(subjects)))
