"""Write down who did or looked at what."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.identity.tables import AuditEntry
from services.kernel.ids import new_id


class Action(StrEnum):
    """What is worth a line in the audit."""

    PHONE_BOUND = "phone.bound"
    PHONE_TAKEN_OVER = "phone.taken-over"
    CONSENT_WITHDRAWN = "consent.withdrawn"
    PERSONA_TAKEN = "persona.taken"
    SESSION_REUSED = "session.reused"
    INVITATION_ACCEPTED = "invitation.accepted"
    GUARDIANSHIP_REQUESTED = "guardianship.requested"
    BOARD_TICKET_ISSUED = "board.ticket-issued"
    BOARD_OPENED = "board.opened"
    LETTERS_SEEN = "letters.seen"


async def write_audit(
    tx: AsyncSession,
    action: Action,
    *,
    account_id: UUID | None,
    persona: str,
    now: datetime,
    **facts: Any,
) -> None:
    """Add one line; ``facts`` are ids and words. ``now`` is the domain's instant."""
    told = {name: value if isinstance(value, int | None) else str(value) for name, value in facts.items()}
    tx.add(
        AuditEntry(
            entry_id=new_id(), account_id=account_id, persona=persona, action=action, facts=told, at=now
        )
    )
    await tx.flush()
