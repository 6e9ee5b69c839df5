"""The notifications service on a real database, its providers played by the stand-in over real HTTP."""

import base64
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from httpx_aiohttp import AiohttpTransport
from pydantic import SecretStr

from services.kernel.clock import ManualClock
from services.kernel.database.transaction import Database
from services.kernel.resources import Resources
from services.kernel.settings import Settings
from services.kernel.tokens import load_signer, load_verifier, make_key
from services.kernel.worker import Worker
from services.notifications.channels.template_book import TemplateBook
from services.notifications.worker import make_worker
from tests.living_standin import PROVIDERS, LivingStandIn, living_standin
from tests.notifications.small_school import SmallSchool

RING = "k1:" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()


@pytest.fixture(scope="session")
async def running_standin() -> AsyncIterator[LivingStandIn]:
    async with living_standin() as running:
        yield running


@pytest.fixture
def standin(running_standin: LivingStandIn) -> LivingStandIn:
    running_standin.forget()
    return running_standin


@pytest.fixture(scope="session")
def keys_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, public = tmp_path_factory.mktemp("keys"), []
    for service in ("notifications", "attendance", "enrollment", "gateway"):
        pem, jwk = make_key()
        (folder / f"{service}.pem").write_bytes(pem)
        public.append({**jwk, "kid": service})
    (folder / "public.json").write_text(json.dumps({"keys": public}))
    return folder


@pytest.fixture(scope="session")
def book() -> TemplateBook:
    return TemplateBook.read(PROVIDERS)


@dataclass
class Neighbours:
    """What the other services would say on the wire, and the letters that reached attendance."""

    letters: list[dict[str, Any]] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)
    """Path with query -> JSON; anything else is answered with 503."""

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.post("/internal/letters")
        async def letters(request: Request) -> dict[str, Any]:
            post = await request.json()
            self.letters += [letter["body"] for letter in post["letters"]]
            return {"accepted": len(post["letters"]), "repeated": 0, "refused": []}

        return app

    async def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.decode()
        if path in self.answers:
            return httpx.Response(200, json=self.answers[path])
        return httpx.Response(503)


@pytest.fixture
def neighbours() -> Neighbours:
    return Neighbours()


@pytest.fixture
async def held(
    notifications_db: Database,
    clock: ManualClock,
    keys_dir: Path,
    standin: LivingStandIn,
    neighbours: Neighbours,
) -> AsyncIterator[Resources]:
    settings: Settings = standin.settings(
        keys_dir=keys_dir,
        field_keys=SecretStr(RING),
        attendance_url="http://attendance",
        enrollment_url="http://enrollment",
        gateway_url="http://gateway",
    )
    mounts = {
        "http://attendance": httpx.ASGITransport(neighbours.app()),
        "http://enrollment": httpx.MockTransport(neighbours.answer),
        "http://gateway": httpx.MockTransport(neighbours.answer),
    }
    async with httpx.AsyncClient(transport=AiohttpTransport(), mounts=mounts) as http:
        yield Resources(
            service="notifications",
            settings=settings,
            clock=clock,
            database=notifications_db,
            http=http,
            signer=load_signer(keys_dir, "notifications"),
            verifier=load_verifier(keys_dir),
        )


@pytest.fixture
def worker(held: Resources) -> Worker:
    return make_worker(held)


@pytest.fixture
async def school(held: Resources, clock: ManualClock) -> SmallSchool:
    school = SmallSchool(held.database, clock, held.cipher())
    await school.settle_in()
    return school
