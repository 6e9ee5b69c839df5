"""What becomes of a waiting list: rounds, places held back, an officer's hand, children who leave."""

from datetime import time, timedelta

import pytest
from sqlalchemy import text

from services.enrollment.menu.publish_menu import publish_menu
from services.enrollment.policy import Policy
from services.enrollment.rounds.errors import RoundClosedForNow, WishesInstead
from services.enrollment.schools.current_term import current_term
from services.enrollment.selection.errors import MostClubsHeld, OfferingFull
from services.enrollment.waiting.errors import EntryOver, NoPlaceToOffer, OfferedAlready
from services.enrollment.waiting.moot_entries import moot_entries
from services.enrollment.waiting.promote_entry import promote_entry
from services.enrollment.waiting.queue_of_offering import queue_of_offering
from services.enrollment.waiting.soon_offer_places import OFFER_PLACES
from services.kernel.clock import at_school_time
from services.kernel.problems import NotYours
from tests.enrollment.conftest import NOON, RolledBack, Schools
from tests.enrollment.small_rounds import CLOSES, OPENS, RESULTS, announced
from tests.enrollment.test_choosing import TODAY
from tests.enrollment.waiting_room import WaitingRoom, waiting_room

WEDNESDAY = TODAY + timedelta(days=2)


async def test_during_a_first_come_round_one_waits_for_what_is_full_and_between_its_close_and_results_nothing_moves(
    filled: Schools, at: RolledBack, policy: Policy
) -> None:
    async with waiting_room(at, filled, policy) as room:
        ada, ben, cem, *_ = room.families
        await announced(room.tx, filled, "first_come")
        await room.seats("K056", 1)
        place = (await room.claims(ada, "K056", now=OPENS)).place_id
        entry = await room.joins(ben, "K056", now=OPENS)
        await room.gives_up(ada, place, now=OPENS)
        assert await room.offer("K056", now=CLOSES) == 0
        assert RESULTS in await room.timers(OFFER_PLACES)
        with pytest.raises(RoundClosedForNow):
            await room.joins(cem, "K056", now=CLOSES)
        assert await room.offer("K056", now=RESULTS) == 1
        assert await room.states(entry) == ["offered"]


async def test_a_drawn_offering_is_wished_for_and_not_waited_for_until_the_results_are_out(
    filled: Schools, at: RolledBack, policy: Policy
) -> None:
    async with waiting_room(at, filled, policy) as room:
        ben = room.families[1]
        await room.seats("K056", 0)
        await announced(room.tx, filled)
        with pytest.raises(WishesInstead):
            await room.joins(ben, "K056", now=OPENS)


async def test_the_most_clubs_of_the_round_hold_for_offers_too(
    filled: Schools, at: RolledBack, policy: Policy
) -> None:
    async with waiting_room(at, filled, policy) as room:
        ada, ben, *_ = room.families
        await announced(room.tx, filled, "first_come", most_clubs=1)
        await room.seats("K056", 1)
        place = (await room.claims(ada, "K056", now=OPENS)).place_id
        await room.claims(ben, "K058", now=OPENS)
        entry = await room.joins(ben, "K056", now=OPENS)
        await room.gives_up(ada, place, now=OPENS)
        await room.offer("K056", now=OPENS)
        with pytest.raises(MostClubsHeld):
            await room.accepts(ben, entry, now=OPENS)
        assert await room.states(entry) == ["offered"]


async def test_a_place_given_up_comes_back_at_the_announced_time_and_to_nobodys_friend(
    filled: Schools, at: RolledBack, policy: Policy
) -> None:
    async with waiting_room(at, filled, policy) as room:
        ada, ben, *_ = room.families
        await announced(room.tx, filled, "first_come", frees_at=time(12, 0))
        await room.seats("K056", 1)
        place = (await room.claims(ada, "K056", now=OPENS)).place_id
        await room.gives_up(ada, place, now=OPENS)
        noon = at_school_time(TODAY + timedelta(days=1), time(12, 0))
        assert await room.timers(OFFER_PLACES) == [noon]
        before = noon - timedelta(seconds=1)
        assert isinstance(await room.try_claim(ben, "K056", now=before), OfferingFull)
        await room.claims(ben, "K056", now=noon)


async def test_a_place_given_up_from_a_later_day_on_is_offered_on_that_day(
    filled: Schools, at: RolledBack, policy: Policy
) -> None:
    async with waiting_room(at, filled, policy) as room:
        ada, ben, *_ = room.families
        (place,) = await room.seats("K056", 1, ada)
        await room.joins(ben, "K056")
        await room.gives_up(ada, place, until_on=WEDNESDAY)
        midnight = at_school_time(WEDNESDAY, time())
        assert await room.timers(OFFER_PLACES) == [midnight]
        assert await room.offer("K056") == 0
        assert await room.offer("K056", now=midnight) == 1


async def promoted(room: WaitingRoom, entry_id: object, officer: object, policy: Policy) -> None:
    await promote_entry(
        room.tx,
        room.school_id,
        entry_id,  # type: ignore[arg-type]
        by=officer,  # type: ignore[arg-type]
        reason="转学生，原课程已停开",
        policy=policy,
        now=NOON,
    )


async def test_an_officer_offers_a_free_place_out_of_turn_with_a_reason_on_file(
    filled: Schools, at: RolledBack, policy: Policy
) -> None:
    async with waiting_room(at, filled, policy) as room:
        officer = filled.officers["S001"]
        ada, ben, cem, *_ = room.families
        (place,) = await room.seats("K056", 1, ada)
        entries = [await room.joins(ben, "K056"), await room.joins(cem, "K056")]
        with pytest.raises(NoPlaceToOffer):
            await promoted(room, entries[1], officer, policy)
        await room.gives_up(ada, place)
        await promoted(room, entries[1], officer, policy)
        assert await room.states(*entries) == ["waiting", "offered"]
        with pytest.raises(OfferedAlready):
            await promoted(room, entries[1], officer, policy)
        with pytest.raises(NoPlaceToOffer):
            await promoted(room, entries[0], officer, policy)
        queue = await queue_of_offering(room.tx, room.school_id, room.offerings["K056"])
        assert [row["promoted_because"] for row in queue] == ["转学生，原课程已停开", None]
        await room.accepts(cem, entries[1])
        with pytest.raises(EntryOver):
            await promoted(room, entries[1], officer, policy)


async def test_an_officer_of_another_school_finds_no_entry(
    filled: Schools, at: RolledBack, policy: Policy
) -> None:
    async with waiting_room(at, filled, policy) as room:
        await room.seats("K056", 0)
        entry = await room.joins(room.families[1], "K056")
        with pytest.raises(NotYours):
            await promote_entry(
                room.tx,
                filled.junior,
                entry,
                by=filled.officers["S002"],
                reason="别校",
                policy=policy,
                now=NOON,
            )


async def test_who_leaves_the_school_waits_no_more_and_its_offer_goes_on(
    filled: Schools, at: RolledBack, policy: Policy
) -> None:
    async with waiting_room(at, filled, policy) as room:
        ada, ben, cem, *_ = room.families
        (place,) = await room.seats("K056", 1, ada)
        entries = [await room.joins(ben, "K056"), await room.joins(cem, "K056")]
        await room.gives_up(ada, place)
        await room.offer("K056")
        before = len(await room.timers(OFFER_PLACES))
        await moot_entries(room.tx, room.school_id, children=[ben.child_id], now=NOON)
        assert len(await room.timers(OFFER_PLACES)) == before + 1
        await room.offer("K056")
        assert await room.states(*entries) == ["moot", "offered"]


async def test_even_where_nobody_said_so_a_child_that_left_is_offered_nothing(
    filled: Schools, at: RolledBack, policy: Policy
) -> None:
    async with waiting_room(at, filled, policy) as room:
        ada, ben, cem, *_ = room.families
        (place,) = await room.seats("K056", 1, ada)
        entries = [await room.joins(ben, "K056"), await room.joins(cem, "K056")]
        await room.tx.execute(
            text("UPDATE child SET removed = true WHERE child_id = :child"), {"child": ben.child_id}
        )
        await room.gives_up(ada, place)
        await room.offer("K056")
        assert await room.states(*entries) == ["moot", "offered"]


async def test_nobody_waits_for_an_offering_that_was_withdrawn_or_a_term_that_is_over(
    filled: Schools, at: RolledBack, policy: Policy
) -> None:
    async with waiting_room(at, filled, policy) as room:
        ben = room.families[1]
        await room.seats("K056", 0)
        await room.seats("K057", 0)
        entries = [await room.joins(ben, "K056"), await room.joins(ben, "K057")]
        await room.tx.execute(text("UPDATE offering SET state = 'withdrawn' WHERE code = 'K056'"))
        await room.offer("K056")
        await room.offer("K057", now=NOON + timedelta(days=90))
        assert await room.states(*entries) == ["moot", "moot"]


async def test_a_seat_more_on_the_next_menu_is_offered_to_who_waits(
    filled: Schools, at: RolledBack, policy: Policy
) -> None:
    async with waiting_room(at, filled, policy) as room:
        ada, ben, *_ = room.families
        await room.seats("K056", 1, ada)
        await room.joins(ben, "K056")
        await room.tx.execute(
            text(
                "INSERT INTO offering_change (school_id, offering_id, new_values, changed_by, changed_at)"
                " VALUES (:school, :offering, '{\"capacity\": 24}', :by, :now)"
            ),
            {
                "school": room.school_id,
                "offering": room.offerings["K056"],
                "by": filled.officers["S001"],
                "now": NOON,
            },
        )
        before = len(await room.timers(OFFER_PLACES))
        term = await current_term(room.tx, room.school_id, on=TODAY)
        await publish_menu(
            room.tx, room.school_id, term.term_id, by=filled.officers["S001"], policy=policy, now=NOON
        )
        assert len(await room.timers(OFFER_PLACES)) == before + 1
        assert await room.offer("K056") == 1
