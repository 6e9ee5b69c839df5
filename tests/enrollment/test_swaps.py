"""Two families exchange places: both or neither, without a name, and no seat more or less."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from services.enrollment.policy import Policy
from services.enrollment.selection.errors import (
    ChildBusy,
    NotForThisGrade,
    OfferingNotOpen,
    PlaceHeld,
    UnknownPlace,
)
from services.enrollment.swaps.errors import (
    AlreadyProposed,
    OfferPending,
    OtherFamilyCannot,
    SwapGone,
    SwapNotNow,
)
from services.enrollment.swaps.own_swaps import own_swaps
from services.enrollment.swaps.possible_swaps import PossibleSwap, possible_swaps
from services.enrollment.swaps.propose_swap import propose_swap
from services.enrollment.swaps.take_up_swap import take_up_swap
from services.enrollment.swaps.withdraw_swap import withdraw_swap
from services.enrollment.waiting.soon_offer_places import OFFER_PLACES
from services.kernel.problems import NotYours
from tests.enrollment.conftest import NOON, Family, RolledBack, Schools
from tests.enrollment.small_rounds import OPENS, RESULTS, announced
from tests.enrollment.test_choosing import TODAY
from tests.enrollment.waiting_room import WaitingRoom, waiting_room

TOMORROW = TODAY + timedelta(days=1)


async def propose(room: WaitingRoom, family: Family, place_id: UUID, code: str, **told: object) -> UUID:
    facts = {"guardian_id": family.guardian_id, "now": NOON, **told}
    return await propose_swap(room.tx, room.school_id, place_id, room.offerings[code], **facts)  # type: ignore[arg-type]


async def take_up(room: WaitingRoom, family: Family, swap_id: UUID, place_id: UUID) -> UUID:
    return await take_up_swap(
        room.tx, room.school_id, swap_id, place_id, guardian_id=family.guardian_id, now=NOON
    )


async def withdraw(room: WaitingRoom, family: Family, swap_id: UUID) -> None:
    await withdraw_swap(room.tx, room.school_id, swap_id, guardian_id=family.guardian_id, now=NOON)


async def seen_by(room: WaitingRoom, family: Family) -> list[PossibleSwap]:
    return await possible_swaps(room.tx, room.school_id, family.guardian_id, now=NOON)


async def own_states(room: WaitingRoom, family: Family) -> list[str]:
    found = await own_swaps(room.tx, {room.school_id: family.guardian_id}, now=NOON)
    return [row["state"] for row in found]


async def held_on(room: WaitingRoom, family: Family, on: date) -> list[str]:
    rows = await room.tx.execute(
        text(
            "SELECT o.code FROM place p JOIN offering o USING (school_id, offering_id) WHERE p.child_id = :child"
            " AND p.from_on <= :on AND (p.until_on IS NULL OR p.until_on > :on) AND NOT o.basic ORDER BY 1"
        ),
        {"child": family.child_id, "on": on},
    )
    return list(rows.scalars())


async def test_two_families_exchange_full_clubs_on_one_day(
    filled: Schools, at: RolledBack, policy: Policy
) -> None:
    async with waiting_room(at, filled, policy) as room:
        ada, ben, *_ = room.families
        (hers,) = await room.seats("K055", 1, ada)
        (his,) = await room.seats("K056", 1, ben)
        swap = await propose(room, ada, hers, "K056")
        (seen,) = await seen_by(room, ben)
        assert (seen.swap_id, seen.place_id) == (swap, his)
        await take_up(room, ben, swap, his)
        assert await held_on(room, ada, TODAY) == ["K055"]
        assert await held_on(room, ben, TODAY) == ["K056"]
        assert await held_on(room, ada, TOMORROW) == ["K056"]
        assert await held_on(room, ben, TOMORROW) == ["K055"]
        assert await own_states(room, ada) == ["done"]
        assert {told["came_by"] for told in await room.told("place-given")} == {"claim", "swap"}
        assert [told["reason"] for told in await room.told("place-lost")] == ["swapped"] * 2


async def test_an_exchange_frees_no_place(filled: Schools, at: RolledBack, policy: Policy) -> None:
    async with waiting_room(at, filled, policy) as room:
        ada, ben, cem, *_ = room.families
        (hers,) = await room.seats("K055", 1, ada)
        (his,) = await room.seats("K056", 1, ben)
        entry = await room.joins(cem, "K056")
        await take_up(room, ben, await propose(room, ada, hers, "K056"), his)
        assert await room.timers(OFFER_PLACES) == []
        assert await room.offer("K056", now=NOON + timedelta(days=2)) == 0
        assert await room.states(entry) == ["waiting"]


async def test_who_gets_by_exchange_what_it_waited_for_waits_no_more(
    filled: Schools, at: RolledBack, policy: Policy
) -> None:
    async with waiting_room(at, filled, policy) as room:
        ada, ben, *_ = room.families
        (hers,) = await room.seats("K055", 1, ada)
        (his,) = await room.seats("K056", 1, ben)
        entry = await room.joins(ada, "K056")
        await take_up(room, ben, await propose(room, ada, hers, "K056"), his)
        assert await room.states(entry) == ["moot"]


async def test_only_families_who_could_take_it_up_see_a_proposal_and_nobody_sees_a_name(
    filled: Schools, at: RolledBack, policy: Policy
) -> None:
    async with waiting_room(at, filled, policy) as room:
        ada, ben, cem, dan, *_ = room.families
        (hers,) = await room.seats("K055", 1, ada)
        await room.seats("K056", 2, ben, cem)
        await room.claims(cem, "K058")
        await propose(room, ada, hers, "K056")
        assert len(await seen_by(room, ben)) == 1
        assert await seen_by(room, cem) == []  # K055 and K058 meet at the same time
        assert await seen_by(room, dan) == await seen_by(room, ada) == []
        (seen,) = await seen_by(room, ben)
        assert ada.child_id not in vars(seen).values()


async def test_what_does_not_suit_the_child_is_not_proposed(
    filled: Schools, at: RolledBack, policy: Policy
) -> None:
    async with waiting_room(at, filled, policy) as room:
        ada, ben, *_ = room.families
        (hers,) = await room.seats("K056", 1, ada)
        with pytest.raises(NotYours):
            await propose(room, ben, hers, "K055")
        with pytest.raises(NotYours):
            await propose(room, ada, UUID(int=5), "K055")
        with pytest.raises(PlaceHeld):
            await propose(room, ada, hers, "K056")
        other = (await room.claims(ada, "K058")).place_id
        with pytest.raises(ChildBusy):
            await propose(room, ada, hers, "K055")
        await propose(room, ada, other, "K055")
        with pytest.raises(AlreadyProposed):
            await propose(room, ada, other, "K055")
        await room.tx.execute(text("UPDATE offering SET grades = '{2}' WHERE code = 'K057'"))
        with pytest.raises(NotForThisGrade):
            await propose(room, ada, hers, "K057")


async def test_no_id_of_another_family_opens_an_exchange(
    filled: Schools, at: RolledBack, policy: Policy
) -> None:
    async with waiting_room(at, filled, policy) as room:
        ada, ben, cem, *_ = room.families
        (hers,) = await room.seats("K055", 1, ada)
        his, third = await room.seats("K056", 2, ben, cem)
        elsewhere = (await room.claims(cem, "K059")).place_id
        swap = await propose(room, ada, hers, "K056")
        for family, proposal, place in (
            (cem, swap, his),
            (cem, swap, elsewhere),
            (ada, swap, hers),
            (cem, swap, UUID(int=5)),
            (cem, UUID(int=5), third),
        ):
            with pytest.raises(NotYours):
                await take_up(room, family, proposal, place)
        with pytest.raises(NotYours):
            await withdraw(room, ben, swap)
        with pytest.raises(NotYours):
            await withdraw(room, ben, UUID(int=5))


async def test_everything_is_judged_again_for_both_children_when_it_is_taken_up(
    filled: Schools, at: RolledBack, policy: Policy
) -> None:
    async with waiting_room(at, filled, policy) as room:
        ada, ben, *_ = room.families
        (hers,) = await room.seats("K055", 1, ada)
        (his,) = await room.seats("K057", 1, ben)
        swap = await propose(room, ada, hers, "K057")
        blocking = (await room.claims(ben, "K058")).place_id
        with pytest.raises(ChildBusy):
            await take_up(room, ben, swap, his)
        await room.gives_up(ben, blocking)
        await room.tx.execute(
            text("UPDATE guardianship SET may_choose = false WHERE guardian_id = :id"),
            {"id": ada.guardian_id},
        )
        with pytest.raises(OtherFamilyCannot):
            await take_up(room, ben, swap, his)
        assert await held_on(room, ben, TOMORROW) == ["K057"]


async def test_a_proposal_ends_with_its_place_or_when_it_is_taken_back(
    filled: Schools, at: RolledBack, policy: Policy
) -> None:
    async with waiting_room(at, filled, policy) as room:
        ada, ben, *_ = room.families
        (hers,) = await room.seats("K055", 1, ada)
        (his,) = await room.seats("K056", 1, ben)
        swap = await propose(room, ada, hers, "K056")
        await withdraw(room, ada, swap)
        assert await seen_by(room, ben) == []
        with pytest.raises(SwapGone):
            await take_up(room, ben, swap, his)
        with pytest.raises(SwapGone):
            await withdraw(room, ada, swap)
        again = await propose(room, ada, hers, "K056")
        await room.gives_up(ada, hers)
        assert await own_states(room, ada) == ["withdrawn", "moot"]
        with pytest.raises(SwapGone):
            await take_up(room, ben, again, his)
        with pytest.raises(UnknownPlace):
            await propose(room, ada, hers, "K056")


async def test_who_is_offered_the_wanted_place_anyway_need_not_give_another(
    filled: Schools, at: RolledBack, policy: Policy
) -> None:
    async with waiting_room(at, filled, policy) as room:
        ada, ben, cem, *_ = room.families
        (hers,) = await room.seats("K055", 1, ada)
        freed, his = await room.seats("K056", 2, cem, ben)
        await room.joins(ada, "K056")
        swap = await propose(room, ada, hers, "K056")
        await room.gives_up(cem, freed)
        await room.offer("K056")
        with pytest.raises(OfferPending):
            await propose(room, ada, hers, "K056")
        with pytest.raises(OtherFamilyCannot):
            await take_up(room, ben, swap, his)


async def test_places_are_exchanged_only_when_their_rounds_are_over(
    filled: Schools, at: RolledBack, policy: Policy
) -> None:
    async with waiting_room(at, filled, policy) as room:
        ada = room.families[0]
        await announced(room.tx, filled, "first_come")
        place = (await room.claims(ada, "K055", now=OPENS)).place_id
        with pytest.raises(SwapNotNow):
            await propose(room, ada, place, "K056", now=OPENS)
        assert await propose(room, ada, place, "K056", now=RESULTS)


async def test_a_round_that_nobody_can_see_yet_is_not_told_by_a_proposal_either(
    filled: Schools, at: RolledBack, policy: Policy
) -> None:
    async with waiting_room(at, filled, policy) as room:
        ada = room.families[0]
        place = (await room.claims(ada, "K058")).place_id
        await announced(room.tx, filled, codes=("K056",))
        with pytest.raises(OfferingNotOpen) as refused:
            await propose(room, ada, place, "K056")
        assert set(refused.value.facts) == {"offering", "offering_id"}
