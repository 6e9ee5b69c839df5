"""Families wait: in order, for a place that is kept for them, and nobody takes it meanwhile."""

from datetime import time, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.enrollment.menu.open_offerings import open_offerings
from services.enrollment.policy import Policy
from services.enrollment.selection.errors import (
    CareIsAskedFor,
    ChildBusy,
    NotForThisGrade,
    OfferingFull,
    PlaceHeld,
    WaitingAhead,
)
from services.enrollment.waiting.decline_offer import decline_offer
from services.enrollment.waiting.errors import (
    AlreadyWaiting,
    EntryOver,
    NotOfferedYet,
    OfferOver,
    OfferTaken,
    PlacesStillFree,
    WaitsForEnough,
)
from services.enrollment.waiting.lapse_offer import lapse_offer
from services.enrollment.waiting.leave_waiting_list import leave_waiting_list
from services.enrollment.waiting.rules.entry_words import entry_words
from services.enrollment.waiting.soon_offer_places import OFFER_PLACES
from services.kernel.clock import at_school_time
from services.kernel.problems import NotYours
from tests.enrollment.conftest import NOON, RolledBack, Schools
from tests.enrollment.test_choosing import TODAY
from tests.enrollment.waiting_room import waiting_room

LATER = NOON + timedelta(minutes=1)


async def test_one_waits_only_for_what_is_full(filled: Schools, at: RolledBack, policy: Policy) -> None:
    async with waiting_room(at, filled, policy) as room:
        ada, ben, *_ = room.families
        await room.seats("K056", 1)
        with pytest.raises(PlacesStillFree):
            await room.joins(ben, "K056")
        await room.claims(ada, "K056")
        entry = await room.joins(ben, "K056")
        assert await room.states(entry) == ["waiting"]


async def test_a_family_waits_with_its_own_children_for_what_suits_them_and_once(
    filled: Schools, at: RolledBack, policy: Policy
) -> None:
    async with waiting_room(at, filled, policy) as room:
        ada, ben, cem, *_ = room.families
        await room.seats("K056", 1, ada)
        with pytest.raises(NotYours):
            await room.joins(type(ben)(cem.child_id, ben.guardian_id, 1, "1班"), "K056")
        with pytest.raises(PlaceHeld):
            await room.joins(ada, "K056")
        with pytest.raises(CareIsAskedFor):
            await room.joins(ben, "K037")
        await room.tx.execute(text("UPDATE offering SET grades = '{2}' WHERE code = 'K057'"))
        with pytest.raises(NotForThisGrade):
            await room.joins(ben, "K057")
        await room.joins(ben, "K056")
        with pytest.raises(AlreadyWaiting):
            await room.joins(ben, "K056", now=LATER)


async def test_a_child_waits_for_five_clubs_at_most(filled: Schools, at: RolledBack, policy: Policy) -> None:
    async with waiting_room(at, filled, policy) as room:
        ben = room.families[1]
        await room.tx.execute(text("UPDATE offering SET capacity = 0, grades = '{1}' WHERE NOT basic"))
        clubs = [code for code in room.offerings if "K055" <= code <= "K060"]
        for code in clubs[:5]:
            await room.joins(ben, code)
        with pytest.raises(WaitsForEnough):
            await room.joins(ben, clubs[5])


async def test_a_freed_place_is_offered_by_tier_and_then_by_time(
    filled: Schools, at: RolledBack, policy: Policy
) -> None:
    async with waiting_room(at, filled, policy) as room:
        ada, ben, cem, dan, *_ = room.families
        (place,) = await room.seats("K056", 1, ada)
        await room.in_group(dan, "留守儿童")
        first, second = await room.joins(ben, "K056"), await room.joins(cem, "K056", now=LATER)
        left_behind = await room.joins(dan, "K056", now=LATER + timedelta(hours=1))
        order = []
        for _ in range(3):
            await room.gives_up(ada, place)
            assert await room.offer("K056") == 1
            found = await room.tx.execute(
                text("SELECT entry_id, child_id FROM waiting_entry WHERE state = 'offered'")
            )
            entry, child = found.one()
            order.append(entry)
            (family,) = [one for one in room.families if one.child_id == child]
            ada, place = family, await room.accepts(family, entry)
        assert order == [left_behind, first, second]


async def test_no_word_to_a_family_tells_of_a_priority_group(
    filled: Schools, at: RolledBack, policy: Policy
) -> None:
    async with waiting_room(at, filled, policy) as room:
        ada, ben, cem, dan, *_ = room.families
        await room.seats("K056", 1, ada)
        await room.joins(ben, "K056")
        entry = await room.joins(cem, "K056", now=LATER)
        before = await room.entry(cem, entry)
        await room.in_group(dan, "残疾儿童")
        await room.joins(dan, "K056", now=LATER + timedelta(hours=1))
        assert await room.entry(cem, entry) == before
        assert "tier" not in before
        assert entry_words(before) == "比您登记得早、还在等的有 1 个孩子；有空位时按学校公布的顺序依次通知。"


async def test_a_group_that_becomes_known_while_a_child_waits_counts(
    filled: Schools, at: RolledBack, policy: Policy
) -> None:
    async with waiting_room(at, filled, policy) as room:
        ada, ben, cem, *_ = room.families
        (place,) = await room.seats("K056", 1, ada)
        entries = [await room.joins(ben, "K056"), await room.joins(cem, "K056", now=LATER)]
        await room.in_group(cem, "家庭经济困难儿童")
        await room.gives_up(ada, place)
        await room.offer("K056")
        assert await room.states(*entries) == ["waiting", "offered"]
        assert (await room.entry(cem, entries[1]))["earlier"] == 0


async def test_an_offer_reserves_the_place_and_nobody_overtakes_who_waits(
    filled: Schools, at: RolledBack, policy: Policy
) -> None:
    async with waiting_room(at, filled, policy) as room:
        ada, ben, cem, *_ = room.families
        (place,) = await room.seats("K056", 1, ada)
        entry = await room.joins(ben, "K056")
        await room.gives_up(ada, place)
        assert isinstance(await room.try_claim(cem, "K056"), WaitingAhead)
        await room.offer("K056")
        assert isinstance(await room.try_claim(cem, "K056"), OfferingFull)
        shown = await open_offerings(room.tx, room.school_id, now=NOON)
        assert [row["free"] for row in shown if row["code"] == "K056"] == [0]
        assert await room.offer("K056") == 0
        (told,) = await room.told("place-offered")
        assert (told["entry_id"], told["child_id"]) == (str(entry), str(ben.child_id))
        ends = (await room.entry(ben, entry))["expires_at"]
        assert ends == at_school_time(TODAY + timedelta(days=1), time(17, 30))
        assert await room.timers("offer_expires") == [ends]


async def test_an_offer_is_accepted_by_one_tap_and_the_second_tap_changes_nothing(
    filled: Schools, at: RolledBack, policy: Policy
) -> None:
    async with waiting_room(at, filled, policy) as room:
        ada, ben, cem, *_ = room.families
        (place,) = await room.seats("K056", 1, ada)
        entry = await room.joins(ben, "K056")
        with pytest.raises(NotOfferedYet):
            await room.accepts(ben, entry)
        await room.gives_up(ada, place)
        await room.offer("K056")
        with pytest.raises(NotYours):
            await room.accepts(cem, entry)
        taken = await room.accepts(ben, entry)
        row = (await room.tx.execute(text("SELECT * FROM place WHERE place_id = :id"), {"id": taken})).one()
        assert (row.child_id, row.came_by, row.from_on, row.until_on) == (ben.child_id, "offer", TODAY, None)
        seen = await room.entry(ben, entry)
        assert (seen["state"], seen["place_id"]) == ("taken", taken)
        with pytest.raises(OfferTaken):
            await room.accepts(ben, entry)
        assert isinstance(await room.try_claim(cem, "K056"), OfferingFull)


async def test_at_its_end_an_offer_cannot_be_taken_and_the_next_family_is_offered_the_place(
    filled: Schools, at: RolledBack, policy: Policy
) -> None:
    async with waiting_room(at, filled, policy) as room:
        ada, ben, cem, *_ = room.families
        (place,) = await room.seats("K056", 1, ada)
        entries = [await room.joins(ben, "K056"), await room.joins(cem, "K056", now=LATER)]
        await room.gives_up(ada, place)
        await room.offer("K056")
        ends = (await room.entry(ben, entries[0]))["expires_at"]
        before = ends - timedelta(seconds=1)
        assert not await lapse_offer(room.tx, room.school_id, entries[0], policy=policy, now=before)
        with pytest.raises(OfferOver):
            await room.accepts(ben, entries[0], now=ends)
        assert await lapse_offer(room.tx, room.school_id, entries[0], policy=policy, now=ends)
        assert await room.states(*entries) == ["expired", "offered"]
        assert [told["entry_id"] for told in await room.told("offer-lapsed")] == [str(entries[0])]
        with pytest.raises(OfferOver):
            await room.accepts(ben, entries[0], now=before)
        await room.accepts(cem, entries[1], now=ends)


async def test_what_stands_against_an_acceptance_is_named_and_the_offer_stays_open(
    filled: Schools, at: RolledBack, policy: Policy
) -> None:
    async with waiting_room(at, filled, policy) as room:
        ada, ben, *_ = room.families
        (place,) = await room.seats("K055", 1, ada)
        entry = await room.joins(ben, "K055")
        other = (await room.claims(ben, "K058")).place_id
        await room.gives_up(ada, place)
        await room.offer("K055")
        with pytest.raises(ChildBusy) as refused:
            await room.accepts(ben, entry)
        assert refused.value.facts["other"] == "乒乓球（低年级）"
        assert await room.states(entry) == ["offered"]
        await room.gives_up(ben, other)
        await room.accepts(ben, entry)
        assert await room.states(entry) == ["taken"]


async def test_who_declines_or_leaves_lets_the_place_go_to_the_next(
    filled: Schools, at: RolledBack, policy: Policy
) -> None:
    async with waiting_room(at, filled, policy) as room:
        ada, ben, cem, dan, *_ = room.families
        (place,) = await room.seats("K056", 1, ada)
        entries = [
            await room.joins(one, "K056", now=NOON + timedelta(seconds=n))
            for n, one in enumerate((ben, cem, dan))
        ]
        facts: dict[str, Any] = {"now": LATER}
        with pytest.raises(NotOfferedYet):
            await decline_offer(room.tx, room.school_id, entries[0], guardian_id=ben.guardian_id, **facts)
        await room.gives_up(ada, place)
        await room.offer("K056")
        with pytest.raises(NotYours):
            await decline_offer(room.tx, room.school_id, entries[0], guardian_id=cem.guardian_id, **facts)
        looks = len(await room.timers(OFFER_PLACES))
        await decline_offer(room.tx, room.school_id, entries[0], guardian_id=ben.guardian_id, **facts)
        assert len(await room.timers(OFFER_PLACES)) == looks + 1
        await room.offer("K056")
        assert await room.states(*entries) == ["declined", "offered", "waiting"]
        await leave_waiting_list(room.tx, room.school_id, entries[1], guardian_id=cem.guardian_id, **facts)
        assert len(await room.timers(OFFER_PLACES)) == looks + 2
        await room.offer("K056")
        assert await room.states(*entries) == ["declined", "left", "offered"]
        with pytest.raises(EntryOver):
            await leave_waiting_list(
                room.tx, room.school_id, entries[0], guardian_id=ben.guardian_id, **facts
            )
        with pytest.raises(EntryOver):
            await room.accepts(cem, entries[1])
        assert await room.joins(cem, "K056", now=LATER) != entries[1]
