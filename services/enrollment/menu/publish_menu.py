"""Publish a term's menu: nothing that the policy forbids gets through, and no place is lost by it."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.contracts.facts.enrollment import ClubMoved, MenuPublished
from services.enrollment.calendar.errors import UnknownTerm
from services.enrollment.menu.errors import MenuBreaksPolicy, MenuEmpty, PlacesMovedMeanwhile
from services.enrollment.menu.holders import holders
from services.enrollment.menu.lock_offerings import lock_offerings
from services.enrollment.menu.menu_findings import menu_findings
from services.enrollment.menu.menu_on_file import OnMenu, menu_on_file
from services.enrollment.menu.move_places import move_places
from services.enrollment.menu.rules.kept_places import Holder
from services.enrollment.menu.shown_offering import shown_offering
from services.enrollment.menu.tables import MenuPublication, Offering, OfferingChange
from services.enrollment.policy import Policy
from services.enrollment.roster.take_version import take_version
from services.enrollment.schools.tables import Term
from services.enrollment.selection.lock_children import lock_children
from services.enrollment.selection.mark_care_due import mark_care_due
from services.enrollment.waiting.soon_offer_places import soon_offer_places
from services.kernel.clock import school_day
from services.kernel.letters.announce import announce

TIMES = frozenset({"weekdays", "starts", "ends"})


async def publish_menu(
    tx: AsyncSession, school_id: UUID, term_id: UUID, *, by: UUID, policy: Policy, now: datetime
) -> MenuPublication:
    """Publish drafts, and what is published already with its pending changes, as the next number of the term.

    Findings of force *should* are kept with the publication. Places follow their offering's new weekdays from
    today on, basic care its new hours; families of moved clubs are told.

    Raises:
        MenuBreaksPolicy: at least one *must* is broken; nothing is published.
        MenuEmpty: there is no offering.
        UnknownTerm: this school has no such term.
        PlacesMovedMeanwhile: a family chose a changed offering at the same moment.
    """
    term = await _lock_term(tx, school_id, term_id)
    menu = await menu_on_file(tx, school_id, term_id)
    if not menu:
        raise MenuEmpty
    today = school_day(now)
    since = max(today, term.starts_on)
    held = await _lock_holders(tx, term, menu, since=since)
    objections = await menu_findings(tx, term, menu, policy=policy, today=today, held=held)
    broken = [objection for objection in objections if objection.force == "must"]
    if broken:
        raise MenuBreaksPolicy(count=len(broken), findings=[o.model_dump(mode="json") for o in objections])
    await _put_in_force(tx, school_id, menu, policy, now=now)
    number = await _next_number(tx, school_id, term_id)
    await _follow_times(tx, school_id, menu, held, number=number, since=since, now=now)
    publication = MenuPublication(
        school_id=school_id,
        term_id=term_id,
        number=number,
        published_at=now,
        published_by=by,
        policy_id=policy.id,
        menu=[shown_offering(on_menu, policy) for on_menu in menu],
        findings=[objection.model_dump(mode="json") for objection in objections],
    )
    tx.add(publication)
    await tx.flush()
    fact = MenuPublished(at=now, school_id=school_id, term_id=term_id, number=number)
    await announce(tx, fact, now=now)
    return publication


async def _lock_term(tx: AsyncSession, school_id: UUID, term_id: UUID) -> Term:
    """Lock it so that claims, which refer to it, go on."""
    found = await tx.execute(
        select(Term)
        .where(col(Term.school_id) == school_id, col(Term.term_id) == term_id)
        .with_for_update(key_share=True)
    )
    term = found.scalar_one_or_none()
    if term is None:
        raise UnknownTerm
    return term


async def _lock_holders(
    tx: AsyncSession, term: Term, menu: Sequence[OnMenu], *, since: date
) -> dict[str, set[Holder]]:
    """Lock the children of changed offerings, then all that is written; return who holds what under the locks.

    Drafts are locked as well: a claim of something else may hold one already, and wait for the version.
    """
    changed = [one.offering.offering_id for one in menu if one.change]
    drafts = [one.offering.offering_id for one in menu if one.offering.state == "draft"]
    before = await holders(tx, term.school_id, term.term_id, changed, since=since)
    children = {holder.child_id for some in before.values() for holder in some}
    await lock_children(tx, term.school_id, children)
    await lock_offerings(tx, term.school_id, [*changed, *drafts])
    held = await holders(tx, term.school_id, term.term_id, changed, since=since)
    if not {holder.child_id for some in held.values() for holder in some} <= children:
        raise PlacesMovedMeanwhile
    return held


async def _put_in_force(
    tx: AsyncSession, school_id: UUID, menu: Sequence[OnMenu], policy: Policy, *, now: datetime
) -> None:
    version = await take_version(tx, school_id, now=now)
    for on_menu in menu:
        offering = await tx.get_one(Offering, (school_id, on_menu.offering.offering_id))
        if on_menu.change or offering.state == "draft":
            for name, value in on_menu.change.items():
                setattr(offering, name, value)
            offering.basic = policy.kinds[offering.kind].basic
            offering.state, offering.version = "published", version
    changed = [one.offering.offering_id for one in menu if one.change]
    await tx.execute(
        delete(OfferingChange).where(
            col(OfferingChange.school_id) == school_id, col(OfferingChange.offering_id).in_(changed)
        )
    )
    await tx.flush()
    # There may be more seats now: who waits comes first.
    await soon_offer_places(tx, school_id, changed, due_at=now)


async def _follow_times(
    tx: AsyncSession,
    school_id: UUID,
    menu: Sequence[OnMenu],
    held: dict[str, set[Holder]],
    *,
    number: int,
    since: date,
    now: datetime,
) -> None:
    """Let places, basic care and families follow clubs that meet at other times from ``since`` on."""
    moved = [one for one in menu if one.change.keys() & TIMES]
    weekdays = {
        one.offering.offering_id: one.offering.weekdays
        for one in moved
        if "weekdays" in one.change and not one.offering.basic
    }
    await move_places(tx, school_id, weekdays, since=since, now=now)
    children = {holder.child_id for one in moved for holder in held.get(one.offering.code, ())}
    await mark_care_due(tx, school_id, dict.fromkeys(sorted(children), since), now=now)
    told = [
        ClubMoved(
            at=now,
            school_id=school_id,
            child_id=holder.child_id,
            offering_id=one.offering.offering_id,
            number=number,
            from_on=since,
            weekdays=one.offering.weekdays,
            starts=one.offering.starts,
            ends=one.offering.ends,
        )
        for one in moved
        if not one.offering.basic
        for holder in sorted(held.get(one.offering.code, ()), key=lambda holder: holder.child_id)
    ]
    await announce(tx, *told, now=now)


async def _next_number(tx: AsyncSession, school_id: UUID, term_id: UUID) -> int:
    last = await tx.scalar(
        select(func.max(col(MenuPublication.number))).where(
            col(MenuPublication.school_id) == school_id, col(MenuPublication.term_id) == term_id
        )
    )
    return (last or 0) + 1
