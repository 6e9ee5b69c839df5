"""What enrollment decides reaches the families: who reads it, how often, by which way, and until when."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.contracts.facts.enrollment import (
    AgreementDue,
    ClubMoved,
    CollectorChanged,
    MenuPublished,
    OfferLapsed,
    PlaceGiven,
    PlaceLost,
    PlaceOffered,
    RequestCarriedOut,
    ResultsOut,
    RoundAnnounced,
    SchoolDayChanged,
)
from services.contracts.wire import Fact
from services.kernel.ids import new_id
from services.kernel.worker import Worker
from services.notifications.channels.template_book import TemplateBook
from services.notifications.directory.copy_roster import copy_roster
from tests.living_standin import LivingStandIn
from tests.notifications.conftest import Neighbours
from tests.notifications.small_school import SmallSchool

NOW = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
FROM = date(2026, 11, 30)
EVERYBODY = ["周敏", "王建国", "陈静"]


def of(school: SmallSchool, **more: Any) -> dict[str, Any]:
    return {"school_id": school.school_id, "at": school.clock.now(), **more}


def round_of(school: SmallSchool, **more: Any) -> RoundAnnounced:
    opens = school.clock.now() + timedelta(days=2)
    return RoundAnnounced(
        **{
            **of(school, round_id=new_id(), rule="preference", opens_at=opens),
            "closes_at": opens + timedelta(days=2),
            "results_at": opens + timedelta(days=3),
            **more,
        }
    )


def closed(school: SmallSchool, on: date, **more: Any) -> SchoolDayChanged:
    return SchoolDayChanged(**{**of(school, change_id=new_id(), service_on=on, runs_as=None), **more})


def given(school: SmallSchool, came_by: str, offering: UUID | None = None) -> PlaceGiven:
    about = of(school, child_id=school.ming, place_id=new_id(), offering_id=offering or school.ball)
    return PlaceGiven(**about, came_by=came_by, from_on=FROM)


async def names(school: SmallSchool, kind: str) -> list[str]:
    return [row["name"] for row in await school.told(kind)]


async def test_what_concerns_the_school_is_told_once_to_each_guardian(school: SmallSchool) -> None:
    again = school.page(
        since=1, version=2, guardianships=[school.guardianship(school.qiang, school.mother, "母亲", 1)]
    )
    async with school.database.transaction([school.school_id]) as tx:
        await copy_roster(tx, again, school.cipher)
    fact = round_of(school)
    await school.hear(fact, MenuPublished(**of(school, term_id=new_id(), number=1)))
    await school.hear(fact)
    assert await names(school, "round_announced") == EVERYBODY
    assert await names(school, "menu_published") == EVERYBODY
    assert await school.rows("SELECT DISTINCT child_id FROM message") == [{"child_id": None}]


async def test_a_newer_number_of_the_menu_is_told_again(school: SmallSchool) -> None:
    term = new_id()
    for number in (1, 2, 2):
        await school.hear(MenuPublished(**of(school, term_id=term, number=number)))
    assert len(await school.told("menu_published")) == 2 * len(EVERYBODY)


async def test_a_round_whose_close_was_put_off_is_told_again_and_one_with_the_same_times_is_not(
    school: SmallSchool,
) -> None:
    fact = round_of(school)
    later = fact.model_copy(update={"closes_at": fact.closes_at + timedelta(hours=1)})
    for told in (fact, fact, later, later):
        await school.hear(told)
    assert len(await school.told("round_announced")) == 2 * len(EVERYBODY)


async def test_each_child_has_its_own_result_also_with_siblings(school: SmallSchool) -> None:
    again = school.page(
        since=1, version=2, guardianships=[school.guardianship(school.qiang, school.mother, "母亲", 1)]
    )
    async with school.database.transaction([school.school_id]) as tx:
        await copy_roster(tx, again, school.cipher)
    about = of(school, round_id=new_id())
    await school.hear(
        ResultsOut(**about, child_id=school.ming, wishes=3, given=(school.ball, school.brush)),
        ResultsOut(**about, child_id=school.qiang, wishes=2, given=()),
        ResultsOut(**about, child_id=school.hong, wishes=0, given=()),
    )
    told = [(row["name"], row["body"][:12]) for row in await school.told("results_out")]
    assert sorted(told) == [
        ("王建国", "王小明本轮选上了「篮球」"),
        ("陈静", "张强本轮填报的2个志愿都"),
        ("陈静", "王小明本轮选上了「篮球」"),
    ]


async def test_a_drawn_place_is_told_with_the_results_and_not_again(school: SmallSchool) -> None:
    await school.hear(given(school, "draw"))
    assert await school.told() == []


async def test_what_a_family_did_itself_stands_in_the_feed_and_costs_no_card(
    school: SmallSchool, standin: LivingStandIn, book: TemplateBook, worker: Worker
) -> None:
    openid = await standin.person(SmallSchool.PHONES["mother"])
    card = book.cards["place_given"].template_id
    await school.bind(school.mother, openid, credit={card: 3})
    await standin.accepts(openid, card, times=3)
    lost = of(school, child_id=school.ming, place_id=new_id(), offering_id=school.ball, until_on=FROM)
    await school.hear(given(school, "claim"), PlaceLost(**lost, reason="given_up"))
    await worker.pump()
    assert {row["body"] for row in await school.told()} == {
        "王小明已选上「篮球」，从11月30日（周一）起生效。",
        "王小明已退出「篮球」，从11月30日（周一）起不再上这门课。",
    }
    assert await standin.received(openid=openid) == []
    assert set(await school.attempts()) == {("inapp", "accepted", "feed-only")}
    await school.hear(given(school, "offer"))
    await worker.pump()
    assert [seen["channel"] for seen in await standin.received(openid=openid)] == ["wechat"]


@pytest.mark.parametrize("reason", ["swapped", "moved_away"])
async def test_of_a_swap_a_family_reads_what_it_got_and_who_moved_away_reads_nothing(
    school: SmallSchool, reason: str
) -> None:
    lost = of(school, child_id=school.ming, place_id=new_id(), offering_id=school.brush, until_on=FROM)
    await school.hear(PlaceLost(**lost, reason=reason), given(school, "swap"))
    assert {row["body"] for row in await school.told()} == {
        "王小明已换到「篮球」，从11月30日（周一）起生效。上课时间和地点，请在小程序查看。"
    }


async def test_a_withdrawn_offering_is_still_called_by_its_name(school: SmallSchool) -> None:
    again = school.page(since=1, version=2, offerings=[school.offering(school.ball, "篮球", removed=True)])
    async with school.database.transaction([school.school_id]) as tx:
        await copy_roster(tx, again, school.cipher)
    lost = of(school, child_id=school.hong, place_id=new_id(), offering_id=school.ball, until_on=FROM)
    await school.hear(PlaceLost(**lost, reason="withdrawn"))
    (told,) = await school.told("place_lost")
    assert told["body"].startswith("「篮球」停开，李红从11月30日（周一）起不再上这门课。")


async def test_a_club_that_moves_is_told_once_for_each_menu_that_moves_it(school: SmallSchool) -> None:
    moved = of(
        school, child_id=school.ming, offering_id=school.ball, from_on=FROM, weekdays=[2, 4],
        starts=time(17, 30), ends=time(18, 30),
    )  # fmt: skip
    await school.hear(ClubMoved(**moved, number=2), ClubMoved(**moved, number=2))
    first = await school.told("club_moved")
    said = "王小明的「篮球」从11月30日（周一）起改为周二、周四 17:30—18:30上课"
    assert all(row["body"].startswith(said) for row in first)
    assert len({row["name"] for row in first}) == len(first) > 0
    await school.hear(ClubMoved(**moved, number=3))
    assert len(await school.told("club_moved")) == 2 * len(first)


async def test_an_offering_that_is_not_known_yet_waits_for_the_roster(
    school: SmallSchool, worker: Worker, neighbours: Neighbours
) -> None:
    chess = new_id()
    await school.hear(given(school, "offer", chess))
    assert await school.told() == []
    assert await school.rows("SELECT reason FROM unaddressed") == [{"reason": "unknown-offering"}]
    page = school.page(since=1, version=2, offerings=[school.offering(chess, "围棋")])
    path = f"/internal/roster?school_id={school.school_id}&since=1&limit=2000"
    neighbours.answers[path] = page.model_dump(mode="json")
    await worker.pump()
    assert await names(school, "place_given") == ["王建国", "陈静"]


async def test_an_offer_is_not_sent_once_its_time_is_over_and_each_offer_is_told(
    school: SmallSchool, worker: Worker, standin: LivingStandIn, book: TemplateBook
) -> None:
    openid = await standin.person(SmallSchool.PHONES["hongs_mother"])
    card = book.cards["place_offered"].template_id
    await school.bind(school.hongs_mother, openid, credit={card: 3})
    await standin.accepts(openid, card, times=3)
    about = of(school, child_id=school.hong, entry_id=new_id(), offering_id=school.ball)
    await school.hear(PlaceOffered(**about, expires_at=school.clock.now() + timedelta(hours=6)))
    school.clock.advance(timedelta(hours=7))
    await worker.pump()
    assert [row["outcome"] for row in await school.rows("SELECT outcome FROM message")] == ["withheld"]
    await school.hear(
        OfferLapsed(**{**about, "at": school.clock.now()}),
        PlaceOffered(**about, expires_at=school.clock.now() + timedelta(hours=6)),
    )
    await worker.pump()
    assert await names(school, "offer_lapsed") == ["周敏"]
    assert [row["channel"] for row in await school.told("place_offered")] == [None, "wechat"]


async def test_a_closed_day_is_worth_an_sms_until_it_is_over(school: SmallSchool, worker: Worker) -> None:
    await school.hear(closed(school, date(2026, 11, 24)), closed(school, date(2026, 11, 20)))
    await worker.pump()
    told = await school.rows("SELECT DISTINCT service_on, channel, outcome FROM message ORDER BY service_on")
    assert [tuple(row.values()) for row in told] == [
        (date(2026, 11, 20), None, "withheld"),
        (date(2026, 11, 24), "sms", "delivered"),
    ]
    assert len(await school.told("day_closed")) == 2 * len(EVERYBODY)


async def test_of_a_day_only_the_newest_word_is_told_whatever_comes_first(school: SmallSchool) -> None:
    day, later = date(2026, 11, 24), school.clock.now() + timedelta(minutes=5)
    shut, opened = closed(school, day), closed(school, day, at=later, runs_as=2)
    await school.hear(shut)
    await school.hear(opened)
    other = date(2026, 11, 25)
    await school.hear(closed(school, other, at=later, runs_as=2))
    await school.hear(closed(school, other))
    outcomes = {(row["kind"], row["outcome"]) for row in await school.told()}
    assert outcomes == {("day_closed", "withheld"), ("day_changed", None)}


async def test_a_closed_day_says_why(school: SmallSchool) -> None:
    await school.hear(closed(school, date(2026, 11, 24), reason="大雪停课"))
    assert {row["body"] for row in await school.told("day_closed")} == {
        "城南小学11月24日（周二）不开展课后服务（大雪停课），请您安排好孩子当天放学后的接送和照看。"
    }


async def test_who_may_sign_is_reminded_and_the_next_reminder_is_told_again(school: SmallSchool) -> None:
    for _ in range(2):
        reminder = of(school, reminder_id=new_id(), number=2, guardians=(school.mother,))
        await school.hear(
            AgreementDue(**reminder, child_id=school.ming), AgreementDue(**reminder, child_id=school.qiang)
        )
    assert await names(school, "agreement_due") == ["陈静"] * 4


async def test_all_guardians_hear_of_a_collector_also_of_one_who_is_forgotten(school: SmallSchool) -> None:
    about = of(school, child_id=school.ming)
    await school.hear(
        CollectorChanged(**about, collector_id=school.grandfather, change="named"),
        CollectorChanged(**about, collector_id=new_id(), change="ended"),
    )
    told = {row["body"] for row in await school.told("collector_changed")}
    assert told == {
        "王大山（爷爷）已登记为王小明的接送人。若与您的安排不符，请立即联系学校。",
        "一位接送人不再是王小明的接送人，今后不能接孩子离校。若与您的安排不符，请立即联系学校。",
    }
    assert set(await names(school, "collector_changed")) == {"王建国", "陈静"}


async def test_a_new_collector_is_told_by_name_once_the_roster_brings_it(school: SmallSchool) -> None:
    uncle = new_id()
    await school.hear(
        CollectorChanged(**of(school, child_id=school.ming), collector_id=uncle, change="named")
    )
    assert await school.rows("SELECT reason FROM unaddressed") == [{"reason": "unknown-collector"}]


async def test_whoever_asked_the_school_reads_that_it_was_done(school: SmallSchool) -> None:
    done = of(school, request_id=new_id(), child_id=school.ming, guardian_id=school.father)
    await school.hear(RequestCarriedOut(**done))
    assert await names(school, "request_carried_out") == ["王建国"]


async def test_a_school_whose_roster_is_not_here_yet_is_no_silence_but_a_row(school: SmallSchool) -> None:
    stranger = SmallSchool(school.database, school.clock, school.cipher)
    facts: list[Fact] = [round_of(stranger), closed(stranger, date(2026, 11, 24))]
    await stranger.hear(*facts)
    rows = await stranger.rows("SELECT DISTINCT reason FROM unaddressed")
    assert rows == [{"reason": "unknown-school"}]
