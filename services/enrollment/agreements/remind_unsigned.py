"""Remind those who may sign the agreement and have not (R29)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.facts.enrollment import AgreementDue
from services.enrollment.agreements.errors import NoAgreement, RemindedToday
from services.enrollment.agreements.issue_agreement import agreement_in_force
from services.enrollment.agreements.unsigned_children import unsigned_children
from services.kernel.clock import school_day
from services.kernel.ids import new_id
from services.kernel.letters.announce import announce

_SIGNERS = text(
    "SELECT child_id, array_agg(guardian_id ORDER BY rank, guardian_id) AS guardians"
    " FROM guardianship JOIN guardian g USING (school_id, guardian_id)"
    " WHERE school_id = :school_id AND child_id = ANY(CAST(:children AS uuid[]))"
    " AND may_sign AND NOT guardianship.removed AND NOT g.removed GROUP BY child_id"
)
_NOTE = text(
    "INSERT INTO agreement_reminder (school_id, reminded_on, reminder_id, number, reminded_at, reminded_by,"
    " children) VALUES (:school_id, :on, :reminder_id, :number, :at, :by, :children)"
    " ON CONFLICT (school_id, reminded_on) DO NOTHING RETURNING reminder_id"
)


@dataclass(frozen=True)
class Reminded:
    """What a reminder came to."""

    number: int
    children: int
    nobody_may_sign: list[UUID]
    """Children without a guardian who may sign: a matter for the office."""


async def remind_unsigned(
    tx: AsyncSession, school_id: UUID, *, by: UUID | None = None, now: datetime
) -> Reminded:
    """Tell the guardians who may sign for each unsigned child in care; ``by`` nobody: the platform, by its rhythm.

    Raises:
        NoAgreement: nothing to sign.
        RemindedToday: one reminder a school day is enough.
    """
    in_force = await agreement_in_force(tx, school_id)
    if in_force is None:
        raise NoAgreement
    today = school_day(now)
    unsigned = [
        row["child_id"] for row in await unsigned_children(tx, school_id, number=in_force.number, today=today)
    ]
    rows = await tx.execute(_SIGNERS, {"school_id": school_id, "children": unsigned})
    signers = {row.child_id: tuple(row.guardians) for row in rows}
    reached = [child_id for child_id in unsigned if child_id in signers]
    if reached:
        reminder_id = new_id()
        noted = await tx.scalar(
            _NOTE,
            {
                "school_id": school_id,
                "on": today,
                "reminder_id": reminder_id,
                "number": in_force.number,
                "at": now,
                "by": by,
                "children": len(reached),
            },
        )
        if noted is None:
            raise RemindedToday
        about = {"school_id": school_id, "reminder_id": reminder_id, "number": in_force.number, "at": now}
        due = [AgreementDue(**about, child_id=child_id, guardians=signers[child_id]) for child_id in reached]
        await announce(tx, *due, now=now)
    return Reminded(in_force.number, len(reached), [one for one in unsigned if one not in signers])
