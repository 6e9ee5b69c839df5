"""Enrollment over HTTP, as the gateway hands requests on: who may ask what, and in which words it is refused."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import text

from services.contracts.personas import Persona
from services.enrollment.app import create_app
from services.kernel.clock import ManualClock
from services.kernel.ids import new_id
from services.kernel.settings import Settings
from services.kernel.tokens import INTERNAL, Identity, Signer, load_signer, make_key
from tests.enrollment.conftest import EXAMPLES, FAMILIES, FIELD_KEYS, Family, Schools

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Door:
    """A client of the service, and tokens as the gateway and neighbours sign them."""

    def __init__(self, http: httpx.AsyncClient, gateway: Signer, neighbour: Signer, schools: Schools) -> None:
        self.http = http
        self.schools = schools
        self._gateway = gateway
        self._neighbour = neighbour

    def token(self, persona: str, **people: UUID) -> dict[str, str]:
        """Headers of a caller; ``people``: id by school code."""
        told = {self.schools.ids[code]: person for code, person in people.items()}
        identity = Identity(account_id=new_id(), persona=persona, people=told)
        signed = self._gateway.sign_identity(identity, audience=INTERNAL, ttl=timedelta(minutes=5))
        return {"Authorization": f"Bearer {signed}", "Idempotency-Key": new_id().hex}

    @property
    def service(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._neighbour.sign_service()}"}

    @property
    def officer(self) -> dict[str, str]:
        return self.token(Persona.ENROLMENT_OFFICER, S001=self.schools.officers["S001"])

    def guardian(self, family: Family) -> dict[str, str]:
        return self.token(Persona.GUARDIAN, S001=family.guardian_id)

    async def families(self, grade: int = 1) -> list[Family]:
        facts = {"school_id": self.schools.primary, "grade": grade, "class_name": "1班"}
        async with self.schools.database.transaction([self.schools.primary]) as tx:
            return [Family(**row) for row in (await tx.execute(FAMILIES, facts)).mappings()]

    async def offering(self, code: str) -> str:
        async with self.schools.database.transaction([self.schools.primary]) as tx:
            found = await tx.scalar(
                text("SELECT offering_id FROM offering WHERE code = :code"), {"code": code}
            )
        return str(found)


@pytest.fixture
async def door(own_copy: Schools, clock: ManualClock, tmp_path: Path) -> AsyncIterator[Door]:
    public = []
    for service in ("enrollment", "attendance", "gateway"):
        pem, jwk = make_key()
        (tmp_path / f"{service}.pem").write_bytes(pem)
        public.append({**jwk, "kid": service})
    (tmp_path / "public.json").write_text(json.dumps({"keys": public}))
    settings = Settings(
        database_url=SecretStr(own_copy.database.url), keys_dir=tmp_path, field_keys=SecretStr(FIELD_KEYS)
    )
    app = create_app(settings, clock)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://enrollment/api/v1") as http:
            yield Door(http, load_signer(tmp_path, "gateway"), load_signer(tmp_path, "attendance"), own_copy)


async def send(door: Door, kind: str, name: str, headers: dict[str, str], **query: Any) -> httpx.Response:
    files = {"file": (name, (EXAMPLES / name).read_bytes(), XLSX)}
    return await door.http.post(
        f"/imports/{kind}",
        files=files,
        headers=headers,
        params={"school_id": str(door.schools.primary), **query},
    )


async def test_a_dry_run_over_http_reports_row_by_row(door: Door) -> None:
    answer = await send(door, "roster", "messy-roster.xlsx", door.officer, dry_run=True)
    report = answer.json()
    assert answer.status_code == 200
    assert (report["written"], report["rejected"], len(report["findings"])) == (False, 5, 15)


async def test_a_file_with_bad_rows_is_a_conflict_that_carries_the_report(door: Door) -> None:
    answer = await send(door, "roster", "messy-roster.xlsx", door.officer)
    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:kehou:problem:rows-rejected"
    assert answer.json()["report"]["rejected"] == 5


async def test_the_same_key_gets_the_same_report_and_another_file_is_refused(door: Door) -> None:
    headers = door.officer
    first = await send(door, "roster", "messy-roster.xlsx", headers, take="good_rows")
    assert first.json()["written"]
    again = await send(door, "roster", "messy-roster.xlsx", headers, take="good_rows")
    assert again.json() == first.json()
    other = await send(door, "roster", "primary-roster.xlsx", headers, take="good_rows")
    assert other.json()["type"] == "urn:kehou:problem:key-reused"


@pytest.mark.parametrize(
    ("kind", "content", "status", "slug"),
    [
        ("roster", b"not a workbook", 415, "not-a-spreadsheet"),
        ("roster", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), 415, "protected-workbook"),
        ("roster", bytes(11 << 20), 413, "file-too-large"),
        ("grades", b"x", 422, "unknown-kind"),
    ],
)
async def test_what_is_no_spreadsheet_is_refused_over_http(
    kind: str, content: bytes, status: int, slug: str, door: Door
) -> None:
    files = {"file": ("roster.xlsx", content, XLSX)}
    answer = await door.http.post(
        f"/imports/{kind}", files=files, headers=door.officer, params={"school_id": str(door.schools.primary)}
    )
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:kehou:problem:{slug}")


async def test_a_hundred_megabytes_are_refused_before_they_are_all_read(door: Door) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="x.xlsx"\r\n\r\n'
        for _ in range(100):
            sent += 1
            yield bytes(1 << 20)

    headers = {**door.officer, "Content-Type": "multipart/form-data; boundary=b"}
    answer = await door.http.post(
        "/imports/roster",
        content=endless(),
        headers=headers,
        params={"school_id": str(door.schools.primary)},
    )
    assert answer.status_code == 413
    assert sent < 20


async def test_a_guardian_imports_nothing_and_an_officer_only_for_the_own_school(door: Door) -> None:
    (family, *_) = await door.families()
    assert (await send(door, "roster", "primary-roster.xlsx", door.guardian(family))).status_code == 403
    query = {"school_id": str(door.schools.junior)}
    files = {"file": ("x.xlsx", (EXAMPLES / "junior-roster.xlsx").read_bytes(), XLSX)}
    answer = await door.http.post("/imports/roster", files=files, headers=door.officer, params=query)
    assert answer.status_code == 404
    assert (await send(door, "schools", "schools.xlsx", door.officer)).status_code == 403


async def test_a_family_lives_its_evening(door: Door) -> None:
    (family, *_) = await door.families()
    school = str(door.schools.primary)
    children = (await door.http.get("/children", headers=door.guardian(family))).json()["children"]
    assert str(family.child_id) in [child["child_id"] for child in children]
    asked = {"school_id": school, "children": [{"child_id": str(family.child_id)}]}
    care = await door.http.post("/places/care", json=asked, headers=door.guardian(family))
    assert (care.status_code, care.json()) == (201, {"places_begun": 2})
    wish = {"school_id": school, "child_id": str(family.child_id), "offering_id": await door.offering("K058")}
    place = await door.http.post("/places", json=wish, headers=door.guardian(family))
    assert place.status_code == 201
    again = await door.http.post("/places", json=wish, headers=door.guardian(family))
    assert (again.status_code, again.json()["type"]) == (409, "urn:kehou:problem:place-held")
    end = await door.http.post(
        f"/places/{place.json()['place_id']}/end", json={"school_id": school}, headers=door.guardian(family)
    )
    assert end.json()["until_on"] == "2026-11-23"


async def test_the_same_key_claims_once(door: Door) -> None:
    (family, *_) = await door.families()
    headers = door.guardian(family)
    wish = {
        "school_id": str(door.schools.primary),
        "child_id": str(family.child_id),
        "offering_id": await door.offering("K055"),
    }
    first = await door.http.post("/places", json=wish, headers=headers)
    again = await door.http.post("/places", json=wish, headers=headers)
    assert (first.status_code, again.json()) == (201, first.json())


async def test_no_id_of_another_family_opens_anything(door: Door) -> None:
    mine, other, *_ = await door.families()
    school, child = str(door.schools.primary), str(other.child_id)
    headers = door.guardian(mine)
    listed = (await door.http.get("/children", headers=headers)).json()["children"]
    assert child not in [one["child_id"] for one in listed]
    wish = {"school_id": school, "child_id": child, "offering_id": await door.offering("K055")}
    theirs = await door.http.post("/places", json=wish, headers=door.guardian(other))
    tried = [
        ("/places", wish),
        ("/places", {**wish, "school_id": str(door.schools.junior)}),
        ("/places/care", {"school_id": school, "children": [{"child_id": child}]}),
        (f"/places/{theirs.json()['place_id']}/end", {"school_id": school}),
    ]
    for path, body in tried:
        answer = await door.http.post(path, json=body, headers=door.guardian(mine))
        assert answer.status_code == 404, path
    for path in (f"/families/children?school_id={school}", f"/approvals/guardianships?school_id={school}"):
        assert (await door.http.get(path, headers=headers)).status_code == 403


async def test_the_menu_can_be_read_without_logging_in(door: Door) -> None:
    page = {"safety_measures": "专人值守，交接签字", "complaint_contact": "0355-0000000"}
    school = door.schools.primary
    assert (
        await door.http.put(f"/schools/{school}/page", json=page, headers=door.officer)
    ).status_code == 200
    menu = (await door.http.get(f"/public/schools/{school}/menu")).json()
    assert len(menu["offerings"]) == 102
    assert {name: menu[name] for name in page} == page
    assert menu["offerings"][0]["teacher"]
    schools = (await door.http.get("/public/schools")).json()["schools"]
    assert [one["code"] for one in schools] == ["S001", "S002", "S003", "S004"]


async def test_a_school_without_a_menu_says_so(door: Door) -> None:
    answer = await door.http.get(f"/public/schools/{door.schools.ids['S003']}/menu")
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:kehou:problem:menu-not-published")


async def test_an_officer_sees_findings_and_publishes(door: Door) -> None:
    school = door.schools.primary
    found = (await door.http.get(f"/schools/{school}/menu/findings", headers=door.officer)).json()
    assert found == {"publishable": True, "findings": []}
    published = await door.http.post(f"/schools/{school}/menu/publications", headers=door.officer)
    assert (published.status_code, published.json()["number"]) == (201, 2)


async def test_an_agreement_is_issued_read_and_signed(door: Door) -> None:
    (family, *_) = await door.families()
    school = str(door.schools.primary)
    issued = await door.http.post(
        "/agreements", json={"school_id": school, "title": "安全协议", "body": "……"}, headers=door.officer
    )
    assert issued.status_code == 201
    read = (
        await door.http.get("/agreements", params={"school_id": school}, headers=door.guardian(family))
    ).json()
    signing = {
        "school_id": school,
        "number": read["number"],
        "sha256": read["sha256"],
        "children": [str(family.child_id)],
    }
    signed = await door.http.post("/agreements/signatures", json=signing, headers=door.guardian(family))
    assert signed.status_code == 201
    changed = await door.http.post(
        "/agreements/signatures", json={**signing, "sha256": "0" * 64}, headers=door.guardian(family)
    )
    assert changed.json()["type"] == "urn:kehou:problem:agreement-changed"


async def test_neighbours_pull_the_roster_and_people_do_not(door: Door) -> None:
    query = {"school_id": str(door.schools.primary), "limit": 20_000}
    page = await door.http.get("http://enrollment/internal/roster", params=query, headers=door.service)
    assert len(page.json()["children"]) == 1184
    refused = await door.http.get("http://enrollment/internal/roster", params=query, headers=door.officer)
    assert refused.status_code == 403
    found = await door.http.post(
        "http://enrollment/internal/people", json={"phone": "19900050001"}, headers=door.service
    )
    assert [one["persona"] for one in found.json()["people"]] == ["teacher"]


async def test_a_stranger_asks_and_an_officer_approves(door: Door) -> None:
    (family, *_) = await door.families()
    school = str(door.schools.primary)
    asked = {
        "request_id": str(new_id()),
        "account_id": str(new_id()),
        "school_id": school,
        "name": "大伯",
        "phone": "13700000001",
        "relation": "大伯",
        "child_name": "凤乐汐",
    }
    made = await door.http.post(
        "http://enrollment/internal/guardianship-requests", json=asked, headers=door.service
    )
    assert (made.status_code, made.json()["state"]) == (201, "open")
    listed = await door.http.get(
        "/approvals/guardianships", params={"school_id": school}, headers=door.officer
    )
    assert [one["phone"] for one in listed.json()["requests"]] == ["13700000001"]
    decided = await door.http.post(
        f"/approvals/guardianships/{asked['request_id']}",
        json={"school_id": school, "child_id": str(family.child_id)},
        headers=door.officer,
    )
    assert decided.json()["state"] == "approved"
    found = await door.http.post(
        "http://enrollment/internal/people", json={"phone": "13700000001"}, headers=door.service
    )
    assert [one["persona"] for one in found.json()["people"]] == ["guardian"]
