"""Messages on their way: the real worker, the real clients, the stand-in over real HTTP."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from services.kernel.ids import new_id
from services.kernel.resources import Resources
from services.kernel.worker import Worker
from services.notifications.channels.template_book import TemplateBook
from services.notifications.worker import make_worker
from tests.living_standin import LivingStandIn
from tests.notifications.conftest import Neighbours
from tests.notifications.small_school import SmallSchool

MOTHER = SmallSchool.PHONES["hongs_mother"]


@pytest.fixture
async def openid(standin: LivingStandIn) -> str:
    return await standin.person(MOTHER)


async def allow(
    school: SmallSchool, standin: LivingStandIn, book: TemplateBook, openid: str, *kinds: str, times: int = 3
) -> None:
    """The mother's phone: she taps "allow", and her client reports it."""
    templates = {book.cards[kind].template_id: times for kind in kinds}
    for template_id in templates:
        await standin.accepts(openid, template_id, times)
    await school.bind(school.hongs_mother, openid, credit=templates)


async def test_a_subscribed_mother_reads_a_card(
    school: SmallSchool, standin: LivingStandIn, book: TemplateBook, worker: Worker, openid: str
) -> None:
    await allow(school, standin, book, openid, "received")
    await school.hear(school.received(school.hong))
    await worker.pump()
    (seen,) = await standin.received(openid=openid)
    assert seen["channel"] == "wechat"
    assert seen["lines"] == [
        ["学生姓名", "李红"],
        ["时间", "2026年11月23日 15:30"],
        ["事项", "已到三楼301教室"],
        ["备注", "李芳老师照看中"],
    ]
    (told,) = await school.told()
    assert (told["outcome"], told["channel"]) == ("delivered", "wechat")
    assert seen["page"] == f"pages/child/index?message={told['message_id']}"
    assert await school.attempts() == [("wechat", "accepted", "0")]
    assert await school.rows("SELECT remaining FROM credit") == [{"remaining": 2}]


async def test_without_a_subscription_a_missing_child_is_told_by_sms(
    school: SmallSchool, standin: LivingStandIn, worker: Worker, openid: str, neighbours: Neighbours
) -> None:
    await school.bind(school.hongs_mother, openid)
    case = new_id()
    await school.hear(school.missing(school.hong, case))
    await worker.pump()
    (seen,) = await standin.received(phone=MOTHER)
    assert seen["lines"][0][1] == (
        "【课后服务】城南小学：李红应于今天参加课后服务，截至15:30尚未到达。请尽快确认孩子在哪里，并与老师联系。"
    )
    assert await school.attempts() == [("wechat", "skipped", "no-credit"), ("sms", "accepted", "OK")]
    (settled,) = neighbours.letters
    assert settled["kind"] == "notifications.message-settled.v1"
    assert settled["cause_id"] == str(case)
    assert (settled["outcome"], settled["channel"]) == ("delivered", "sms")


async def test_a_refusal_that_we_did_not_know_of_falls_through_at_once_and_empties_the_count(
    school: SmallSchool, standin: LivingStandIn, book: TemplateBook, worker: Worker, openid: str
) -> None:
    await school.bind(school.hongs_mother, openid, credit={book.cards["late"].template_id: 5})
    await school.hear(school.late(school.hong, new_id(), school.hongs_mother))
    await worker.pump()
    assert await school.attempts() == [("wechat", "refused", "43101"), ("sms", "accepted", "OK")]
    assert await school.rows("SELECT remaining FROM credit") == [{"remaining": 0}]
    assert [seen["channel"] for seen in await standin.received(phone=MOTHER)] == ["sms"]


async def test_a_routine_message_that_wechat_refuses_stays_in_the_app(
    school: SmallSchool, standin: LivingStandIn, book: TemplateBook, worker: Worker, openid: str
) -> None:
    await school.bind(school.hongs_mother, openid, credit={book.cards["received"].template_id: 1})
    await school.hear(school.received(school.hong))
    await worker.pump()
    assert await school.attempts() == [("wechat", "refused", "43101"), ("inapp", "accepted", "")]
    (told,) = await school.told()
    assert (told["outcome"], told["channel"]) == ("delivered", "inapp")
    assert await standin.received(phone=MOTHER) == []


async def test_an_urgent_step_goes_by_card_and_sms_both(
    school: SmallSchool, standin: LivingStandIn, book: TemplateBook, worker: Worker, openid: str
) -> None:
    await allow(school, standin, book, openid, "late")
    await school.hear(school.late(school.hong, new_id(), school.hongs_mother, urgent=True, minutes_late=30))
    await worker.pump()
    assert [seen["channel"] for seen in await standin.received(phone=MOTHER)] == ["wechat", "sms"]
    (told,) = await school.told()
    assert (told["outcome"], told["channel"]) == ("delivered", "wechat")


async def test_a_teacher_on_duty_without_wechat_hears_by_sms(
    school: SmallSchool, standin: LivingStandIn, worker: Worker
) -> None:
    late = school.late(school.hong, new_id(), school.teacher, audience="duty", step_no=3, minutes_late=45)
    await school.hear(late)
    await worker.pump()
    (seen,) = await standin.received(phone=SmallSchool.STAFF_PHONES["teacher"])
    assert "李红至15:30无人来接，已等候45分钟" in seen["lines"][0][1]


async def test_nobody_reached_is_told_to_attendance_as_a_failure(
    school: SmallSchool, standin: LivingStandIn, worker: Worker, neighbours: Neighbours
) -> None:
    await standin.fault("sms", "code", code="isv.MOBILE_NUMBER_ILLEGAL")
    await school.hear(school.late(school.hong, new_id(), school.hongs_mother))
    await worker.pump()
    (settled,) = neighbours.letters
    assert (settled["outcome"], settled["channel"]) == ("failed", "inapp")
    (told,) = await school.told()
    assert (told["outcome"], told["channel"]) == ("failed", "inapp")


async def test_a_received_message_two_hours_late_is_withheld(
    school: SmallSchool, standin: LivingStandIn, book: TemplateBook, worker: Worker, openid: str
) -> None:
    await allow(school, standin, book, openid, "received")
    await school.hear(school.received(school.hong))
    school.clock.advance(timedelta(hours=2, minutes=1))
    await worker.pump()
    (told,) = await school.told()
    assert (told["outcome"], told["channel"], told["tries"]) == ("withheld", None, 0)
    assert await standin.received(openid=openid) == []


async def test_five_messages_to_one_mother_do_not_meet_at_wechat(
    school: SmallSchool, standin: LivingStandIn, book: TemplateBook, worker: Worker, openid: str
) -> None:
    await standin.control("PUT", "pace", answer_ms=30)
    await allow(school, standin, book, openid, "received", times=5)
    await school.hear(*(school.received(school.hong) for _ in range(5)))
    await worker.pump()
    assert len(await standin.received(openid=openid)) == 5
    assert {outcome for _, outcome, _ in await school.attempts()} == {"accepted"}


async def test_a_passing_fault_is_waited_out(
    school: SmallSchool, standin: LivingStandIn, book: TemplateBook, worker: Worker, openid: str
) -> None:
    await allow(school, standin, book, openid, "missing")
    await standin.fault("send", "code", code=-1)
    await school.hear(school.missing(school.hong, new_id()))
    await worker.pump()
    assert await school.attempts() == [("wechat", "postponed", "-1"), ("wechat", "accepted", "0")]
    assert await school.rows("SELECT remaining FROM credit") == [{"remaining": 2}]


async def test_a_lost_reply_is_sent_again_for_safety_and_not_for_routine(
    school: SmallSchool, standin: LivingStandIn, book: TemplateBook, worker: Worker, openid: str
) -> None:
    await allow(school, standin, book, openid, "missing", "received")
    await standin.fault("send", "lost_reply", times=2)
    await school.hear(school.received(school.hong))
    await worker.pump()
    await school.hear(school.missing(school.hong, new_id()))
    await worker.pump()
    told = [(row["kind"], row["outcome"], row["tries"]) for row in await school.told()]
    assert sorted(told) == [("missing", "delivered", 2), ("received", "doubtful", 1)]
    titles = [seen["title"] for seen in await standin.received(openid=openid)]
    assert titles == ["学生到校离校提醒", "学生未到提醒", "学生未到提醒"]


async def test_a_lost_reply_of_an_sms_is_never_sent_again(
    school: SmallSchool, standin: LivingStandIn, worker: Worker, neighbours: Neighbours
) -> None:
    await standin.fault("sms", "lost_reply")
    await school.hear(school.missing(school.hong, new_id()))
    await worker.pump()
    assert len(await standin.received(phone=MOTHER)) == 1
    (told,) = await school.told()
    assert (told["outcome"], told["channel"]) == ("doubtful", "sms")
    # The ladder takes a doubt for a failure: somebody else is told rather than nobody.
    assert [letter["outcome"] for letter in neighbours.letters] == ["failed"]


async def until(seen: Callable[[], Awaitable[object]]) -> None:
    """Look again and again at what happens elsewhere."""
    for _ in range(200):
        if await seen():
            return
        await asyncio.sleep(0.03)
    pytest.fail("it never came about")


async def cut_off_while_sending(school: SmallSchool, held: Resources, standin: LivingStandIn) -> None:
    """Kill the worker while the provider still thinks; the provider accepts, and twelve seconds go by."""
    await standin.control("PUT", "pace", answer_ms=300)
    (job,) = await school.rows("SELECT entrypoint, payload FROM pgqueuer")
    dying = asyncio.ensure_future(make_worker(held)._jobs[job["entrypoint"]](job["payload"], 0))
    await until(lambda: school.rows("SELECT 1 FROM attempt WHERE outcome = 'sending'"))
    await asyncio.sleep(0.1)
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    await until(lambda: standin.received(phone=MOTHER))
    await standin.control("PUT", "pace", answer_ms=0)
    async with school.database.transaction([school.school_id]) as tx:
        await tx.execute(text("UPDATE attempt SET started_at = started_at - interval '13 seconds'"))


async def test_a_worker_killed_while_sending_leaves_a_doubt_and_safety_goes_again(
    school: SmallSchool, standin: LivingStandIn, book: TemplateBook, held: Resources, openid: str
) -> None:
    await allow(school, standin, book, openid, "missing")
    await school.hear(school.missing(school.hong, new_id()))
    await cut_off_while_sending(school, held, standin)
    await make_worker(held).pump()
    assert await school.attempts() == [("wechat", "doubtful", "cut-off"), ("wechat", "accepted", "0")]


async def test_a_worker_killed_while_sending_a_routine_message_does_not_double_it(
    school: SmallSchool, standin: LivingStandIn, book: TemplateBook, held: Resources, openid: str
) -> None:
    await allow(school, standin, book, openid, "received")
    await school.hear(school.received(school.hong))
    await cut_off_while_sending(school, held, standin)
    await make_worker(held).pump()
    assert await school.attempts() == [("wechat", "doubtful", "cut-off")]


async def test_a_worker_killed_while_an_sms_is_sent_does_not_double_it(
    school: SmallSchool, standin: LivingStandIn, held: Resources
) -> None:
    await school.hear(school.missing(school.hong, new_id()))
    await cut_off_while_sending(school, held, standin)
    await make_worker(held).pump()
    assert await school.attempts() == [("wechat", "skipped", "no-openid"), ("sms", "doubtful", "cut-off")]


async def test_without_an_account_at_a_provider_its_tries_are_named(
    school: SmallSchool, standin: LivingStandIn, held: Resources
) -> None:
    bare = held.settings.model_copy(update={"wechat_secret": SecretStr(""), "sms_key_secret": SecretStr("")})
    await school.hear(school.missing(school.hong, new_id()))
    await make_worker(replace(held, settings=bare)).pump()
    assert await school.attempts() == [
        ("wechat", "skipped", "not-set-up"),
        ("sms", "skipped", "not-set-up"),
        ("inapp", "accepted", ""),
    ]
    assert await standin.received(phone=MOTHER) == []
