"""Every answer has one form, every caller is verified, and a key makes a command happen once."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Annotated
from uuid import UUID

import pytest
from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel
from sqlalchemy import text

from services.kernel.clock import ManualClock
from services.kernel.database.transaction import raw
from services.kernel.ids import new_id
from services.kernel.problems import Conflict
from services.kernel.settings import Settings
from services.kernel.tokens import INTERNAL, PUBLIC, Identity, load_signer
from services.kernel.web.app import build_app
from services.kernel.web.dependencies import Caller, InternalCaller, Tx
from services.kernel.web.envelope import MOST_BYTES
from services.kernel.web.once import OnceOnly
from services.kernel.web.problems import refuse
from tests.kernel.conftest import Running, running

TOKEN_TTL = timedelta(minutes=5)


class SeatTaken(Conflict):
    """The seat is taken."""

    detail = "“{offering}”已经满员，可以选择其他项目。"


class Note(BaseModel):
    text: str


def routes() -> APIRouter:
    router = APIRouter(prefix="/api/v1")

    async def write(tx: Tx, note: Note) -> Note:
        await tx.execute(
            text("INSERT INTO inbox (letter_id, kind, sender) VALUES (:id, 'note', 'web')"), {"id": new_id()}
        )
        return note

    @router.post("/notes", status_code=201, response_model=Note)
    async def make(note: Note, tx: Tx, once: OnceOnly) -> Note | Response:
        return await once(lambda: write(tx, note))

    @router.post("/refused")
    async def refused(note: Note, tx: Tx) -> Response:
        await write(tx, note)
        return refuse(SeatTaken(offering="篮球"))

    @router.post("/raised")
    async def raised(note: Note, tx: Tx) -> Note:
        await write(tx, note)
        raise SeatTaken(offering="篮球")

    @router.get("/fault")
    async def fault(number: Annotated[int, Query()] = 0) -> float:
        return 1 / number

    @router.post("/stored")
    async def stored(note: Note, tx: Tx) -> Note:
        kind, told = ("bigint", int(note.text)) if note.text.isdigit() else ("text", note.text)
        await tx.execute(text(f"SELECT CAST(:told AS {kind})"), {"told": told})
        return note

    @router.post("/past-sqlalchemy")
    async def past(note: Note, tx: Tx) -> Note:
        kind, told = ("bigint", int(note.text)) if note.text.isdigit() else ("text", note.text)
        await (await raw(tx)).fetchval(f"SELECT $1::{kind}", told)
        return note

    @router.get("/mine")
    async def mine(who: Caller) -> Identity:
        return who

    @router.get("/between-services")
    async def between(who: InternalCaller) -> Identity:
        return who

    return router


@pytest.fixture
async def service(settings_of: dict[str, Settings], clock: ManualClock) -> AsyncIterator[Running]:
    async with running(
        build_app("enrollment", settings_of["enrollment"], routers=[routes()], clock=clock)
    ) as up:
        gateway = load_signer(settings_of["enrollment"].keys_dir, "gateway")
        who = Identity(account_id=UUID(int=5), persona="guardian", people={UUID(int=7): UUID(int=9)})
        token = gateway.sign_identity(who, audience=INTERNAL, ttl=TOKEN_TTL)
        up.http.headers["Authorization"] = f"Bearer {token}"
        yield up


async def notes(service: Running) -> int:
    async with service.resources.database.transaction() as tx:
        return int(await tx.scalar(text("SELECT count(*) FROM inbox WHERE kind = 'note'")) or 0)


@pytest.mark.parametrize(
    ("method", "path", "status", "slug"),
    [
        ("GET", "/api/v1/nowhere", 404, "no-such-route"),
        ("DELETE", "/api/v1/notes", 405, "method-not-taken"),
        ("GET", "/api/v1/fault?number=x", 422, "request-not-understood"),
        ("GET", "/api/v1/fault", 500, "unexpected-fault"),
        ("POST", "/api/v1/raised", 409, "seat-taken"),
    ],
)
async def test_every_failure_is_a_problem_with_a_chinese_sentence(
    service: Running, method: str, path: str, status: int, slug: str
) -> None:
    reply = await service.http.request(method, path, json={"text": "x"} if method == "POST" else None)
    assert reply.status_code == status
    assert reply.headers["content-type"] == "application/problem+json"
    told = reply.json()
    assert told["type"] == f"urn:kehou:problem:{slug}"
    assert told["status"] == status
    assert any("一" <= letter <= "鿿" for letter in told["detail"])


async def test_an_unexpected_fault_names_the_request_and_hides_the_rest(service: Running) -> None:
    reply = await service.http.get("/api/v1/fault", headers={"X-Request-Id": "ab12-cd34"})
    assert reply.headers["x-request-id"] == "ab12-cd34"
    assert "ab12-cd34" in reply.json()["detail"]
    assert "Division" not in reply.text


async def test_a_refusal_that_is_answered_still_commits_and_one_that_is_raised_does_not(
    service: Running,
) -> None:
    await service.http.post("/api/v1/raised", json={"text": "x"})
    assert await notes(service) == 0
    reply = await service.http.post("/api/v1/refused", json={"text": "x"})
    assert reply.json()["detail"] == "“篮球”已经满员，可以选择其他项目。"
    assert await notes(service) == 1


async def test_the_same_key_and_body_give_the_same_answer_once(service: Running) -> None:
    headers = {"Idempotency-Key": "key-of-this-tap"}
    replies = await asyncio.gather(
        *(service.http.post("/api/v1/notes", json={"text": "a"}, headers=headers) for _ in range(5))
    )
    assert {reply.json()["text"] for reply in replies} == {"a"}
    assert await notes(service) == 1


async def test_the_same_key_with_another_body_is_refused(service: Running) -> None:
    headers = {"Idempotency-Key": "key-of-this-tap"}
    await service.http.post("/api/v1/notes", json={"text": "a"}, headers=headers)
    reply = await service.http.post("/api/v1/notes", json={"text": "b"}, headers=headers)
    assert (reply.status_code, reply.json()["type"]) == (422, "urn:kehou:problem:key-reused")


async def test_the_same_key_of_one_account_at_another_school_is_another_request(
    service: Running, settings_of: dict[str, Settings]
) -> None:
    gateway = load_signer(settings_of["enrollment"].keys_dir, "gateway")
    slugs = []
    for school in (UUID(int=7), UUID(int=8)):
        who = Identity(account_id=UUID(int=5), persona="teacher", people={school: UUID(int=9)})
        token = gateway.sign_identity(who, audience=INTERNAL, ttl=TOKEN_TTL)
        headers = {"Idempotency-Key": "key-of-this-tap", "Authorization": f"Bearer {token}"}
        reply = await service.http.post("/api/v1/notes", json={"text": "a"}, headers=headers)
        slugs.append(reply.json().get("type"))
    assert slugs == [None, "urn:kehou:problem:key-reused"], "never the answer that the other school was given"


@pytest.mark.parametrize("value", ["a\u0000b", "99999999999999999999"])
async def test_a_value_that_no_database_holds_is_not_understood(service: Running, value: str) -> None:
    for way in ("stored", "past-sqlalchemy"):
        reply = await service.http.post(f"/api/v1/{way}", json={"text": value})
        assert (reply.status_code, reply.json()["type"]) == (422, "urn:kehou:problem:request-not-understood")


def test_a_refusal_that_names_what_is_no_text_is_an_answer_all_the_same() -> None:
    told = refuse(SeatTaken(offering="\ud800"))
    assert (told.status_code, json.loads(bytes(told.body))["offering"]) == (409, "\ud800")


async def test_an_unsafe_call_without_a_key_is_refused(service: Running) -> None:
    reply = await service.http.post("/api/v1/notes", json={"text": "a"})
    assert reply.status_code == 422


async def test_a_body_that_is_too_large_is_refused_before_it_is_read(service: Running) -> None:
    reply = await service.http.post("/api/v1/notes", content=b" " * (MOST_BYTES + 1))
    assert (reply.status_code, reply.json()["type"]) == (413, "urn:kehou:problem:too-large")


async def test_nobody_comes_in_without_a_token_or_with_anothers(
    service: Running, settings_of: dict[str, Settings]
) -> None:
    keys = settings_of["enrollment"].keys_dir
    who = Identity(account_id=UUID(int=5), persona="guardian")
    bad = {
        "of a phone, not handed on by the gateway": load_signer(keys, "gateway").sign_identity(
            who, audience=PUBLIC, ttl=TOKEN_TTL
        ),
        "of a service that plays a guardian": load_signer(keys, "attendance").sign_identity(
            who, audience=INTERNAL, ttl=TOKEN_TTL
        ),
        "expired": load_signer(keys, "gateway").sign_identity(who, audience=INTERNAL, ttl=-TOKEN_TTL),
        "no token": "",
    }
    for what, token in bad.items():
        reply = await service.http.get("/api/v1/mine", headers={"Authorization": f"Bearer {token}"})
        assert reply.status_code == 401, what


async def test_a_guardian_does_not_pass_for_a_service(service: Running) -> None:
    assert (await service.http.get("/api/v1/between-services")).status_code == 403


async def test_a_service_says_that_it_lives_is_ready_and_what_it_did(service: Running) -> None:
    assert (await service.http.get("/health")).json() == {"status": "alive"}
    assert (await service.http.get("/ready")).json() == {"status": "ready"}
    await service.http.get("/api/v1/mine")
    assert 'kehou_requests_total{route="/api/v1/mine"' in (await service.http.get("/metrics")).text
