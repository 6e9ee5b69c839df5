"""A door over real HTTP with a tiny real neighbour behind it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import date, time
from typing import Any

import httpx
import pytest

from services.gateway.app import create_app
from services.gateway.routing.front_door import FrontDoor
from services.gateway.settings import DoorSettings
from services.kernel.clock import ManualClock, at_school_time
from services.kernel.ids import new_id
from services.kernel.settings import Settings
from services.kernel.tokens import Identity
from tests.conftest import Databases
from tests.gateway.keys import SERVICES, Keys, make_keys
from tests.gateway.living_server import living_server
from tests.gateway.town import Town, living_town
from tests.gateway.upstream import Upstream

NOWHERE = "postgresql+asyncpg://nobody@127.0.0.1:1/none"


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return make_keys(tmp_path_factory.mktemp("keys"))


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


@pytest.fixture(scope="session")
async def town(databases: Databases, keys: Keys) -> AsyncIterator[Town]:
    """One town for all tests: a new phone is a new person."""
    clock = ManualClock(at_school_time(date(2026, 11, 23), time(15, 30)))
    async with living_town(databases, keys, clock, door={"attempts_per_account_an_hour": 5}) as living:
        yield living
