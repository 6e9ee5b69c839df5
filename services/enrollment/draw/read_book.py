"""Put a closed round's book together: clubs, lists, and what the school knows of the children."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.draw.missed_first import missed_first
from services.enrollment.draw.rules.book import Applicant, Book, Club, Entry
from services.enrollment.families.priority_tier import tier_of
from services.enrollment.menu.invitations_of import invitations_of
from services.enrollment.policy import Policy
from services.enrollment.rounds.tables import Round
from services.enrollment.schools.tables import Term
from services.enrollment.selection.errors import OfferingNotOpen, PlaceHeld
from services.enrollment.selection.free_places import free_places
from services.enrollment.selection.held_clubs import held_clubs
from services.enrollment.selection.rules.eligibility import Audience
from services.enrollment.wishes.on_offer_in import on_offer_in
from services.enrollment.wishes.round_entries import round_entries
from services.enrollment.wishes.rules.submission import Chooser
from services.kernel.clock import school_day

SALT_BYTES = 16
LEFT_SCHOOL = "孩子已经不在本校就读。"

_CLUBS = text(
    "SELECT o.offering_id, o.code, o.title, o.weekdays, o.starts, o.ends, o.minimum_size,"
    "       r.offering_id IS NOT NULL AND o.state = 'published' AS drawn,"
    "       (SELECT count(DISTINCT p.child_id) FROM place p"
    "         WHERE p.school_id = o.school_id AND p.offering_id = o.offering_id"
    "           AND (p.until_on IS NULL OR p.until_on > greatest(p.from_on, CAST(:since AS date)))) AS held"
    "  FROM offering o LEFT JOIN round_offering r"
    "    ON r.school_id = o.school_id AND r.offering_id = o.offering_id AND r.round_id = :round_id"
    " WHERE o.school_id = :school_id"
    "   AND (r.offering_id IS NOT NULL OR o.offering_id = ANY(CAST(:others AS uuid[])))"
    " ORDER BY o.code"
)
_CHILDREN = text(
    "SELECT child_id, grade, class_name FROM child"
    " WHERE school_id = :school_id AND child_id = ANY(CAST(:children AS uuid[])) AND NOT removed"
)


@dataclass(frozen=True)
class _Known:
    """What the school knows of the children at the draw; a child that left is in no ``choosers``."""

    titles: Mapping[str, str]
    on_offer: Mapping[UUID, Audience]
    choosers: Mapping[UUID, Chooser]
    holds: Mapping[UUID, Sequence[UUID]]
    tiers: Mapping[UUID, int]
    missed: Collection[UUID]
    last_tier: int


async def read_book(tx: AsyncSession, told: Round, *, seed: str, policy: Policy, now: datetime) -> Book:
    """Return the book of a closed round as things stand; every child gets a fresh salt.

    Who may choose what is judged again: a child may have changed its class, or a club have been withdrawn, since
    the list was handed in.
    """
    school_id, round_id = told.school_id, told.round_id
    entries = await round_entries(tx, school_id, round_id)
    children = [UUID(entry.child_id) for entry in entries]
    term = await tx.get_one(Term, (school_id, told.term_id))
    since = max(school_day(told.results_at), term.starts_on)
    held = await held_clubs(tx, school_id, children, since=since)
    holds = {
        child: sorted({one.offering_id for one in some if one.from_on <= term.ends_on})
        for child, some in held.items()
    }
    clubs = await _clubs(tx, told, {club for some in holds.values() for club in some}, since, now=now)
    known = _Known(
        titles={club.club_id: club.title for club in clubs},
        on_offer=await on_offer_in(tx, school_id, round_id),
        choosers=await _choosers(tx, school_id, children),
        holds=holds,
        tiers=await tier_of(tx, school_id, children, policy=policy),
        missed=await missed_first(tx, school_id, round_id, children),
        last_tier=len(policy.draw.tiers),
    )
    applicants = tuple(_applicant(entry, known) for entry in entries)
    return Book(str(round_id), seed, told.most_clubs, clubs, applicants)


async def _choosers(tx: AsyncSession, school_id: UUID, children: Sequence[UUID]) -> dict[UUID, Chooser]:
    invited = await invitations_of(tx, school_id, children)
    rows = await tx.execute(_CHILDREN, {"school_id": school_id, "children": children})
    return {
        row.child_id: Chooser(row.grade, row.class_name, invited.get(row.child_id, frozenset()))
        for row in rows
    }


async def _clubs(
    tx: AsyncSession, told: Round, others: Collection[UUID], since: date, *, now: datetime
) -> tuple[Club, ...]:
    """Return the round's clubs with their free places, and without any those that somebody holds."""
    facts = {
        "school_id": told.school_id,
        "round_id": told.round_id,
        "others": sorted(others),
        "since": since,
    }
    rows = (await tx.execute(_CLUBS, facts)).all()
    free = await free_places(
        tx, told.school_id, [row.offering_id for row in rows if row.drawn], since=since, now=now
    )
    return tuple(
        Club(
            club_id=str(row.offering_id),
            code=row.code,
            title=row.title,
            weekdays=tuple(row.weekdays),
            starts=f"{row.starts:%H:%M}",
            ends=f"{row.ends:%H:%M}",
            free=max(0, free.get(row.offering_id, 0)),
            held=row.held,
            minimum=row.minimum_size if row.drawn else 0,
        )
        for row in rows
    )


def _applicant(entry: Entry, known: _Known) -> Applicant:
    child_id = UUID(entry.child_id)
    objections = {club: _unfit(child_id, club, known) for club in entry.wishes}
    return Applicant(
        entry=entry,
        tier=known.tiers.get(child_id, known.last_tier),
        missed_first=child_id in known.missed,
        salt=secrets.token_hex(SALT_BYTES),
        holds=tuple(str(club) for club in known.holds.get(child_id, ())),
        unfit={club: sentence for club, sentence in objections.items() if sentence is not None},
    )


def _unfit(child_id: UUID, club: str, known: _Known) -> str | None:
    """Return the sentence about a wish that no longer counts; None: it does."""
    chooser, audience = known.choosers.get(child_id), known.on_offer.get(UUID(club))
    if chooser is None:
        return LEFT_SCHOOL
    if audience is None:
        return OfferingNotOpen(offering=known.titles[club]).sentence()
    if audience.offering_id in known.holds.get(child_id, ()):
        return PlaceHeld(offering=audience.title).sentence()
    refusal = chooser.fits(audience)
    return None if refusal is None else refusal.sentence()
