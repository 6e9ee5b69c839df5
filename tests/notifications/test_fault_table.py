"""Every answer of wechat.md 3.1 and 5.1, by what we do about it: over real HTTP, against the stand-in."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from services.contracts.wire import Fact
from services.kernel.ids import new_id
from services.kernel.jobs import RetryLater
from services.kernel.worker import Worker
from services.notifications.channels.template_book import TemplateBook
from tests.living_standin import LivingStandIn
from tests.notifications.small_school import SmallSchool

MOTHER = SmallSchool.PHONES["hongs_mother"]

NEXT = "refused"
"""This recipient not by this channel: the next one at once."""
ALARM = "failed"
"""Our account or our text is at fault: the next channel, and a line in the log for a person."""
AGAIN = "postponed"
"""A passing fault: three times, then the next channel."""
AGAIN_IN_DOUBT = "doubtful"
"""It may have arrived: once more for a safety kind, then the next channel."""

WECHAT = [
    ("code", 43101, NEXT, 0),
    ("code", 40003, NEXT, 0),
    ("code", 40037, ALARM, 3),
    ("code", 41030, ALARM, 3),
    ("code", 43107, ALARM, 3),
    ("code", 43116, ALARM, 3),
    ("code", 45009, ALARM, 3),
    ("code", 45168, ALARM, 3),
    ("code", 47003, ALARM, 3),
    ("code", 48001, ALARM, 3),
    ("code", 50002, ALARM, 3),
    ("code", 99999, ALARM, 3),
    ("code", -1, AGAIN, 3),
    ("code", 45011, AGAIN, 3),
    ("code", 43108, AGAIN, 3),
    ("code", 40001, AGAIN, 3),
    ("code", 40014, AGAIN, 3),
    ("code", 42001, AGAIN, 3),
    ("status", 503, AGAIN_IN_DOUBT, 1),
    ("reset", 0, AGAIN_IN_DOUBT, 1),
]
"""Fault, code, outcome of each try, credits left of three: what was not used is given back."""

SMS = [
    ("code", "isv.MOBILE_NUMBER_ILLEGAL", "refused", "failed"),
    ("code", "isv.BUSINESS_LIMIT_CONTROL", "refused", "failed"),
    ("code", "isv.AMOUNT_NOT_ENOUGH", "failed", "failed"),
    ("code", "isv.SMS_TEMPLATE_ILLEGAL", "failed", "failed"),
    ("code", "isv.SMS_CONTENT_ILLEGAL", "failed", "failed"),
    ("code", "isp.RAM_PERMISSION_DENY", "failed", "failed"),
    ("code", "isp.SYSTEM_ERROR", "postponed", "failed"),
    ("status", 503, "doubtful", "doubtful"),
    ("reset", 0, "doubtful", "doubtful"),
]
"""Fault, code, outcome of each try, and how the message ends."""
ONE_OF_EACH = {43101, 40037, -1, 503, 0}
"""A routine message differs from a safety one by the class of an answer only."""
TRIES = {NEXT: 1, ALARM: 1, AGAIN: 3, AGAIN_IN_DOUBT: 2}


async def carry(school: SmallSchool, worker: Worker) -> None:
    """Run the queue's delivery jobs, as often as they ask to be run again, without the waits between."""
    for job in await school.rows("DELETE FROM pgqueuer RETURNING entrypoint, payload"):
        again = True
        while again:
            again = False
            try:
                await worker._jobs[job["entrypoint"]](job["payload"], 0)
            except RetryLater:
                again = True


@dataclass
class Seen:
    """What one faulty answer led to."""

    tried: list[tuple[str, str]]
    left: int
    ending: str
    arrived: list[str]


@dataclass
class Bench:
    """A mother with three credits, before each fault; every send suffers it."""

    school: SmallSchool
    standin: LivingStandIn
    worker: Worker
    template_id: str

    async def suffer(self, on: str, kind: str, code: object, say: Callable[[], Fact]) -> Seen:
        """Tell one thing while ``on`` is at fault."""
        self.standin.forget()
        openid = await self.standin.person(MOTHER)
        about = {"status": {"status": code}, "reset": {}, "code": {"code": code}}[kind]
        await self.standin.fault(on, kind, times=0, **about)
        await self.school.rows("DELETE FROM credit RETURNING template_id")
        await self.school.bind(self.school.hongs_mother, openid, credit={self.template_id: 3})
        await self.school.rows("DELETE FROM attempt RETURNING outcome")
        await self.school.rows("DELETE FROM message RETURNING kind")
        await self.school.hear(say())
        await carry(self.school, self.worker)
        (told,) = await self.school.told()
        (credit,) = await self.school.rows("SELECT remaining FROM credit")
        return Seen(
            tried=[(channel, became) for channel, became, _ in await self.school.attempts()],
            left=credit["remaining"],
            ending=told["outcome"],
            arrived=[seen["channel"] for seen in await self.standin.received(phone=MOTHER)],
        )


async def test_what_a_safety_message_does_about_each_answer_of_wechat(
    school: SmallSchool, standin: LivingStandIn, book: TemplateBook, worker: Worker
) -> None:
    bench = Bench(school, standin, worker, book.cards["missing"].template_id)
    for kind, code, outcome, left in WECHAT:
        seen = await bench.suffer("send", kind, code, lambda: school.missing(school.hong, new_id()))
        tried = [("wechat", outcome)] * TRIES[outcome] + [("sms", "accepted")]
        assert (code, seen) == (code, Seen(tried, left, "delivered", ["sms"]))


async def test_a_routine_message_costs_no_sms_whatever_wechat_answers(
    school: SmallSchool, standin: LivingStandIn, book: TemplateBook, worker: Worker
) -> None:
    bench = Bench(school, standin, worker, book.cards["received"].template_id)
    for kind, code, outcome, left in (row for row in WECHAT if row[1] in ONE_OF_EACH):
        seen = await bench.suffer("send", kind, code, lambda: school.received(school.hong))
        if outcome == AGAIN_IN_DOUBT:
            expected = Seen([("wechat", outcome)], 2, "doubtful", [])
        else:
            tried = [("wechat", outcome)] * (8 if outcome == AGAIN else 1) + [("inapp", "accepted")]
            expected = Seen(tried, left, "delivered", [])
        assert (code, seen) == (code, expected)


async def test_what_is_done_about_each_answer_of_the_sms_provider(
    school: SmallSchool, standin: LivingStandIn, book: TemplateBook, worker: Worker
) -> None:
    bench = Bench(school, standin, worker, book.cards["received"].template_id)
    for kind, code, outcome, ending in SMS:
        seen = await bench.suffer("sms", kind, code, lambda: school.missing(school.hong, new_id()))
        tries = [("sms", outcome)] * (3 if outcome == "postponed" else 1)
        last = [] if ending == "doubtful" else [("inapp", "accepted")]
        expected = Seen([("wechat", "skipped"), *tries, *last], 3, ending, [])
        assert (code, seen) == (code, expected)


async def test_no_token_is_no_doubt_nothing_left_and_sms_takes_over(
    school: SmallSchool, standin: LivingStandIn, book: TemplateBook, worker: Worker
) -> None:
    openid = await standin.person(MOTHER)
    await school.bind(school.hongs_mother, openid, credit={book.cards["missing"].template_id: 3})
    await standin.fault("token", "lost_reply", times=0)
    await school.hear(school.missing(school.hong, new_id()))
    await carry(school, worker)
    assert [outcome for _, outcome, _ in await school.attempts()] == ["postponed"] * 3 + ["accepted"]
    assert await school.rows("SELECT remaining FROM credit") == [{"remaining": 3}]


async def test_what_another_worker_may_still_be_sending_is_left_alone(
    school: SmallSchool, standin: LivingStandIn, book: TemplateBook, worker: Worker
) -> None:
    openid = await standin.person(MOTHER)
    await school.bind(school.hongs_mother, openid, credit={book.cards["missing"].template_id: 3})
    await school.hear(school.missing(school.hong, new_id()))
    await school.rows(
        "INSERT INTO attempt (school_id, attempt_id, message_id, channel, outcome, code, provider_id, started_at)"
        " SELECT school_id, message_id, message_id, 'wechat', 'sending', '', '', now() FROM message"
        " RETURNING message_id"
    )
    await school.rows("UPDATE message SET tries = 1 RETURNING kind")
    (job,) = await school.rows("SELECT entrypoint, payload FROM pgqueuer")
    with pytest.raises(RetryLater) as later:
        await worker._jobs[job["entrypoint"]](job["payload"], 0)
    assert 10 < later.value.after.total_seconds() <= 12
    assert await school.attempts() == [("wechat", "sending", "")]
