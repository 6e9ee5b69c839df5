"""What phones and operators may ask, through the app as it is composed."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from services.kernel.ids import new_id
from services.kernel.resources import Resources
from services.kernel.tokens import INTERNAL, Identity, load_signer
from services.kernel.worker import Worker
from services.notifications.app import create_app
from services.notifications.channels.template_book import TemplateBook
from tests.living_standin import LivingStandIn
from tests.notifications.small_school import SmallSchool


@dataclass
class Phone:
    """A caller as the gateway hands one on."""

    http: httpx.AsyncClient
    token: str

    async def get(self, path: str, **params: str | int) -> httpx.Response:
        return await self.http.get(path, params=params, headers={"Authorization": f"Bearer {self.token}"})

    async def send(
        self, method: str, path: str, body: object = None, key: str | None = None
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": key or str(new_id())}
        return await self.http.request(method, path, json=body, headers=headers)


@pytest.fixture
async def http(held: Resources) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(held.settings)
    app.state.resources = held
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://notifications") as client:
        yield client


def phone_of(
    http: httpx.AsyncClient,
    held: Resources,
    school: SmallSchool,
    person: UUID,
    account_id: UUID | None = None,
) -> Phone:
    identity = Identity(
        account_id=account_id or new_id(), persona="guardian", people={school.school_id: person}
    )
    signer = load_signer(held.settings.keys_dir, "gateway")
    return Phone(http, signer.sign_identity(identity, audience=INTERNAL, ttl=timedelta(minutes=5)))


@pytest.fixture
def operator(http: httpx.AsyncClient, held: Resources) -> Phone:
    return Phone(http, load_signer(held.settings.keys_dir, "attendance").sign_service())


async def test_a_phone_reads_its_own_feed_and_goes_on_from_there(
    http: httpx.AsyncClient, held: Resources, school: SmallSchool
) -> None:
    mother = phone_of(http, held, school, school.mother)
    await school.hear(school.received(school.ming))
    await school.hear(school.received(school.hong))
    await school.hear(school.released(school.ming, school.father))
    first = (await mother.get("/api/v1/messages", limit=1)).json()
    assert [(one["kind"], one["title"]) for one in first["messages"]] == [("received", "已到课后服务")]
    assert first["more"] is True
    second = (await mother.get("/api/v1/messages", since=first["next"])).json()
    assert [one["body"] for one in second["messages"]] == ["王小明已于15:30由王建国（父亲）接走。"]
    assert second["more"] is False
    nothing = (await mother.get("/api/v1/messages", since=second["next"])).json()
    assert nothing == {"messages": [], "next": second["next"], "more": False}


async def test_a_message_that_commits_late_is_not_stepped_over(
    http: httpx.AsyncClient, held: Resources, school: SmallSchool
) -> None:
    """An older transaction still open hides what younger ones wrote, until it ends: no gap in anybody's feed."""
    mother = phone_of(http, held, school, school.mother)
    async with school.database.transaction([school.school_id]) as slow:
        await slow.execute(text("SELECT pg_current_xact_id()"))
        await school.hear(school.received(school.ming))
        assert (await mother.get("/api/v1/messages")).json()["messages"] == []
    assert len((await mother.get("/api/v1/messages")).json()["messages"]) == 1


async def test_a_message_is_read_once_and_only_by_whom_it_is_for(
    http: httpx.AsyncClient, held: Resources, school: SmallSchool
) -> None:
    await school.hear(school.received(school.hong))
    (told,) = await school.told()
    path = f"/api/v1/messages/{told['message_id']}/read"
    mother = phone_of(http, held, school, school.hongs_mother)
    first = await mother.send("POST", path, key="once-and-again")
    school.clock.advance(timedelta(minutes=5))
    again = await mother.send("POST", path, key="once-and-again")
    later = await mother.send("POST", path)
    assert first.json() == again.json() == later.json()
    stranger = phone_of(http, held, school, school.mother)
    refused = await stranger.send("POST", path)
    assert refused.status_code == 404
    assert refused.json()["type"] == "urn:kehou:problem:unknown-message"


async def test_a_cursor_that_was_not_made_here_is_refused(
    http: httpx.AsyncClient, held: Resources, school: SmallSchool
) -> None:
    answer = await phone_of(http, held, school, school.mother).get("/api/v1/messages", since="nonsense")
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:kehou:problem:bad-cursor")


async def test_accepts_are_counted_and_a_reject_empties_the_count(
    http: httpx.AsyncClient, held: Resources, school: SmallSchool, book: TemplateBook
) -> None:
    account_id = await school.bind(school.mother, "o-mother")
    mother = phone_of(http, held, school, school.mother, account_id)
    asked = (await mother.get("/api/v1/credits")).json()
    assert asked["most_at_once"] == 3
    assert [(one["remaining"], one["ask"]) for one in asked["templates"]] == [(0, True)] * 5
    day, miss, *_ = (one["template_id"] for one in asked["templates"])
    answers = {day: "accept", miss: "reject", "somebody-elses": "accept"}
    for _ in range(5):
        told = await mother.send("POST", "/api/v1/credits", {"answers": answers})
    assert [(one["remaining"], one["ask"]) for one in told.json()["templates"]] == [
        (5, False),
        *[(0, True)] * 4,
    ]
    await mother.send("POST", "/api/v1/credits", {"answers": {day: "accept"}}, key="the-same-tap")
    again = await mother.send("POST", "/api/v1/credits", {"answers": {day: "accept"}}, key="the-same-tap")
    assert again.json()["templates"][0]["remaining"] == 6
    assert set(book.templates()) == {one["template_id"] for one in asked["templates"]}


async def test_a_tap_reported_before_the_openid_is_known_here_still_counts(
    http: httpx.AsyncClient,
    held: Resources,
    school: SmallSchool,
    standin: LivingStandIn,
    book: TemplateBook,
    worker: Worker,
) -> None:
    account_id, openid = new_id(), await standin.person(SmallSchool.PHONES["mother"])
    template_id = book.cards["received"].template_id
    mother = phone_of(http, held, school, school.mother, account_id)
    await mother.send("POST", "/api/v1/credits", {"answers": {template_id: "accept"}})
    await standin.accepts(openid, template_id)
    await school.bind(school.mother, openid, account_id=account_id)
    await school.hear(school.received(school.ming))
    await worker.pump()
    assert [seen["channel"] for seen in await standin.received(openid=openid)] == ["wechat"]


async def test_an_operator_sees_what_was_told_and_how(
    school: SmallSchool,
    standin: LivingStandIn,
    book: TemplateBook,
    worker: Worker,
    operator: Phone,
) -> None:
    openid = await standin.person(SmallSchool.PHONES["mother"])
    await standin.accepts(openid, book.cards["received"].template_id)
    await school.bind(school.mother, openid, credit={book.cards["received"].template_id: 1})
    await school.hear(school.received(school.ming), school.missing(school.hong, new_id()))
    await worker.pump()
    scope = {"school_id": str(school.school_id)}
    told = (await operator.get("/internal/messages/figures", **scope, service_on="2026-11-23")).json()
    counts = ("told_wechat", "told_sms", "told_inapp", "waiting", "doubled", "doubled_without_doubt")
    assert {name: told[name] for name in counts} == {
        "told_wechat": 1,
        "told_sms": 1,
        "told_inapp": 1,
        "waiting": 0,
        "doubled": 0,
        "doubled_without_doubt": 0,
    }
    assert {
        "kind": "missing",
        "state": "settled",
        "outcome": "delivered",
        "channel": "sms",
        "count": 1,
    } in told["messages"]
    elsewhere = (await operator.get("/internal/messages/figures", school_id=str(new_id()))).json()
    assert elsewhere["messages"] == []


async def test_one_query_answers_whether_a_parent_was_told(
    school: SmallSchool, worker: Worker, operator: Phone
) -> None:
    await school.hear(school.missing(school.hong, new_id()))
    await worker.pump()
    answer = await operator.get(
        "/internal/messages/told", school_id=str(school.school_id), child_id=str(school.hong)
    )
    (told,) = answer.json()["messages"]
    assert told["recipient_id"] == str(school.hongs_mother)
    assert [(one["channel"], one["outcome"], one["code"]) for one in told["attempts"]] == [
        ("wechat", "skipped", "no-openid"),
        ("sms", "accepted", "OK"),
    ]
    assert told["attempts"][1]["provider_id"]


async def test_a_school_switches_walks_on(school: SmallSchool, operator: Phone) -> None:
    path = f"/internal/messages/moves?school_id={school.school_id}"
    assert (await operator.send("PUT", path, {"on": True})).json() == {"on": True}
    await school.hear(school.moved(school.hong))
    assert len(await school.told("moved")) == 1
