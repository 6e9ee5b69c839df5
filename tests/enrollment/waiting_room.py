"""A waiting list of one school in one transaction: clubs of a few seats, and what families do about them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.policy import Policy
from services.enrollment.selection.claim_places import Claim, Given, claim_places
from services.enrollment.selection.give_up_place import give_up_place
from services.enrollment.waiting.accept_offer import accept_offer
from services.enrollment.waiting.join_waiting_list import Joining, join_waiting_list
from services.enrollment.waiting.offer_places import offer_places
from services.enrollment.waiting.own_entries import own_entries
from services.kernel.problems import Refusal
from tests.enrollment.conftest import FAMILIES, NOON, Family, RolledBack, Schools


@dataclass(frozen=True)
class WaitingRoom:
    """Families are first-graders of the primary school."""

    tx: AsyncSession
    school_id: UUID
    policy: Policy
    families: list[Family]
    offerings: dict[str, UUID]

    async def seats(self, code: str, seats: int, *takers: Family) -> list[UUID]:
        """Let an offering have so many seats, the first of them taken; returns the places."""
        await self.tx.execute(
            text("UPDATE offering SET capacity = :seats WHERE offering_id = :offering"),
            {"seats": seats, "offering": self.offerings[code]},
        )
        return [(await self.claims(family, code)).place_id for family in takers]

    async def claims(self, family: Family, code: str, *, now: datetime = NOON) -> Given:
        """Claim a place, which must succeed."""
        answer = await self.try_claim(family, code, now=now)
        assert isinstance(answer, Given), answer
        return answer

    async def try_claim(self, family: Family, code: str, *, now: datetime = NOON) -> Given | Refusal:
        claim = Claim(family.child_id, family.guardian_id, self.offerings[code])
        (answer,) = await claim_places(self.tx, self.school_id, [claim], now=now)
        return answer

    async def joins(self, family: Family, code: str, *, now: datetime = NOON) -> UUID:
        joining = Joining(self.offerings[code], family.child_id, family.guardian_id)
        return await join_waiting_list(self.tx, self.school_id, joining, policy=self.policy, now=now)

    async def gives_up(
        self, family: Family, place_id: UUID, *, until_on: date | None = None, now: datetime = NOON
    ) -> None:
        await give_up_place(
            self.tx, self.school_id, place_id, guardian_id=family.guardian_id, until_on=until_on, now=now
        )

    async def offer(self, code: str, *, now: datetime = NOON) -> int:
        """What the worker does when a place was freed."""
        return await offer_places(self.tx, self.school_id, self.offerings[code], policy=self.policy, now=now)

    async def accepts(self, family: Family, entry_id: UUID, *, now: datetime = NOON) -> UUID:
        return await accept_offer(self.tx, self.school_id, entry_id, guardian_id=family.guardian_id, now=now)

    async def entry(self, family: Family, entry_id: UUID, *, now: datetime = NOON) -> dict[str, Any]:
        """An entry as its family sees it."""
        people = {self.school_id: family.guardian_id}
        (found,) = await own_entries(self.tx, people, entry_id=entry_id, now=now)
        return found

    async def states(self, *entries: UUID) -> list[str]:
        rows = await self.tx.execute(text("SELECT entry_id, state FROM waiting_entry"))
        known = {row.entry_id: row.state for row in rows}
        return [known[entry] for entry in entries]

    async def in_group(self, family: Family, group: str) -> None:
        """Note a priority group on a child's record."""
        await self.tx.execute(
            text("INSERT INTO child_priority VALUES (:school, :child, :group_name, :now)"),
            {"school": self.school_id, "child": family.child_id, "group_name": group, "now": NOON},
        )

    async def timers(self, kind: str) -> list[datetime]:
        rows = await self.tx.execute(
            text("SELECT due_at FROM timer WHERE kind = :kind ORDER BY 1"), {"kind": kind}
        )
        return list(rows.scalars())

    async def told(self, kind: str) -> list[dict[str, Any]]:
        """What families were told of a kind."""
        rows = await self.tx.execute(
            text(
                "SELECT letter -> 'body' AS body FROM outgoing, jsonb_array_elements(letters) AS letter"
                " WHERE letter ->> 'kind' = :kind"
            ),
            {"kind": f"enrollment.{kind}.v1"},
        )
        return list(rows.scalars())


@asynccontextmanager
async def waiting_room(at: RolledBack, schools: Schools, policy: Policy) -> AsyncIterator[WaitingRoom]:
    """Open it in a transaction that is taken back; nobody of its families has a priority group."""
    async with at(schools.primary) as tx:
        await tx.execute(text("DELETE FROM child_priority"))
        facts = {"school_id": schools.primary, "grade": 1, "class_name": "1班"}
        families = [Family(**row) for row in (await tx.execute(FAMILIES, facts)).mappings()]
        rows = await tx.execute(text("SELECT code, offering_id FROM offering"))
        offerings = {row.code: row.offering_id for row in rows}
        yield WaitingRoom(tx, schools.primary, policy, families, offerings)
