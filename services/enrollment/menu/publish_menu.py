"""Publish a term's menu: nothing that the policy forbids gets through."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.enrollment.menu.errors import MenuBreaksPolicy, MenuEmpty
from services.enrollment.menu.menu_on_file import OnMenu, menu_on_file
from services.enrollment.menu.rules.menu_objections import menu_objections
from services.enrollment.menu.rules.objection import Objection
from services.enrollment.menu.tables import MenuPublication
from services.enrollment.policy import Policy
from services.enrollment.roster.take_version import take_version
from services.enrollment.schools.errors import SchoolNotOnFile
from services.enrollment.schools.tables import School, Term


async def publish_menu(
    tx: AsyncSession, school_id: UUID, term_id: UUID, *, by: UUID, policy: Policy, now: datetime
) -> MenuPublication:
    """Publish drafts together with what is published already, as the next number of the term.

    Findings of force *should* are kept with the publication.

    Raises:
        MenuBreaksPolicy: at least one *must* is broken; nothing is published.
        MenuEmpty: there is no offering.
    """
    await tx.execute(select(Term).where(*_is(school_id, term_id)).with_for_update())
    menu = await menu_on_file(tx, school_id, term_id)
    if not menu:
        raise MenuEmpty
    objections = await menu_findings(tx, school_id, menu, policy)
    broken = [objection for objection in objections if objection.force == "must"]
    if broken:
        raise MenuBreaksPolicy(count=len(broken), findings=[o.model_dump(mode="json") for o in objections])
    version = await take_version(tx, school_id, now=now)
    for on_menu in menu:
        if on_menu.offering.state == "draft":
            on_menu.offering.state = "published"
            on_menu.offering.version = version
    publication = MenuPublication(
        school_id=school_id,
        term_id=term_id,
        number=await _next_number(tx, school_id, term_id),
        published_at=now,
        published_by=by,
        policy_id=policy.id,
        menu=[_as_shown(on_menu, policy) for on_menu in menu],
        findings=[objection.model_dump(mode="json") for objection in objections],
    )
    tx.add(publication)
    await tx.flush()
    return publication


async def menu_findings(
    tx: AsyncSession, school_id: UUID, menu: Sequence[OnMenu], policy: Policy
) -> list[Objection]:
    """Return what the policy says about a menu on file, for the grades that the school teaches."""
    school = await tx.get(School, school_id)
    if school is None:
        raise SchoolNotOnFile
    grades = policy.school_kinds[school.kind].grades
    return menu_objections([on_menu.proposal() for on_menu in menu], policy, grades)


async def _next_number(tx: AsyncSession, school_id: UUID, term_id: UUID) -> int:
    last = await tx.scalar(
        select(func.max(col(MenuPublication.number))).where(
            col(MenuPublication.school_id) == school_id, col(MenuPublication.term_id) == term_id
        )
    )
    return (last or 0) + 1


def _is(school_id: UUID, term_id: UUID) -> tuple[Any, Any]:
    return col(Term.school_id) == school_id, col(Term.term_id) == term_id


def _as_shown(on_menu: OnMenu, policy: Policy) -> dict[str, Any]:
    """Return what families are shown of an offering, for good."""
    offering = on_menu.offering
    shown = offering.model_dump(
        mode="json",
        include={
            "offering_id", "code", "title", "kind", "basic", "subject", "weekdays", "starts", "ends",
            "grades", "capacity", "minimum_size", "content", "assessment_no", "fee_fen",
        },
    )  # fmt: skip
    return {
        **shown,
        "kind_label": policy.kinds[offering.kind].label,
        "teacher": on_menu.teacher_name,
        "room": on_menu.room_name,
    }
