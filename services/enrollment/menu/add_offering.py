"""Write an offering down for the first time: an officer's draft, or what a teacher puts forward (R14)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.enrollment.calendar.errors import UnknownTerm
from services.enrollment.menu.check_offering import check_offering
from services.enrollment.menu.offering_values import NAMES
from services.enrollment.menu.rules.offering_shape import free_code
from services.enrollment.menu.tables import Offering
from services.enrollment.policy import Policy
from services.enrollment.schools.tables import Term
from services.kernel.ids import new_id

EMPTY: Mapping[str, Any] = {
    **dict.fromkeys(NAMES),
    "minimum_size": 1,
    "content": "",
    "aims": "",
    "materials": "",
    "fee_fen": 0,
    "by_invitation": False,
    "by_round": False,
}
UNTOLD = 0
"""The version of a row that nobody copies yet."""


async def add_offering(
    tx: AsyncSession,
    school_id: UUID,
    term_id: UUID,
    values: Mapping[str, Any],
    *,
    policy: Policy,
    put_forward_by: UUID | None = None,
) -> Offering:
    """Add an offering to a term's menu; without a code it gets the next one.

    One that a teacher puts forward is for that teacher to give, and waits for the school's decision. What the
    policy says against it, or who else is there at that time, is a finding and no refusal: the school decides.

    Raises:
        UnknownTerm, OfferingNotPossible, UnknownStaffOrRoom, UnknownPartner, CodeTaken.
    """
    term = select(Term).where(col(Term.school_id) == school_id, col(Term.term_id) == term_id)
    if (await tx.execute(term.with_for_update(key_share=True))).scalar_one_or_none() is None:
        raise UnknownTerm
    facts: dict[str, Any] = {
        **EMPTY, **values, "school_id": school_id, "term_id": term_id, "offering_id": new_id()
    }  # fmt: skip
    if put_forward_by is not None:
        facts["teacher_id"] = put_forward_by
    if facts["code"] is None:
        codes = select(col(Offering.code)).where(
            col(Offering.school_id) == school_id, col(Offering.term_id) == term_id
        )
        facts["code"] = free_code(await tx.scalars(codes))
    await check_offering(tx, school_id, facts, policy=policy)
    offering = Offering(
        **facts,
        basic=policy.kinds[facts["kind"]].basic,
        put_forward_by=put_forward_by,
        state="draft" if put_forward_by is None else "proposed",
        version=UNTOLD,
    )
    tx.add(offering)
    await tx.flush()
    return offering
