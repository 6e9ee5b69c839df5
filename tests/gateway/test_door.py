"""Who is let in and where addresses lead, also those written by somebody who means harm."""

import asyncio
import base64
import io
import json
from contextlib import suppress
from datetime import timedelta

import pytest
from jose import jwt

from services.contracts.doors import DOOR
from services.gateway.routing.client_address import AddressReader, is_loopback
from services.gateway.routing.tell_access import AccessLog, route_of
from services.gateway.routing.which_way import Inside, which_way
from services.kernel.ids import new_id
from services.kernel.tokens import INTERNAL, PUBLIC, Identity, Signer, make_key
from services.kernel.web.problems import NoSuchRoute
from tests.gateway.conftest import LivingDoor
from tests.gateway.keys import Keys

TRICKS = [
    "//internal/letters",
    "/internal//letters",
    "/%69nternal/letters",
    "/api/v1/../../internal/letters",
    "/api/v1/public/../../../internal/letters",
    "/api/v1/days/../internal",
    "/api/v1/%2e%2e/%2e%2e/internal/letters",
    "/api/v1/days/%2E%2e/internal",
    "/api/v1/days/..%2finternal",
    "/api/v1/days/%5c..%5cinternal",
    "/api/v1/days/%252e%252e/internal",
    "/api/v1/days/./x",
    "/api/v1/days/",
    "/api/v1//days",
    "/api/v1/days/%00",
    "/api/v1/days/%0d%0aX-Evil:1",
    "/api/v1/days/%zz",
    "/api/v2/days",
    "/API/v1/days",
]


async def raw_status(door: LivingDoor, request: bytes) -> int:
    """Send bytes that no client library would send, and return the status (0: hung up)."""
    host, port = door.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(request)
    line = b""
    with suppress(ConnectionError):
        line = await asyncio.wait_for(reader.readline(), 10)
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()
    return int(line.split()[1]) if line else 0


@pytest.mark.parametrize("path", TRICKS)
async def test_no_way_of_writing_an_address_leads_inside(door: LivingDoor, path: str) -> None:
    token = door.bearer()["Authorization"]
    request = f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\nContent-Length: 2\r\n\r\n{{}}"
    assert await raw_status(door, request.encode()) == 404
    assert door.upstream.reached == []


@pytest.mark.parametrize("path", ["/internal/letters/figures", "/internal/openapi.json", "/internal"])
async def test_internal_addresses_do_not_exist_for_people(door: LivingDoor, path: str) -> None:
    operator = Identity(account_id=new_id(), persona="operator")
    inner = door.keys.token(operator, audience=INTERNAL)
    for headers in ({}, door.bearer(), door.bearer(operator), {"Authorization": f"Bearer {inner}"}):
        answer = await door.ask(path, headers=headers)
        assert answer.status_code == 404
        assert answer.json()["type"] == "urn:kehou:problem:no-such-route"


async def test_a_neighbour_reaches_the_gateways_own_internal_addresses(door: LivingDoor) -> None:
    token = door.keys.signers["notifications"].sign_service()
    answer = await door.ask("/internal/openapi.json", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200


async def test_without_a_token_only_what_is_published_is_shown(door: LivingDoor) -> None:
    assert (await door.ask("/api/v1/public/schools", headers={})).status_code == 200
    refused = await door.ask("/api/v1/children", headers={})
    assert refused.status_code == 401
    assert refused.json()["type"] == "urn:kehou:problem:not-logged-in"
    assert [reached.path for reached in door.upstream.reached] == ["/api/v1/public/schools"]


async def test_an_old_token_does_not_hide_what_is_published(door: LivingDoor) -> None:
    answer = await door.ask("/api/v1/public/schools", headers={"Authorization": "Bearer old"})
    assert answer.status_code == 200
    assert door.upstream.reached[0].header("authorization") is None


def unsigned(identity: Identity) -> str:
    claims = {"id": identity.model_dump(mode="json"), "iss": "gateway", "aud": PUBLIC, "exp": 4_000_000_000}
    parts = ({"alg": "none", "kid": "gateway"}, claims)
    coded = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts)
    return b".".join([*coded, b""]).decode()


def bad_tokens(keys: Keys) -> dict[str, str]:
    operator = Identity(account_id=new_id(), persona="operator")
    itself = Identity(account_id=new_id(), persona="service")
    pem, _ = make_key()
    claims = {"id": operator.model_dump(mode="json"), "iss": "gateway", "aud": PUBLIC, "exp": 4_000_000_000}
    public = json.loads((keys.folder / "public.json").read_text())["keys"][-1]
    return {
        "signed with a key of one's own": Signer("gateway", pem).sign_identity(
            operator, audience=PUBLIC, ttl=timedelta(minutes=5)
        ),
        "not signed at all": unsigned(operator),
        "signed with the public key as a shared secret": jwt.encode(
            claims, json.dumps(public), algorithm="HS256", headers={"kid": "gateway"}
        ),
        "meant for neighbours": keys.token(operator, audience=INTERNAL),
        "a person signed by a service's key": keys.token(operator, issuer="attendance"),
        "a service that comes in by the front door": keys.token(itself, issuer="attendance"),
        "a service signed by the gateway": keys.token(itself),
        "expired": keys.signers["gateway"].sign_identity(
            operator, audience=PUBLIC, ttl=timedelta(seconds=-1)
        ),
        "changed by one letter": keys.token(operator)[:-2] + "AA",
        "no token": "x",
    }


@pytest.mark.parametrize("which", list(range(10)))
async def test_no_bad_token_opens_the_door(door: LivingDoor, keys: Keys, which: int) -> None:
    _, token = list(bad_tokens(keys).items())[which]
    answer = await door.ask("/api/v1/children", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401
    assert door.upstream.reached == []


async def test_two_tokens_at_once_are_none(door: LivingDoor) -> None:
    first, second = (door.bearer()["Authorization"] for _ in range(2))
    request = (
        f"GET /api/v1/days HTTP/1.1\r\nHost: x\r\nAuthorization: {first}\r\nAuthorization: {second}\r\n\r\n"
    )
    assert await raw_status(door, request.encode()) == 401


async def test_huge_headers_are_refused(door: LivingDoor) -> None:
    answer = await door.ask("/api/v1/days", headers=door.bearer() | {"X-Large": "x" * 20_000})
    assert answer.status_code == 431
    many = door.bearer() | {f"X-{number}": "x" for number in range(80)}
    assert (await door.ask("/api/v1/days", headers=many)).status_code == 431


async def test_a_head_without_end_is_hung_up_on(door: LivingDoor) -> None:
    endless = b"GET / HTTP/1.1\r\nHost: x\r\nX-Endless: " + b"x" * 200_000
    # Hanging up with bytes unread may reset the connection before the answer is read.
    assert await raw_status(door, endless) in {0, 431}


async def test_a_head_that_never_comes_to_its_end_is_not_waited_for(
    door: LivingDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.gateway.routing.bounded_head.HEAD_SECONDS", 0.1)
    assert await raw_status(door, b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ") == 408


async def test_a_long_body_is_no_long_head(door: LivingDoor) -> None:
    assert (await door.ask("/api/v1/scans", "POST", content=b"x" * 300_000)).json() == {"bytes": 300_000}


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND"])
async def test_strange_methods_do_not_pass(door: LivingDoor, method: str) -> None:
    target = "x:1" if method == "CONNECT" else "/api/v1/days"
    status = await raw_status(door, f"{method} {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert status in {400, 405}
    assert door.upstream.reached == []


async def test_a_body_with_two_lengths_does_not_pass(door: LivingDoor) -> None:
    token = door.bearer()["Authorization"]
    request = (
        f"POST /api/v1/scans HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\nContent-Length: 4\r\n"
        "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /internal HTTP/1.1\r\n\r\n"
    )
    assert await raw_status(door, request.encode()) == 400
    assert door.upstream.reached == []


async def test_a_compressed_body_is_refused_by_name(door: LivingDoor) -> None:
    headers = door.bearer() | {"Content-Encoding": "gzip"}
    answer = await door.ask("/api/v1/scans", "POST", headers=headers, content=b"x")
    assert answer.status_code == 415
    assert answer.json()["type"] == "urn:kehou:problem:encoding-not-taken"


async def test_an_address_that_nobody_answers_is_a_problem_in_chinese(door: LivingDoor) -> None:
    for path in ("/nothing", "/api/v1/nothing", "/favicon.ico"):
        answer = await door.ask(path)
        assert answer.status_code == 404
        assert answer.json()["type"] == "urn:kehou:problem:no-such-route"
        assert answer.headers["x-request-id"]


async def test_health_is_told_to_everybody_and_metrics_on_this_machine_only(door: LivingDoor) -> None:
    assert (await door.ask("/health", headers={})).json() == {"status": "alive"}
    await door.ask("/api/v1/days")
    metrics = await door.ask("/metrics", headers={})
    assert 'route="-> attendance"' in metrics.text
    forwarded = await door.ask("/metrics", headers={"X-Forwarded-For": "8.8.8.8"})
    assert forwarded.status_code == 404


@pytest.mark.parametrize(("segment", "service"), list(DOOR.items()))
def test_every_segment_leads_to_its_service(segment: str, service: str) -> None:
    assert which_way(f"/api/v1/{segment}".encode()) == service
    assert which_way(f"/api/v1/{segment}/x/y".encode()) == service


def test_everything_else_of_the_api_is_the_gateways_own() -> None:
    assert which_way(b"/api/v1/sessions/wechat") is Inside.API
    with pytest.raises(NoSuchRoute):
        which_way(b"/other")


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.9", "1.1.1.1", "203.0.113.9"),
        ("10.0.0.5", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.5", "1.1.1.1, 203.0.113.9, 10.0.0.7", "203.0.113.9"),
        ("10.0.0.5", "nonsense", "10.0.0.5"),
        ("10.0.0.5", "", "10.0.0.5"),
    ],
)
def test_x_forwarded_for_is_believed_from_a_trusted_proxy_only(
    peer: str, forwarded: str, address: str
) -> None:
    scope = {"client": (peer, 1), "headers": [(b"x-forwarded-for", forwarded.encode())]}
    assert AddressReader("10.0.0.0/8").address_of(scope) == address


def test_somebody_behind_a_proxy_is_not_on_this_machine() -> None:
    assert is_loopback({"client": ("127.0.0.1", 1), "headers": []})
    assert not is_loopback({"client": ("127.0.0.1", 1), "headers": [(b"via", b"1.1 x")]})
    assert not is_loopback({"client": ("10.0.0.5", 1), "headers": []})


def test_a_logged_route_holds_no_id_no_code_and_no_name() -> None:
    path = b"/api/v1/children/0193-aa/passes/K7Q2M9/%E5%BC%A0"
    assert route_of(path) == "/api/v1/children/{}/passes/{}/{}"


async def test_a_line_of_the_log_says_who_answered_and_names_nobody() -> None:
    out = io.StringIO()
    log = AccessLog(told=True, out=out)
    scope = {
        "method": "GET",
        "raw_path": b"/api/v1/children/0193-aa",
        "query_string": b"q=%E5%BC%A0",
        "client": ("203.0.113.9", 1),
    }
    log.line(scope, status=200, seconds=0.0123, request_id="phone-17", answered_by="enrollment")
    log.flush()
    told = json.loads(out.getvalue())
    assert told.pop("timestamp")
    assert told == {
        "service": "gateway",
        "level": "info",
        "event": "request",
        "method": "GET",
        "route": "/api/v1/children/{}",
        "status": 200,
        "ms": 12.3,
        "request_id": "phone-17",
        "answered_by": "enrollment",
    }
