"""Withdrawn from a day on: places end, families are told, what was published stays."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import time, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.enrollment.menu.errors import (
    OfferingWithdrawn,
)
from services.enrollment.menu.open_offerings import open_offerings
from services.enrollment.menu.public_menu import public_menu
from services.enrollment.menu.withdraw_offering import TIMERS
from services.enrollment.policy import Policy
from services.enrollment.roster.roster_page import roster_page
from services.enrollment.waiting.tables import WaitingEntry
from services.kernel.cipher import FieldCipher
from services.kernel.clock import at_school_time
from services.kernel.ids import new_id
from services.kernel.timers import Due
from tests.enrollment.conftest import NOON, Family, RolledBack, Schools
from tests.enrollment.menu_room import TODAY, MenuRoom, told

Families = Callable[..., Awaitable[list[Family]]]
NEXT_MONDAY = TODAY + timedelta(days=7)


@pytest.fixture
async def room(filled: Schools, at: RolledBack, policy: Policy) -> AsyncIterator[MenuRoom]:
    async with at(filled.primary) as tx:
        yield MenuRoom(tx, filled, policy)


async def shown(room: MenuRoom, code: str) -> dict[str, Any]:
    _, publication = await public_menu(room.tx, room.school_id, on=TODAY)
    return next(one for one in publication.menu if one["code"] == code)


async def wait_for(room: MenuRoom, code: str, family: Family) -> None:
    entry = WaitingEntry(
        school_id=room.school_id,
        entry_id=new_id(),
        offering_id=(await room.offering(code)).offering_id,
        child_id=family.child_id,
        tier=1,
        since=NOON,
        state="waiting",
        asked_by=family.guardian_id,
    )
    room.tx.add(entry)
    await room.tx.flush()


async def test_withdrawn_today_its_children_lose_the_club_and_families_are_told(
    room: MenuRoom, families: Families, cipher: FieldCipher
) -> None:
    some = (await families(room.tx, room.school_id, 1))[:3]
    await room.give("K056", some[:2])
    await wait_for(room, "K056", some[2])
    before = (await shown(room, "K056"))["title"]
    offering = await room.withdraw("K056")
    assert (offering.state, offering.meets_until) == ("withdrawn", None)
    assert await room.places("K056") == [([2], TODAY, TODAY)] * 2
    lost = await told(room.tx, "place-lost")
    assert sorted(fact["child_id"] for fact in lost) == sorted(str(one.child_id) for one in some[:2])
    assert {fact["reason"] for fact in lost} == {"withdrawn"}
    assert await room.tx.scalar(text("SELECT state FROM waiting_entry")) == "moot"
    page = await roster_page(room.tx, room.school_id, since=0, limit=20_000, cipher=cipher)
    assert next(one.removed for one in page.offerings if one.code == "K056")
    assert (await shown(room, "K056"))["title"] == before
    with pytest.raises(OfferingWithdrawn):
        await room.withdraw("K056")
    with pytest.raises(OfferingWithdrawn):
        await room.change("K056", capacity=30)


async def test_withdrawn_from_next_week_it_meets_until_then_and_takes_nobody(
    room: MenuRoom, families: Families, cipher: FieldCipher
) -> None:
    await room.give("K056", (await families(room.tx, room.school_id, 1))[:2])
    offering = await room.withdraw("K056", from_on=NEXT_MONDAY)
    assert (offering.state, offering.meets_until) == ("withdrawn", NEXT_MONDAY)
    assert await room.places("K056") == [([2], TODAY, NEXT_MONDAY)] * 2
    page = await roster_page(room.tx, room.school_id, since=0, limit=20_000, cipher=cipher)
    assert not next(one.removed for one in page.offerings if one.code == "K056")
    assert "K056" not in [row["code"] for row in await open_offerings(room.tx, room.school_id, now=NOON)]
    timer = text("SELECT kind, due_at FROM timer WHERE subject = :key")
    kind, due_at = (await room.tx.execute(timer, {"key": offering.offering_id})).one()
    assert due_at == at_school_time(NEXT_MONDAY, time())
    due = Due(room.school_id, kind, offering.offering_id, due_at, {})
    await TIMERS[kind](room.tx, due, now=due_at)
    page = await roster_page(room.tx, room.school_id, since=0, limit=20_000, cipher=cipher)
    assert next(one.removed for one in page.offerings if one.code == "K056")


async def test_a_draft_is_withdrawn_without_a_word(room: MenuRoom) -> None:
    offering = await room.add()
    await room.withdraw(offering.code)
    assert await told(room.tx, "place-lost") == []
    assert await room.findings() == []
