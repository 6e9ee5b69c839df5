"""What the policy says about a term's menu as its next publication would have it."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.calendar.term_findings import term_findings
from services.enrollment.menu.holders import holders
from services.enrollment.menu.menu_on_file import OnMenu
from services.enrollment.menu.rules.kept_places import Holders, kept_places
from services.enrollment.menu.rules.menu_objections import menu_objections
from services.enrollment.menu.rules.objection import Objection
from services.enrollment.menu.rules.outside_people import outside_people
from services.enrollment.policy import Policy
from services.enrollment.schools.errors import SchoolNotOnFile
from services.enrollment.schools.tables import School, Term


async def menu_findings(
    tx: AsyncSession,
    term: Term,
    menu: Sequence[OnMenu],
    *,
    policy: Policy,
    today: date,
    held: Holders | None = None,
) -> list[Objection]:
    """Return all findings for the grades that the school teaches; ``held`` where it was read under lock."""
    school = await tx.get(School, term.school_id)
    if school is None:
        raise SchoolNotOnFile
    grades = policy.school_kinds[school.kind].grades
    proposals = [on_menu.proposal() for on_menu in menu]
    since = max(today, term.starts_on)
    changed = {one.offering.code: one.offering.offering_id for one in menu if one.change}
    if held is None:
        held = await holders(tx, term.school_id, term.term_id, changed.values(), since=since)
    papers = {
        one.partner.name: held_papers
        for one in menu
        if one.partner is not None and (held_papers := one.papers()) is not None
    }
    return [
        *menu_objections(proposals, policy, grades),
        *outside_people(proposals, papers, on=since, until=term.ends_on),
        *kept_places(proposals, changed, held, policy),
        *await term_findings(
            tx, term, policy=policy, today=today, offered={day for one in proposals for day in one.weekdays}
        ),
    ]
