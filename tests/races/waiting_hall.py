"""A school whose families wait, and locks that can be taken away, for races about offers and exchanges."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from services.enrollment.menu import lock_offerings
from services.enrollment.policy import read_policy
from services.enrollment.selection import give_up_place, lock_children, read_clubs
from services.enrollment.selection.claim_places import Claim, claim_places
from services.enrollment.swaps import lock_exchange, take_up_swap
from services.enrollment.waiting import accept_offer, lock_entry, offer_places, promote_entry
from services.enrollment.waiting.join_waiting_list import Joining, join_waiting_list
from services.kernel.problems import Refusal
from tests.races.small_school import NOON, SmallSchool

POLICY = read_policy()
OFFICER = UUID(int=7)
DAWDLING_SECONDS = 0.15


@dataclass(frozen=True)
class Hall:
    """A school whose families wait; each act is a transaction of its own."""

    school: SmallSchool

    async def act(self, command: Callable[..., Awaitable[Any]], *told: Any, **named: Any) -> Any:
        """Run a command, and return what it returned or the refusal's slug."""
        async with self.school.database.transaction([self.school.school_id]) as tx:
            return await command(tx, self.school.school_id, *told, **named)

    async def said(self, command: Callable[..., Awaitable[Any]], *told: Any, **named: Any) -> str:
        """Run a command, and say what came of it."""
        try:
            await self.act(command, *told, **named)
        except Refusal as refusal:
            return refusal.slug()
        except Exception as fault:  # noqa: BLE001 - the fault is what a sabotaged race shows
            return type(fault).__name__
        return "done"

    async def claims(self, family: int, code: str) -> UUID:
        child, guardian, _ = self.school.families[family]
        (answer,) = await self.act(
            claim_places, [Claim(child, guardian, self.school.offerings[code])], now=NOON
        )
        place: UUID = answer.place_id
        return place

    async def joins(self, family: int, code: str) -> UUID:
        child, guardian, _ = self.school.families[family]
        joining = Joining(self.school.offerings[code], child, guardian)
        entry: UUID = await self.act(join_waiting_list, joining, policy=POLICY, now=NOON)
        return entry

    async def gives_up(self, family: int, place: UUID, *, phone: int = 1) -> str:
        guardian = self.school.families[family][phone]
        return await self.said(give_up_place.give_up_place, place, guardian_id=guardian, now=NOON)

    async def offers(self, code: str, *, now: datetime = NOON) -> str:
        offering = self.school.offerings[code]
        return await self.said(offer_places.offer_places, offering, policy=POLICY, now=now)

    async def accepts(self, family: int, entry: UUID, *, phone: int = 1, now: datetime = NOON) -> str:
        guardian = self.school.families[family][phone]
        return await self.said(accept_offer.accept_offer, entry, guardian_id=guardian, now=now)

    async def promotes(self, entry: UUID, *, now: datetime = NOON) -> str:
        facts = {"by": OFFICER, "reason": "转学生", "policy": POLICY, "now": now}
        return await self.said(promote_entry.promote_entry, entry, **facts)

    async def count(self, statement: str) -> int:
        async with self.school.database.transaction([self.school.school_id]) as tx:
            return int(await tx.scalar(text(statement)) or 0)

    async def given_away(self) -> int:
        """How many seats are taken or reserved."""
        places = await self.count("SELECT count(*) FROM place WHERE until_on IS NULL")
        return places + await self.count("SELECT count(*) FROM waiting_entry WHERE state = 'offered'")


def unlock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take all the locks away that these commands rely on."""
    for module, name in (
        (lock_children, "LOCK_CHILDREN"),
        (read_clubs, "LOCK_CLUBS"),
        (lock_entry, "LOCK_ENTRY"),
        (lock_exchange, "LOCK_PLACES"),
        (take_up_swap, "LOCK_SWAP"),
    ):
        monkeypatch.setattr(module, name, getattr(module, name).partition(" FOR NO KEY UPDATE")[0])
    for module, name in ((lock_offerings, "_LOCK"), (give_up_place, "_READ")):
        bare = getattr(module, name).text.partition(" FOR NO KEY UPDATE")[0]
        monkeypatch.setattr(module, name, text(bare))


def dawdling(look: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """Let others act between a look and what is done upon it."""

    async def slowly(*told: Any, **named: Any) -> Any:
        seen = await look(*told, **named)
        await asyncio.sleep(DAWDLING_SECONDS)
        return seen

    return slowly
