"""Every offering of a term in whatever state, with what waits for the next publication, as officers see it."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

_MENU = text(
    "SELECT o.*, st.name AS teacher, r.name AS room, pa.name AS partner, proposer.name AS put_forward_name,"
    "       c.new_values AS pending, coalesce(held.places, 0) AS places"
    "  FROM offering o"
    "  LEFT JOIN staff st ON st.school_id = o.school_id AND st.staff_id = o.teacher_id"
    "  LEFT JOIN staff proposer ON proposer.school_id = o.school_id AND proposer.staff_id = o.put_forward_by"
    "  LEFT JOIN room r ON r.school_id = o.school_id AND r.room_id = o.room_id"
    "  LEFT JOIN partner pa ON pa.school_id = o.school_id AND pa.partner_id = o.partner_id"
    "  LEFT JOIN offering_change c ON c.school_id = o.school_id AND c.offering_id = o.offering_id"
    "  LEFT JOIN (SELECT school_id, offering_id, count(DISTINCT child_id) AS places FROM place"
    "    WHERE school_id = :school_id AND (until_on IS NULL OR until_on > greatest(from_on, CAST(:today AS date)))"
    "    GROUP BY school_id, offering_id) AS held"
    "    ON held.school_id = o.school_id AND held.offering_id = o.offering_id"
    " WHERE o.school_id = :school_id AND o.term_id = :term_id"
    "   AND (CAST(:put_forward_by AS uuid) IS NULL OR o.put_forward_by = :put_forward_by)"
    "   AND (NOT CAST(:proposals AS boolean) OR o.put_forward_by IS NOT NULL)"
    "   AND (CAST(:offering_id AS uuid) IS NULL OR o.offering_id = :offering_id)"
    " ORDER BY o.code"
)


async def whole_menu(
    tx: AsyncSession,
    school_id: UUID,
    term_id: UUID,
    *,
    proposals: bool = False,
    put_forward_by: UUID | None = None,
    offering_id: UUID | None = None,
    today: date,
) -> Sequence[RowMapping]:
    """Return offerings by code with names, ``places`` (children holding one) and ``pending`` values or None.

    All of the term, or only what teachers put forward, or one teacher's, or one offering.
    """
    facts = {
        "school_id": school_id,
        "term_id": term_id,
        "proposals": proposals,
        "put_forward_by": put_forward_by,
        "offering_id": offering_id,
        "today": today,
    }
    return (await tx.execute(_MENU, facts)).mappings().all()
