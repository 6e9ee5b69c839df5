"""Tell what could be told to nobody, now that the directory knows more."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.messages.tell import tell
from services.notifications.messages.tellings import TELLINGS, tellings_of

_WAITING = text(
    "SELECT kind, cause_id, step_no, fact::text AS fact FROM unaddressed"
    " WHERE school_id = :school_id AND addressed_at IS NULL AND reason <> 'nobody-was-told'"
    " ORDER BY seen_at LIMIT 1000 FOR UPDATE"
)
_ADDRESSED = text(
    "UPDATE unaddressed SET addressed_at = :now"
    " WHERE school_id = :school_id AND kind = :kind AND cause_id = :cause_id AND step_no = :step_no"
)
_CLASSES = {fact.model_fields["kind"].default: fact for fact in TELLINGS}


async def address_waiting(tx: AsyncSession, school_id: UUID, *, now: datetime) -> None:
    """Look at every fact set aside again; one that finds its people is told, unless it is no longer true."""
    rows = (await tx.execute(_WAITING, {"school_id": school_id})).all()
    if not rows:
        return
    facts = {
        (row.kind, row.cause_id, row.step_no): _CLASSES[row.kind].model_validate_json(row.fact)
        for row in rows
    }
    still = await tell(tx, [one for fact in facts.values() for one in tellings_of(fact)], now=now)
    left = {(telling.fact.kind, telling.cause_id, telling.step_no) for telling in still}
    for kind, cause_id, step_no in facts.keys() - left:
        await tx.execute(
            _ADDRESSED,
            {"school_id": school_id, "kind": kind, "cause_id": cause_id, "step_no": step_no, "now": now},
        )
