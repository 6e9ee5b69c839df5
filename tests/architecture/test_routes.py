"""What the platform answers at, route by route, as the composed apps really have it."""

import pytest

from services.contracts.doors import DOOR, SEGMENTS
from services.gateway.routing.which_way import LOGIN_FREE
from services.kernel.web.dependencies import caller, service_caller
from tests.architecture.composed_apps import PUBLIC, Door, app_of, doors_of, unsafe
from tests.architecture.source_tree import SERVICES

STANDING = {"/health", "/ready", "/metrics"}

KEYLESS: dict[str, dict[str, str]] = {
    "enrollment": {},
    "attendance": {
        "POST /api/v1/hand-overs": "the phone makes hand_over_id",
        "POST /api/v1/scans": "the phone makes each scan_id",
        "POST /api/v1/releases": "the phone makes release_id",
        "POST /api/v1/passes": "a new pass replaces the one before; its code is told only once, so it is not kept",
        "POST /api/v1/passes/checking": "a look; only a wrong code is counted, and each one should be",
    },
    "notifications": {},
    "gateway": {
        "POST /api/v1/sessions/wechat": "WeChat's code works once",
        "POST /api/v1/sessions/refresh": "the refresh token is used up",
        "DELETE /api/v1/sessions/current": "twice logged out is logged out",
        "POST /api/v1/me/consents": "saying it twice is saying it once",
        "DELETE /api/v1/me/consents/{purpose}": "withdrawn is withdrawn",
        "POST /api/v1/me/phone": "WeChat's code works once",
        "POST /api/v1/invitations/acceptance": "the invitation works once",
        "POST /api/v1/guardianship-requests": "the phone makes request_id",
        "POST /api/v1/board-tickets": "a ticket is told only once, so it is not kept; each opens one screen",
    },
}
"""Unsafe public routes that need no Idempotency-Key, each with its reason: ids in the body that the phone made are the
key (decision 8), or saying it twice says no more than saying it once."""

THE_DOCUMENT_ITSELF = {"GET /api/v1/openapi.json", "GET /api/v1/docs"}


def public_routes(service: str) -> list[Door]:
    return [route for route in doors_of(service) if route.path.startswith(PUBLIC)]


def segment_of(path: str) -> str:
    return path.removeprefix(PUBLIC).split("/")[0]


@pytest.mark.parametrize("service", SEGMENTS)
def test_every_public_address_leads_through_the_gateway_to_its_service(service: str) -> None:
    """The gateway looks at the first segment only; an address whose segment is not in doors.py is never reached."""
    astray = [route.path for route in public_routes(service) if DOOR.get(segment_of(route.path)) != service]
    assert not astray


@pytest.mark.parametrize("service", SEGMENTS)
def test_no_two_shapes_of_a_service_have_the_same_name(service: str) -> None:
    """FastAPI would tell them apart by their modules, and who reads the document meets our folders."""
    schemas = app_of(service).openapi()["components"]["schemas"]
    assert not [name for name in schemas if name.startswith("services__")]


@pytest.mark.parametrize("service", SEGMENTS)
def test_every_door_leads_somewhere(service: str) -> None:
    assert {segment_of(route.path) for route in public_routes(service)} == set(SEGMENTS[service])


def test_the_gateways_own_addresses_hide_nobody_elses() -> None:
    assert not {segment_of(route.path) for route in public_routes("gateway")} & set(DOOR)


@pytest.mark.parametrize("service", SEGMENTS)
def test_a_service_answers_at_no_address_of_a_third_kind(service: str) -> None:
    strange = [
        route.path
        for route in doors_of(service)
        if not route.path.startswith((PUBLIC, "/internal/")) and route.path not in STANDING
    ]
    assert not strange


@pytest.mark.parametrize("service", SERVICES)
def test_an_internal_address_answers_only_services(service: str) -> None:
    open_ones = [
        route.path
        for route in doors_of(service)
        if route.path.startswith("/internal/") and not route.asks_for(service_caller)
    ]
    assert not open_ones


@pytest.mark.parametrize("service", SEGMENTS)
def test_whoever_asks_a_service_is_known_unless_the_page_is_public(service: str) -> None:
    """Each service verifies again what the gateway verified; what is login-free, the gateway knows too."""
    unguarded = [
        route.path
        for route in public_routes(service)
        if not route.asks_for(caller) and segment_of(route.path).encode() not in LOGIN_FREE
    ]
    assert not unguarded


@pytest.mark.parametrize("service", SERVICES)
def test_saying_a_thing_twice_does_it_once(service: str) -> None:
    """Every unsafe public route takes an Idempotency-Key, or is in the short list above."""
    found = dict(unsafe(public_routes(service)))
    keyless = {name for name, route in found.items() if not route.takes_header("idempotency-key")}
    assert keyless == set(KEYLESS[service])


@pytest.mark.parametrize("service", SERVICES)
def test_every_public_route_says_what_it_answers(service: str) -> None:
    """Each has a sentence in the documentation, and stands in the merged document."""
    silent = [
        name
        for route in public_routes(service)
        for name in route.names
        if not (route.description and (route.in_schema or name in THE_DOCUMENT_ITSELF))
    ]
    assert not silent
