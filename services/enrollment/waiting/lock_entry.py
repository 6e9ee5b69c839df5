"""Lock one entry of a waiting list, with its child and its offering, and end it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.selection.lock_children import ChosenFor, lock_children
from services.enrollment.selection.read_clubs import lock_clubs
from services.enrollment.selection.rules.judge_claim import Club
from services.kernel.problems import NotYours

_OF_ENTRY = "WHERE school_id = :school_id AND entry_id = :entry_id"
_KNOWN = text(f"SELECT child_id, offering_id FROM waiting_entry {_OF_ENTRY}")  # noqa: S608 - our own words
LOCK_ENTRY = f"SELECT * FROM waiting_entry {_OF_ENTRY} FOR NO KEY UPDATE"  # noqa: S608 - our own words
_END = text(f"UPDATE waiting_entry SET state = :state, place_id = :place_id, ended_at = :now {_OF_ENTRY}")  # noqa: S608 - our own words


@dataclass(frozen=True)
class LockedEntry:
    """An entry as it stands once nobody else can change it, its child or its offering."""

    entry: dict[str, Any]
    club: Club
    children: ChosenFor

    @property
    def child_id(self) -> UUID:
        """Who waits."""
        found: UUID = self.entry["child_id"]
        return found

    @property
    def offering_id(self) -> UUID:
        """What for."""
        return self.club.offering_id

    @property
    def title(self) -> str:
        """What families call it."""
        return self.club.title


async def lock_entry(tx: AsyncSession, school_id: UUID, entry_id: UUID, *, now: datetime) -> LockedEntry:
    """Lock the child, then the offering, then the entry, and read the entry as it is under the locks.

    Raises:
        NotYours: no such entry at this school; the same as another family's.
    """
    facts = {"school_id": school_id, "entry_id": entry_id}
    known = (await tx.execute(_KNOWN, facts)).one_or_none()
    if known is None:
        raise NotYours
    children = await lock_children(tx, school_id, [known.child_id])
    clubs = await lock_clubs(tx, school_id, [known.offering_id], [known.child_id], now=now)
    entry = (await tx.execute(text(LOCK_ENTRY), facts)).mappings().one()
    return LockedEntry(dict(entry), clubs[known.offering_id], children)


async def end_entry(
    tx: AsyncSession, entry: dict[str, Any], state: str, *, place_id: UUID | None = None, now: datetime
) -> None:
    """Write how a locked entry ended."""
    facts = {"school_id": entry["school_id"], "entry_id": entry["entry_id"]}
    await tx.execute(_END, {**facts, "state": state, "place_id": place_id, "now": now})
