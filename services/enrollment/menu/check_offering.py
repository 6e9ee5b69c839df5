"""Is what an offering says possible at this school?"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.menu.errors import CodeTaken, OfferingNotPossible, UnknownStaffOrRoom
from services.enrollment.menu.rules.offering_shape import shape_problems
from services.enrollment.partners.errors import UnknownPartner
from services.enrollment.policy import Policy

_CLASSES = text("SELECT DISTINCT grade, class_name FROM child WHERE school_id = :school_id AND NOT removed")
_THERE = text(
    "SELECT (CAST(:teacher_id AS uuid) IS NULL OR EXISTS (SELECT FROM staff WHERE school_id = :school_id"
    "         AND staff_id = :teacher_id AND NOT removed))"
    "   AND (CAST(:room_id AS uuid) IS NULL OR EXISTS (SELECT FROM room WHERE school_id = :school_id"
    "         AND room_id = :room_id AND NOT removed)) AS staffed,"
    "  (CAST(:partner_id AS uuid) IS NULL OR EXISTS (SELECT FROM partner WHERE school_id = :school_id"
    "         AND partner_id = :partner_id)) AS partnered,"
    "  EXISTS (SELECT FROM offering WHERE school_id = :school_id AND term_id = :term_id AND code = :code"
    "         AND offering_id <> :offering_id) AS code_taken"
)
_ASKED = ("school_id", "term_id", "offering_id", "code", "teacher_id", "room_id", "partner_id")


async def check_offering(
    tx: AsyncSession, school_id: UUID, offering: Mapping[str, Any], *, policy: Policy
) -> None:
    """Look at an offering with all its columns, as it shall be.

    Raises:
        OfferingNotPossible: something is missing or contradicts itself.
        UnknownStaffOrRoom, UnknownPartner: nobody and nothing of that id in this school.
        CodeTaken: another offering of the term has its code.
    """
    classes = await tx.execute(_CLASSES, {"school_id": school_id}) if offering["classes"] else ()
    for code, problem in shape_problems(offering, policy, [tuple(row) for row in classes]):
        raise OfferingNotPossible(code=code, problem=problem)
    found = (await tx.execute(_THERE, {name: offering[name] for name in _ASKED})).one()
    if not found.staffed:
        raise UnknownStaffOrRoom
    if not found.partnered:
        raise UnknownPartner
    if found.code_taken:
        raise CodeTaken(code=offering["code"])
