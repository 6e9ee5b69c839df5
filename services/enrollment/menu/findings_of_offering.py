"""What stands against one offering, as it is entered: fees, natures, and who else is there at that time."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.menu.menu_on_file import menu_on_file
from services.enrollment.menu.rules.menu_objections import offering_objections
from services.enrollment.menu.rules.objection import Objection
from services.enrollment.menu.rules.room_size import room_size
from services.enrollment.menu.tables import Offering
from services.enrollment.policy import Policy

LOOKED_AT = ("proposed", "draft", "published")


async def findings_of_offering(
    tx: AsyncSession, school_id: UUID, offering: Offering, *, policy: Policy
) -> list[Objection]:
    """Return findings about ``offering`` among all that is proposed, drafted or published; both sides are named.

    What is only proposed by others is looked at too: of two proposals for one room one will have to give way.
    """
    menu = await menu_on_file(tx, school_id, offering.term_id, states=LOOKED_AT)
    ours = [one.proposal() for one in menu if one.offering.offering_id == offering.offering_id]
    others = [one.proposal() for one in menu if one.offering.offering_id != offering.offering_id]
    found = [*offering_objections([*others, *ours], policy), *room_size(ours)]
    return [objection for objection in found if any(one.code in objection.offerings for one in ours)]
