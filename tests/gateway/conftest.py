"""A door over real HTTP with a tiny real neighbour behind it."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.gateway.app import create_app
from services.gateway.routing.front_door import FrontDoor
from services.gateway.settings import DoorSettings
from services.kernel.ids import new_id
from services.kernel.settings import Settings
from services.kernel.tokens import PUBLIC, Identity, Signer, make_key
from tests.gateway.living_server import living_server
from tests.gateway.upstream import Upstream

SERVICES = ("enrollment", "attendance", "notifications", "gateway")
NOWHERE = "postgresql+asyncpg://nobody@127.0.0.1:1/none"


@dataclass
class Keys:
    """Everybody's keys, in a folder as a platform has it."""

    folder: Path
    signers: dict[str, Signer]

    def token(self, identity: Identity, *, issuer: str = "gateway", audience: str = PUBLIC) -> str:
        return self.signers[issuer].sign_identity(identity, audience=audience, ttl=timedelta(minutes=10))


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    folder = tmp_path_factory.mktemp("keys")
    public, signers = [], {}
    for service in SERVICES:
        pem, key = make_key()
        (folder / f"{service}.pem").write_bytes(pem)
        public.append({**key, "kid": service})
        signers[service] = Signer(service, pem)
    (folder / "public.json").write_text(json.dumps({"keys": public}))
    return Keys(folder, signers)


@dataclass
class LivingDoor:
    """A running gateway, and what stands behind it."""

    url: str
    app: FrontDoor
    upstream: Upstream
    keys: Keys
    http: httpx.AsyncClient

    def teacher(self) -> Identity:
        return Identity(account_id=new_id(), persona="teacher", people={new_id(): new_id()})

    def bearer(self, identity: Identity | None = None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.keys.token(identity or self.teacher())}"}

    async def ask(self, path: str, method: str = "GET", **more: Any) -> httpx.Response:
        """Ask as a teacher, unless other headers are given."""
        more.setdefault("headers", self.bearer())
        return await self.http.request(method, self.url + path, **more)


@asynccontextmanager
async def living_door(
    keys: Keys, *, door: dict[str, Any] | None = None, **told: Any
) -> AsyncIterator[LivingDoor]:
    upstream = Upstream()
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(living_server(upstream))
        urls = {f"{service}_url": address for service in SERVICES[:3]}
        settings = Settings(
            **{"keys_dir": keys.folder, "database_url": NOWHERE, "log_level": "WARNING", **urls, **told}
        )
        app = create_app(settings, door=DoorSettings(**(door or {})))
        url = await stack.enter_async_context(living_server(app, lifespan=True))
        http = await stack.enter_async_context(httpx.AsyncClient(timeout=10))
        yield LivingDoor(url, app, upstream, keys, http)


@pytest.fixture(scope="session")
async def one_door(keys: Keys) -> AsyncIterator[LivingDoor]:
    async with living_door(keys) as living:
        yield living


@pytest.fixture
def door(one_door: LivingDoor) -> LivingDoor:
    """The door that all tests share which set nothing at it."""
    one_door.upstream.forget()
    return one_door
