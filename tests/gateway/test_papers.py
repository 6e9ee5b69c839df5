"""One document over all services: it validates, leads nowhere foreign, and every path in it has its door."""

import re
from collections.abc import AsyncIterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import schemathesis

from services.contracts.doors import DOOR, SEGMENTS
from services.gateway.papers.rules.merge_documents import merge_documents
from services.gateway.papers.rules.readable import kind_of, readable
from services.gateway.routing.which_way import LOGIN_FREE, Inside, segment_of, which_way
from services.kernel.settings import Settings
from tests.gateway.conftest import LivingDoor, living_door
from tests.gateway.keys import Keys
from tests.gateway.living_server import dead_address, living_server

SERVICES = (*SEGMENTS, "gateway")
FOREIGN = re.compile(r"(?:https?:)?//[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.IGNORECASE)


def composed(service: str) -> Any:
    create_app = import_module(f"services.{service}.app").create_app
    app = create_app(Settings(keys_dir=Path("unused")))
    return getattr(app, "own", app)


@pytest.fixture(scope="module")
def parts() -> dict[str, Any]:
    return {service: composed(service).openapi() for service in SERVICES}


@pytest.fixture(scope="module")
def document(parts: dict[str, Any]) -> dict[str, Any]:
    return merge_documents(parts)


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in {"get", "put", "post", "delete", "patch"}
    ]


def test_the_document_is_valid_openapi(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    schemathesis.openapi.from_dict(document).validate()


def test_the_document_names_no_foreign_address(document: dict[str, Any]) -> None:
    assert FOREIGN.findall(str(document)) == []


@pytest.mark.parametrize("service", SERVICES)
def test_every_public_path_of_a_service_is_led_to_it(service: str, parts: dict[str, Any]) -> None:
    """A route whose segment is missing in contracts/doors.py could never be reached from outside."""
    own = Inside.API if service == "gateway" else service
    astray = [
        path
        for path in parts[service]["paths"]
        if path.startswith("/api/") and which_way(path.replace("{", "").replace("}", "").encode()) != own
    ]
    assert not astray


def test_nothing_internal_is_in_the_document(document: dict[str, Any]) -> None:
    assert all(path.startswith("/api/v1/") for path in document["paths"])


def test_every_operation_can_be_named_and_says_how_it_refuses(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(ids) == len(set(ids))
    for path, method, operation in operations(document):
        content = operation["responses"]["default"]["content"]
        assert list(content) == ["application/problem+json"], (path, method)
        assert "HTTPValidationError" not in str(operation)


def test_every_reference_in_the_document_is_answered(document: dict[str, Any]) -> None:
    names = set(re.findall(r"#/components/schemas/([\w.-]+)", str(document)))
    assert names == set(document["components"]["schemas"])


def test_what_needs_no_token_says_so(document: dict[str, Any]) -> None:
    free = {path for path, _, operation in operations(document) if operation.get("security") == []}
    assert {path for path in free if DOOR.get(segment_of(path.encode()).decode())} == {
        path for path in document["paths"] if segment_of(path.encode()) in LOGIN_FREE
    }
    assert "/api/v1/sessions/wechat" in free
    assert "/api/v1/me" not in free


def test_two_services_may_use_one_name_for_different_things() -> None:
    def part(path: str, member: str) -> dict[str, Any]:
        use = {"application/json": {"schema": {"$ref": "#/components/schemas/Outer"}}}
        return {
            "paths": {path: {"get": {"responses": {"200": {"description": "", "content": use}}}}},
            "components": {
                "schemas": {
                    "Outer": {"type": "object", "properties": {"a": {"$ref": "#/components/schemas/Inner"}}},
                    "Inner": {"type": "object", "properties": {member: {"type": "string"}}},
                }
            },
        }

    merged = merge_documents(
        {"enrollment": part("/api/v1/schools", "x"), "attendance": part("/api/v1/days", "y")}
    )
    schemas = merged["components"]["schemas"]
    assert set(schemas) == {
        "AttendanceInner",
        "AttendanceOuter",
        "EnrollmentInner",
        "EnrollmentOuter",
        "Problem",
    }
    inner = schemas["AttendanceOuter"]["properties"]["a"]
    assert inner == {"$ref": "#/components/schemas/AttendanceInner"}


def test_types_are_said_in_words() -> None:
    maybe = {"anyOf": [{"type": "string", "format": "uuid"}, {"type": "null"}]}
    assert kind_of(maybe).words == "text (uuid) or nothing"
    listed = kind_of({"type": "array", "items": {"$ref": "#/components/schemas/Scan"}})
    assert (listed.words, listed.models) == ("list of Scan", ("Scan",))


def test_every_operation_stands_on_the_page(document: dict[str, Any]) -> None:
    reading = readable(document)
    shown = [operation for group in reading.groups.values() for operation in group]
    assert len(shown) == len(operations(document))


@pytest.fixture
async def whole_door(keys: Keys) -> AsyncIterator[LivingDoor]:
    """A door with the real enrollment behind one of its ways, and nobody behind the others."""
    async with (
        living_server(composed("enrollment")) as enrollment,
        living_door(keys, enrollment_url=enrollment) as door,
    ):
        yield door


async def test_the_document_is_served_to_everybody(whole_door: LivingDoor) -> None:
    answer = await whole_door.ask("/api/v1/openapi.json", headers={})
    told = answer.json()
    assert "/api/v1/children" in told["paths"]
    assert "/api/v1/sessions/wechat" in told["paths"]
    assert answer.headers["cache-control"] == "public, max-age=60"


async def test_a_service_that_never_answered_is_named(keys: Keys) -> None:
    async with living_door(keys, attendance_url=dead_address()) as door:
        told = (await door.ask("/api/v1/openapi.json", headers={})).json()
        page = await door.ask("/api/v1/docs", headers={})
    assert "attendance" in told["x-missing"]
    assert "attendance" in page.text


async def test_the_page_of_the_api_needs_nothing_from_elsewhere(whole_door: LivingDoor) -> None:
    page = await whole_door.ask("/api/v1/docs", headers={})
    assert page.status_code == 200
    assert "/api/v1/children" in page.text
    assert FOREIGN.findall(page.text) == []
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "<script" not in page.text
