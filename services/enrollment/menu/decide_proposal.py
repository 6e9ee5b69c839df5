"""The school decides about what a teacher put forward (R14)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.menu.change_offering import write_draft
from services.enrollment.menu.errors import ProposalDecided, UnknownOffering
from services.enrollment.menu.offering_under_lock import offering_under_lock
from services.enrollment.menu.tables import Offering
from services.enrollment.policy import Policy


async def approve_proposal(
    tx: AsyncSession, school_id: UUID, offering_id: UUID, values: Mapping[str, Any], *, policy: Policy
) -> Offering:
    """Make a draft of it, with whatever the school changes on the way.

    Raises:
        UnknownOffering: nobody put such an offering forward.
        ProposalDecided: it was approved or refused before.
        OfferingNotPossible, UnknownStaffOrRoom, UnknownPartner, CodeTaken: as `check_offering`.
    """
    offering = await _proposal(tx, school_id, offering_id)
    await write_draft(tx, offering, values, policy=policy)
    offering.state = "draft"
    await tx.flush()
    return offering


async def refuse_proposal(tx: AsyncSession, school_id: UUID, offering_id: UUID, *, reason: str) -> Offering:
    """Refuse it; the teacher reads the reason beside it.

    Raises:
        UnknownOffering, ProposalDecided: as above.
    """
    offering = await _proposal(tx, school_id, offering_id)
    offering.state, offering.ended_because = "refused", reason
    await tx.flush()
    return offering


async def _proposal(tx: AsyncSession, school_id: UUID, offering_id: UUID) -> Offering:
    offering = await offering_under_lock(tx, school_id, offering_id)
    if offering.put_forward_by is None:
        raise UnknownOffering
    if offering.state != "proposed":
        raise ProposalDecided(offering=offering.title)
    return offering
