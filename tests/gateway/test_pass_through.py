"""What passes the door, what does not, and what a client hears when nobody stands behind it."""

import asyncio

import httpx
import pytest

from services.gateway.routing.count_requests import RequestCounter
from services.gateway.routing.errors import TooManyRequests
from services.kernel.stopping import STOPPING
from services.kernel.tokens import INTERNAL, load_verifier
from tests.gateway.conftest import LivingDoor, living_door
from tests.gateway.keys import Keys
from tests.gateway.living_server import dead_address


async def test_a_request_reaches_the_service_as_it_was_made(door: LivingDoor) -> None:
    answer = await door.ask(
        "/api/v1/days/2026-11-23/%E8%AF%BE?since=a%2Fb&limit=5", "POST", content=b'{"a": 1}'
    )
    assert answer.status_code == 200
    assert answer.json() == {"bytes": 8}
    reached = door.upstream.reached[0]
    assert (reached.method, reached.path) == ("POST", "/api/v1/days/2026-11-23/%E8%AF%BE")
    assert reached.query == "since=a%2Fb&limit=5"
    assert reached.body == b'{"a": 1}'


async def test_the_service_gets_an_internal_token_for_the_same_person(door: LivingDoor, keys: Keys) -> None:
    teacher = door.teacher()
    await door.ask("/api/v1/days", headers=door.bearer(teacher))
    scheme, _, token = (door.upstream.reached[0].header("authorization") or "").partition(" ")
    assert scheme == "Bearer"
    assert load_verifier(keys.folder).identity(token, audience=INTERNAL) == teacher


async def test_the_exchange_is_remembered_for_the_life_of_the_token(door: LivingDoor) -> None:
    headers = door.bearer()
    await door.ask("/api/v1/days", headers=headers)
    await door.ask("/api/v1/days", headers=headers)
    first, second = (reached.header("authorization") for reached in door.upstream.reached)
    assert first == second


async def test_only_headers_on_the_list_pass(door: LivingDoor) -> None:
    sent = {
        "X-Forwarded-For": "10.0.0.1",
        "Forwarded": "for=10.0.0.1",
        "X-Real-Ip": "10.0.0.1",
        "X-Kehou-Persona": "operator",
        "Cookie": "a=b",
        "Proxy-Authorization": "Basic eA==",
        "Te": "trailers",
        "Idempotency-Key": "12345678",
        "If-Match": '"3"',
        "Accept": "application/json",
    }
    await door.ask("/api/v1/days", headers=door.bearer() | sent)
    names = {name for name, _ in door.upstream.reached[0].headers}
    assert names == {"host", "accept", "idempotency-key", "if-match", "x-request-id", "authorization"}


async def test_the_requests_id_goes_in_and_comes_back(door: LivingDoor) -> None:
    answer = await door.ask("/api/v1/days", headers=door.bearer() | {"X-Request-Id": "phone-17"})
    assert answer.headers.get_list("x-request-id") == ["phone-17"]
    assert door.upstream.reached[0].header("x-request-id") == "phone-17"


async def test_a_request_without_an_id_is_given_one(door: LivingDoor) -> None:
    answer = await door.ask("/api/v1/days")
    assert answer.headers["x-request-id"] == door.upstream.reached[0].header("x-request-id")


async def test_a_neighbour_cannot_set_cookies_or_show_its_address(door: LivingDoor) -> None:
    answer = await door.ask("/api/v1/days/chatty", headers=door.bearer() | {"X-Request-Id": "mine"})
    assert answer.headers["etag"] == '"7"'
    assert "set-cookie" not in answer.headers
    assert "location" not in answer.headers
    assert answer.headers.get_list("x-request-id") == ["mine"]
    assert answer.headers.get("server") != "inner"


async def test_what_passes_is_not_kept_in_anybodys_cache(door: LivingDoor) -> None:
    assert (await door.ask("/api/v1/days")).headers["cache-control"] == "no-store"


async def test_an_answer_without_a_body_stays_without(door: LivingDoor) -> None:
    answer = await door.ask("/api/v1/days/nothing", "DELETE")
    assert answer.status_code == 204
    assert answer.content == b""


async def test_a_post_without_a_body_passes(door: LivingDoor) -> None:
    assert (await door.ask("/api/v1/days/close", "POST")).json() == {"bytes": 0}
    assert door.upstream.reached[0].header("content-length") == "0"


async def test_a_head_request_is_answered(door: LivingDoor) -> None:
    assert (await door.ask("/api/v1/days", "HEAD")).status_code == 200


async def test_a_large_answer_arrives_whole(door: LivingDoor) -> None:
    assert len((await door.ask("/api/v1/days/large")).content) == 40 * 65_536


async def test_a_stream_flows_while_it_is_written_and_ends_with_its_reader(door: LivingDoor) -> None:
    async with door.http.stream("GET", f"{door.url}/api/v1/days/stream", headers=door.bearer()) as answer:
        lines = answer.aiter_lines()
        assert await anext(lines) == "data: first"
        assert not door.upstream.hung_up.is_set()
    # Nothing more is ever written, and yet the neighbour learns at once that nobody reads.
    await asyncio.wait_for(door.upstream.hung_up.wait(), 5)


async def test_a_stream_goes_on_when_its_writer_does(door: LivingDoor) -> None:
    async with door.http.stream("GET", f"{door.url}/api/v1/days/stream", headers=door.bearer()) as answer:
        lines = answer.aiter_lines()
        assert await anext(lines) == "data: first"
        door.upstream.go_on.set()
        assert [await anext(lines) for _ in range(2)] == ["", "data: second"]


async def test_an_endless_answer_ends_when_the_gateway_is_told_to_stop(door: LivingDoor) -> None:
    async with door.http.stream("GET", f"{door.url}/api/v1/days/stream", headers=door.bearer()) as answer:
        lines = answer.aiter_lines()
        assert await anext(lines) == "data: first"
        STOPPING.set()
        try:
            assert [line async for line in lines] == [""]
        finally:
            STOPPING.clear()


async def test_an_answer_that_breaks_off_is_not_taken_for_a_whole_one(door: LivingDoor) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        await door.ask("/api/v1/days/cut")


async def test_a_service_that_is_away_is_a_503_with_a_sentence(keys: Keys) -> None:
    async with living_door(keys, attendance_url=dead_address()) as door:
        answer = await door.ask("/api/v1/days")
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"] == "1"
    assert answer.json()["type"] == "urn:kehou:problem:neighbour-silent"
    assert answer.headers["x-request-id"]


async def test_a_service_that_stays_silent_is_not_waited_for_forever(keys: Keys) -> None:
    async with living_door(keys, door={"upstream_seconds": 0.2}) as door:
        answer = await door.ask("/api/v1/days/silent")
    assert answer.status_code == 503


async def test_a_body_that_announces_too_much_is_refused_before_it_is_read(door: LivingDoor) -> None:
    answer = await door.ask("/api/v1/scans", "POST", content=b"x" * ((1 << 20) + 1))
    assert answer.status_code == 413
    assert door.upstream.reached == []


async def test_a_body_that_grows_too_large_on_the_way_is_refused(door: LivingDoor) -> None:
    async def drops() -> object:
        for _ in range(20):
            yield b"x" * 65_536

    answer = await door.ask("/api/v1/scans", "POST", content=drops())
    assert answer.status_code == 413
    assert door.upstream.reached == []


async def test_a_spreadsheet_may_be_larger_and_travels_in_chunks(door: LivingDoor) -> None:
    answer = await door.ask("/api/v1/imports/roster", "POST", content=b"x" * (3 << 20))
    assert answer.json() == {"bytes": 3 << 20}


async def test_a_phone_that_floods_is_told_when_to_come_back(keys: Keys) -> None:
    async with living_door(keys, door={"requests_per_device_a_minute": 3}) as door:
        headers = door.bearer()
        statuses = [(await door.ask("/api/v1/days", headers=headers)).status_code for _ in range(3)]
        refused = await door.ask("/api/v1/days", headers=headers)
        another = await door.ask("/api/v1/days")
    assert statuses == [200, 200, 200]
    assert refused.status_code == 429
    assert refused.json()["type"] == "urn:kehou:problem:too-many-requests"
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert another.status_code == 200


async def test_an_address_without_a_token_has_a_limit_of_its_own(keys: Keys) -> None:
    async with living_door(keys, door={"requests_per_address_a_minute": 2}) as door:
        path = "/api/v1/public/schools"
        statuses = [(await door.ask(path, headers={})).status_code for _ in range(3)]
        with_token = await door.ask(path)
    assert statuses == [200, 200, 429]
    assert with_token.status_code == 200


def test_a_new_minute_forgets_the_old_one(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = 0.0
    monkeypatch.setattr("time.monotonic", lambda: seconds)
    counter = RequestCounter()
    counter.count("a", most=1)
    with pytest.raises(TooManyRequests):
        counter.count("a", most=1)
    seconds = 61.0
    counter.count("a", most=1)
