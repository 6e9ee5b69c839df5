"""Draw a closed preference round; its results stay with the school until they are published."""

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.draw.read_book import read_book
from services.enrollment.draw.rules.book import Book
from services.enrollment.draw.rules.draw_book import Result, draw_book
from services.enrollment.draw.rules.lottery_order import seed_hash
from services.enrollment.draw.rules.papers import receipts_of
from services.enrollment.draw.tables import Draw
from services.enrollment.policy import Policy
from services.enrollment.rounds.round_on_file import lock_round
from services.enrollment.rounds.tables import Round
from services.kernel.cipher import FieldCipher
from services.kernel.database.transaction import raw

# COPY is not taken under row security.
_ENTRIES = (
    "INSERT INTO draw_entry (school_id, round_id, child_id, position, tier, missed_first, lottery, salt, receipt)"
    " SELECT $1, $2, child_id, position, tier, missed_first, lottery, salt, receipt::jsonb"
    "   FROM unnest($3::uuid[], $4::int[], $5::int[], $6::bool[], $7::text[], $8::text[], $9::text[])"
    "     AS drawn (child_id, position, tier, missed_first, lottery, salt, receipt)"
)
_WISHES = (
    "INSERT INTO draw_wish (school_id, round_id, child_id, rank, offering_id, outcome, facts)"
    " SELECT $1, $2, child_id, rank, offering_id, outcome, facts::jsonb"
    "   FROM unnest($3::uuid[], $4::int[], $5::uuid[], $6::text[], $7::text[])"
    "     AS drawn (child_id, rank, offering_id, outcome, facts)"
)
BOOK = TypeAdapter(Book)
"""How a book is kept: as JSON."""


async def draw_round(
    tx: AsyncSession,
    school_id: UUID,
    round_id: UUID,
    *,
    cipher: FieldCipher,
    policy: Policy,
    now: datetime,
) -> Round:
    """Draw the round and write down what went in, the order and what became of every wish; returns the round.

    Done once: a round that was drawn, was cancelled, is no preference round or has not closed stays as it is. All of
    it is one transaction, so that a worker killed in between leaves nothing. The sum is done in a thread: the worker
    carries letters meanwhile.

    Raises:
        UnknownRound: there is no such round.
        RuntimeError: the lists are not those of the close, or the seed is not the one whose hash was published.
    """
    told = await lock_round(tx, school_id, round_id)
    if (
        told.kind != "preference"
        or told.closed_at is None
        or told.cancelled_at is not None
        or told.drawn_at is not None
        or told.seed_sealed is None
    ):
        return told
    book = await read_book(tx, told, seed=cipher.open(told.seed_sealed), policy=policy, now=now)
    result, receipts = await asyncio.to_thread(_compute, book)
    if (result.entries_root, seed_hash(book.seed)) != (told.entries_root, told.seed_hash):
        raise RuntimeError("this is not what was published at the announcement and at the close")
    told.drawn_at = now
    tx.add(
        Draw(
            school_id=school_id,
            round_id=round_id,
            method=book.method,
            seed=book.seed,
            entries_root=result.entries_root,
            order_root=result.order_root,
            book=BOOK.dump_python(book, mode="json"),
            dissolved=[UUID(club) for club in result.dissolved],
            summary=result.summary,
            drawn_at=now,
        )
    )
    await tx.flush()
    await _write(tx, told, book, result, receipts)
    return told


def _compute(book: Book) -> tuple[Result, list[str]]:
    result = draw_book(book)
    return result, [receipt.model_dump_json() for receipt in receipts_of(book, result)]


async def _write(tx: AsyncSession, told: Round, book: Book, result: Result, receipts: Sequence[str]) -> None:
    connection = await raw(tx)
    known = {child.entry.child_id: child for child in book.children}
    drawn = [known[placing.child_id] for placing in result.placings]
    await connection.execute(
        _ENTRIES,
        told.school_id,
        told.round_id,
        [UUID(placing.child_id) for placing in result.placings],
        [placing.position for placing in result.placings],
        [child.tier for child in drawn],
        [child.missed_first for child in drawn],
        [placing.lottery for placing in result.placings],
        [child.salt for child in drawn],
        receipts,
    )
    wishes = [
        (UUID(placing.child_id), rank, UUID(club), told)
        for placing, child in zip(result.placings, drawn, strict=True)
        for rank, (club, told) in enumerate(zip(child.entry.wishes, placing.outcomes, strict=True), 1)
    ]
    await connection.execute(
        _WISHES,
        told.school_id,
        told.round_id,
        [child_id for child_id, _, _, _ in wishes],
        [rank for _, rank, _, _ in wishes],
        [club for _, _, club, _ in wishes],
        [told.outcome for _, _, _, told in wishes],
        [json.dumps(told.facts, ensure_ascii=False) for _, _, _, told in wishes],
    )
