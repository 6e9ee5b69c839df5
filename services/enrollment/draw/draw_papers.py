"""The papers of a round's draw: the announcement for everybody, the record for the county."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.enrollment.draw.errors import NotDrawn
from services.enrollment.draw.rules.book import METHOD, Book
from services.enrollment.draw.rules.draw_book import Placing
from services.enrollment.draw.rules.lottery_order import seed_hash
from services.enrollment.draw.rules.order_root import tier_seal
from services.enrollment.draw.rules.papers import AnnouncedClub, Announcement, Record
from services.enrollment.draw.rules.reasons import Outcome
from services.enrollment.draw.tables import Draw, DrawEntry, DrawWish
from services.enrollment.rounds.tables import Round

# Before the draw a club's places are what it has now. How many wished is told after the close only: a figure that
# grows while families choose would make them choose by it.
_CLUBS = text(
    "SELECT o.offering_id AS club_id, o.code, o.title, o.capacity AS places,"
    "       CASE WHEN :closed THEN (SELECT count(*) FROM wish_list l WHERE l.school_id = r.school_id"
    "         AND l.round_id = r.round_id AND o.offering_id = ANY(l.offerings)) END AS wished"
    "  FROM round_offering r JOIN offering o USING (school_id, offering_id)"
    " WHERE r.school_id = :school_id AND r.round_id = :round_id ORDER BY o.code"
)
_DRAW = text(
    "SELECT method, seed, order_root, summary, book -> 'clubs' AS clubs FROM draw"
    " WHERE school_id = :school_id AND round_id = :round_id"
)
_BOOK = TypeAdapter(Book)


async def announcement(tx: AsyncSession, told: Round) -> Announcement:
    """Return what everybody may know of a preference round now. Raises NotDrawn for a round without a draw."""
    if told.seed_hash is None:
        raise NotDrawn(round_id=told.round_id)
    facts = {"school_id": told.school_id, "round_id": told.round_id, "closed": told.closed_at is not None}
    clubs = [dict(row) for row in (await tx.execute(_CLUBS, facts)).mappings()]
    draw: Any = None
    if told.published_at is not None:
        draw = (await tx.execute(_DRAW, facts)).one_or_none()
    if draw is not None:
        free = {club["club_id"]: club["free"] for club in draw.clubs}
        clubs = [{**club, "places": free[str(club["club_id"])]} for club in clubs]
    return Announcement(
        method=METHOD if draw is None else draw.method,
        round_id=str(told.round_id),
        seed_hash=told.seed_hash,
        entries_root=told.entries_root,
        order_root=None if draw is None else draw.order_root,
        seed=None if draw is None else draw.seed,
        clubs=[AnnouncedClub(**{**club, "club_id": str(club["club_id"])}) for club in clubs],
        summary=None if draw is None else draw.summary,
    )


async def draw_record(tx: AsyncSession, told: Round) -> Record:
    """Return the whole draw: what went in, and what was written down of every child. Raises NotDrawn."""
    draw = await tx.get(Draw, (told.school_id, told.round_id))
    if draw is None:
        raise NotDrawn(round_id=told.round_id)
    wishes: dict[UUID, list[DrawWish]] = {}
    for wish in await tx.scalars(_of(DrawWish, told).order_by(col(DrawWish.rank))):
        wishes.setdefault(wish.child_id, []).append(wish)
    entries = await tx.scalars(_of(DrawEntry, told).order_by(col(DrawEntry.position)))
    placings = [_placing(entry, wishes.get(entry.child_id, [])) for entry in entries]
    return Record(
        method=draw.method,
        round_id=str(told.round_id),
        seed_hash=told.seed_hash or seed_hash(draw.seed),
        entries_root=draw.entries_root,
        order_root=draw.order_root,
        book=_BOOK.validate_python(draw.book),
        placings=tuple(placings),
        dissolved=tuple(sorted(str(club) for club in draw.dissolved)),
    )


def _placing(entry: DrawEntry, wishes: Sequence[DrawWish]) -> Placing:
    return Placing(
        child_id=str(entry.child_id),
        position=entry.position,
        lottery=entry.lottery,
        tier_seal=tier_seal(entry.salt, entry.tier),
        given=tuple(str(wish.offering_id) for wish in wishes if wish.outcome == "given"),
        outcomes=tuple(Outcome(wish.outcome, wish.facts) for wish in wishes),
    )


def _of(table: Any, told: Round) -> Any:
    return select(table).where(table.school_id == told.school_id, table.round_id == told.round_id)
