"""A sheet that goes out: its words, and where its rows come from."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.outgoing.rules.cells import Cell
from services.enrollment.policy import Policy
from services.enrollment.schools.errors import SchoolNotOnFile
from services.kernel.cipher import FieldCipher

BATCH = 500
"""Rows that are in memory at a time."""

Batches = AsyncIterator[Sequence[Any]]


@dataclass(frozen=True)
class Desk:
    """Whose list goes out, and what the desk works with; no school for the bureau's own list.

    ``teacher_id``: only offerings of this teacher. ``round_id`` and ``offering_id`` narrow the kinds that know them.
    """

    school_id: UUID | None
    policy: Policy
    cipher: FieldCipher
    now: datetime
    teacher_id: UUID | None = None
    offering_id: UUID | None = None
    round_id: UUID | None = None

    def school(self) -> UUID:
        """The school; raises SchoolNotOnFile where none was named."""
        if self.school_id is None:
            raise SchoolNotOnFile
        return self.school_id


@dataclass(frozen=True)
class Sheet:
    """``columns`` are the header's words, ``cells`` writes a row of ``batches``; ``title`` stands above the header.

    Runs in a thread, so it may take its time; it must not touch the database.
    """

    label: str
    columns: tuple[str, ...]
    batches: Batches
    cells: Callable[[Any], Sequence[Cell]]
    title: str | None = None


async def streamed(tx: AsyncSession, statement: TextClause, facts: Mapping[str, Any]) -> Batches:
    """Yield a statement's rows as they come from the database."""
    found = await tx.stream(statement, facts)
    async for batch in found.partitions(BATCH):
        yield batch


async def at_once(rows: Sequence[Any]) -> Batches:
    """Yield rows that are there already."""
    yield rows
