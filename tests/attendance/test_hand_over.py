"""Children change hands by an offer and an acceptance; until then the giver answers for them."""

from datetime import timedelta
from uuid import UUID

import pytest

from services.attendance.custody.errors import (
    DayIsClosed,
    HandOverClockAstray,
    HandOverIdReused,
    NothingToOffer,
    NotOfferedToYou,
    NotYourOffer,
    UnknownHandOver,
    UnknownSession,
)
from services.attendance.custody.hand_overs import hand_overs
from services.kernel.clock import ManualClock
from services.kernel.database.transaction import Database
from services.kernel.ids import new_id
from tests.attendance.phone import Phone, at, laws_hold, outcome, rows, slugs
from tests.attendance.small_school import MONDAY, SmallSchool


class Afternoon:
    """Everybody's phone at 16:30."""

    def __init__(self, database: Database, school: SmallSchool, clock: ManualClock) -> None:
        clock.set(at(16, 30))
        self.database, self.school, self.clock = database, school, clock
        self.homeroom = Phone(database, school, school.homeroom_1, clock)
        self.qin = Phone(database, school, school.qin, clock)
        self.zhao = Phone(database, school, school.zhao, clock)
        self.leader = Phone(database, school, school.leader, clock, leader=True)

    async def counts(self) -> list[tuple[int, int, int, bool]]:
        found = await rows(
            self.database,
            self.school,
            "SELECT offered, accepted, taken_back, settled_at IS NOT NULL FROM hand_over ORDER BY offered_at",
        )
        return [(row[0], row[1], row[2], row[3]) for row in found]

    async def standing(self, index: int) -> tuple[str, UUID | None, bool]:
        (found,) = await rows(
            self.database,
            self.school,
            "SELECT state, adult_id, received FROM stay WHERE child_id = :child",
            child=self.school.children[index],
        )
        return found[0], found[1], found[2]


@pytest.fixture
def afternoon(attendance_db: Database, school: SmallSchool, clock: ManualClock) -> Afternoon:
    return Afternoon(attendance_db, school, clock)


async def test_the_homeroom_teachers_offer_opens_the_stays_and_she_answers_until_each_is_scanned(
    afternoon: Afternoon,
) -> None:
    offered = await afternoon.homeroom.offer(0, 1, 2)
    assert offered.refused == {}
    assert await afternoon.standing(0) == ("in_transit", afternoon.homeroom.actor, False)
    assert await afternoon.qin.scan(0, 1) == ["received", "received"]
    assert await afternoon.standing(0) == ("in_care", afternoon.qin.actor, True)
    assert await afternoon.standing(2) == ("in_transit", afternoon.homeroom.actor, False)
    assert await afternoon.counts() == [(3, 2, 0, False)]
    await afternoon.qin.scan(2)
    assert await afternoon.counts() == [(3, 3, 0, True)]
    await laws_hold(afternoon.database, afternoon.school)


async def test_an_offer_sent_again_is_the_same_offer(afternoon: Afternoon) -> None:
    offer = afternoon.homeroom.an_offer(0, 1, 6)
    first = await afternoon.homeroom.send_offer(offer)
    assert slugs(first.refused) == ["not-your-class"]
    await afternoon.qin.scan(0)
    assert await afternoon.homeroom.send_offer(offer) == first
    assert await afternoon.counts() == [(2, 1, 0, False)]
    await laws_hold(afternoon.database, afternoon.school)


async def test_the_id_of_an_offer_never_answers_for_another(afternoon: Afternoon) -> None:
    offer = afternoon.homeroom.an_offer(0, 1)
    await afternoon.homeroom.send_offer(offer)
    for other in (
        afternoon.qin.an_offer(0, 1, hand_over_id=offer.hand_over_id),
        afternoon.homeroom.an_offer(0, 2, hand_over_id=offer.hand_over_id),
        afternoon.homeroom.an_offer(0, hand_over_id=offer.hand_over_id),
    ):
        with pytest.raises(HandOverIdReused):
            await afternoon.homeroom.send_offer(other)
    assert (await afternoon.standing(2))[0] == "expected"
    await afternoon.qin.scan(0)
    await afternoon.homeroom.take_back(offer.hand_over_id, 1)
    assert (await afternoon.homeroom.send_offer(offer)).children == list(offer.child_ids), (
        "the same, much later"
    )


async def test_an_offer_from_another_day_is_refused(afternoon: Afternoon) -> None:
    with pytest.raises(HandOverClockAstray):
        await afternoon.homeroom.offer(0, occurred_at=at(16, 30) - timedelta(days=1))


async def test_a_child_without_a_place_that_stands_there_is_offered_too(afternoon: Afternoon) -> None:
    homeroom = Phone(afternoon.database, afternoon.school, afternoon.school.homeroom_2, afternoon.clock)
    assert (await homeroom.offer(11)).refused == {}
    assert (await afternoon.standing(11))[0] == "in_transit"


async def test_who_cannot_be_offered_is_told_one_by_one(afternoon: Afternoon) -> None:
    await afternoon.qin.scan(0)
    await afternoon.homeroom.offer(1)
    offered = await afternoon.homeroom.offer(0, 1, 2, 6)
    assert offered.children == [afternoon.school.children[2]]
    assert slugs(offered.refused) == ["in-anothers-care", "already-offered", "not-your-class"]
    with pytest.raises(NothingToOffer):
        await afternoon.homeroom.offer(0, 6)


async def test_a_walk_is_offered_by_one_teacher_and_accepted_by_the_next(afternoon: Afternoon) -> None:
    await afternoon.qin.scan(0, 1, 2)
    afternoon.clock.set(at(17, 30))
    offered = await afternoon.qin.offer(0, 1)
    assert await afternoon.standing(0) == ("in_transit", afternoon.qin.actor, True)
    accepted = await afternoon.zhao.accept(offered.hand_over_id, 0)
    assert (accepted.counts.offered, accepted.counts.accepted, accepted.refused) == (2, 1, {})
    assert await afternoon.standing(0) == ("in_care", afternoon.zhao.actor, True)
    assert await afternoon.standing(1) == ("in_transit", afternoon.qin.actor, True)
    again = await afternoon.zhao.accept(offered.hand_over_id, 0, 1, 2)
    assert again.children == list(afternoon.zhao.children(0, 1))
    assert slugs(again.refused) == ["not-in-this-hand-over"]
    assert again.counts.settled_at is not None
    facts = await rows(
        afternoon.database,
        afternoon.school,
        "SELECT letter->>'kind' FROM outgoing, jsonb_array_elements(letters) AS letter ORDER BY batch_id",
    )
    assert [fact[0].split(".")[1] for fact in facts] == ["child-received"] * 3 + ["child-moved"] * 2
    await laws_hold(afternoon.database, afternoon.school)


async def test_the_giver_keeps_whom_nobody_accepted_and_may_offer_again(afternoon: Afternoon) -> None:
    offered = await afternoon.homeroom.offer(0, 1)
    await afternoon.qin.scan(0)
    counts = await afternoon.homeroom.take_back(offered.hand_over_id, 0, 1)
    assert (counts.accepted, counts.taken_back, counts.settled_at) == (1, 1, at(16, 30))
    assert await afternoon.standing(1) == ("in_care", afternoon.homeroom.actor, False)
    await afternoon.homeroom.offer(1)
    assert await afternoon.qin.scan(1) == ["received"]
    await laws_hold(afternoon.database, afternoon.school)


async def test_an_offer_to_a_named_taker_is_for_that_taker_or_a_leader(afternoon: Afternoon) -> None:
    offered = await afternoon.homeroom.offer(0, 1, taker_id=afternoon.zhao.actor)
    with pytest.raises(NotOfferedToYou, match="赵老师"):
        await afternoon.qin.accept(offered.hand_over_id, 0)
    await afternoon.zhao.accept(offered.hand_over_id, 0)
    await afternoon.leader.accept(offered.hand_over_id, 1)
    assert await afternoon.standing(1) == ("in_care", afternoon.leader.actor, True)


async def test_only_the_giver_or_a_leader_takes_back(afternoon: Afternoon) -> None:
    offered = await afternoon.homeroom.offer(0)
    with pytest.raises(NotYourOffer):
        await afternoon.zhao.take_back(offered.hand_over_id, 0)
    assert (await afternoon.leader.take_back(offered.hand_over_id, 0)).taken_back == 1


async def test_unknown_offers_sessions_and_closed_days_are_refused(afternoon: Afternoon) -> None:
    with pytest.raises(UnknownHandOver):
        await afternoon.qin.accept(new_id(), 0)
    with pytest.raises(UnknownHandOver):
        await afternoon.qin.take_back(new_id(), 0)
    with pytest.raises(UnknownSession):
        await afternoon.homeroom.offer(0, session_id=new_id())
    await rows(afternoon.database, afternoon.school, "UPDATE service_day SET state = 'closed' RETURNING 1")
    with pytest.raises(DayIsClosed):
        await afternoon.homeroom.offer(0)


async def test_an_offer_is_listed_for_its_giver_and_for_whoever_expects_one_of_the_children(
    afternoon: Afternoon,
) -> None:
    await afternoon.homeroom.offer(0, 1)

    async def listed(phone: Phone) -> list[list[str]]:
        async with afternoon.database.transaction([afternoon.school.school_id]) as tx:
            found = await hand_overs(
                tx, afternoon.school.school_id, MONDAY, adult_id=phone.actor, only_open=True
            )
        return [[child["name"] for child in each.under_way] for each in found]

    assert await listed(afternoon.homeroom) == [["学生0", "学生1"]]
    assert await listed(afternoon.qin) == [["学生0", "学生1"]]
    lu = Phone(afternoon.database, afternoon.school, afternoon.school.lu, afternoon.clock)
    assert await listed(lu) == []
    await afternoon.qin.scan(0)
    assert await listed(afternoon.qin) == [["学生1"]]
    await afternoon.qin.scan(1)
    assert await listed(afternoon.qin) == []


async def test_an_offer_that_arrives_after_the_scans_takes_nobody_back(afternoon: Afternoon) -> None:
    """The homeroom teacher's phone was offline: her offer of 16:29 comes at 16:40."""
    late = afternoon.homeroom.an_offer(0, 1, occurred_at=at(16, 29))
    await afternoon.qin.scan(0)
    afternoon.clock.advance(timedelta(minutes=10))
    offered = await afternoon.homeroom.send_offer(late)
    assert slugs(offered.refused) == ["in-anothers-care"]
    assert await afternoon.standing(0) == ("in_care", afternoon.qin.actor, True)


async def test_a_scan_from_before_the_offer_that_comes_late_accepts_nobody(afternoon: Afternoon) -> None:
    lu = Phone(afternoon.database, afternoon.school, afternoon.school.lu, afternoon.clock)
    await afternoon.qin.scan(0)
    afternoon.clock.set(at(17))
    offline = lu.scans(0)
    afternoon.clock.set(at(17, 30))
    await afternoon.qin.offer(0)
    assert [outcome(result) for result in await lu.send(offline)] == ["recorded_late"]
    assert await afternoon.standing(0) == ("in_transit", afternoon.qin.actor, True)
