"""An offering as it was just written, with what stands against it."""

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.menu.findings_of_offering import findings_of_offering
from services.enrollment.menu.shapes import WrittenOfferingOut
from services.enrollment.menu.tables import Offering
from services.enrollment.menu.whole_menu import whole_menu
from services.enrollment.policy import Policy


async def answer_offering(
    tx: AsyncSession, school_id: UUID, offering: Offering, *, policy: Policy, today: date
) -> WrittenOfferingOut:
    """Return it as the menu shows it, with its findings."""
    (row,) = await whole_menu(tx, school_id, offering.term_id, offering_id=offering.offering_id, today=today)
    found = await findings_of_offering(tx, school_id, offering, policy=policy)
    return WrittenOfferingOut.model_validate({**row, "findings": found})
