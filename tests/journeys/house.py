"""The whole house in one process: four services and the stand-in over real HTTP, jobs pumped by hand.

The clock stands still until a journey moves it, so nothing here sleeps and nothing depends on the machine's speed.
"""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from pydantic import SecretStr

from services.kernel.clock import ManualClock
from services.kernel.database.provision import SERVICES
from services.kernel.remote import open_http
from services.kernel.resources import Resources, open_resources
from services.kernel.settings import Settings
from services.kernel.tokens import make_key
from services.kernel.worker import Worker
from tests.conftest import Databases
from tests.living_standin import LivingStandIn, living_standin
from tests.version_guard import guard_versions

FIELD_KEY = "test:" + "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="

LETTERS_DEEP = 3
"""A letter makes its reader write one, which makes its reader ask back: no chain of the house is longer."""


@dataclass
class House:
    """Everything that runs, and a client for its public door."""

    clock: ManualClock
    standin: LivingStandIn
    http: httpx.AsyncClient
    url: str
    resources: Mapping[str, Resources]
    workers: Mapping[str, Worker]
    settings: Mapping[str, Settings]

    async def settle(self) -> None:
        """Run due timers, deliver letters and do jobs until nothing is left to do anywhere."""
        for _ in range(LETTERS_DEEP):
            await asyncio.gather(*(worker.pump() for worker in self.workers.values()))


@asynccontextmanager
async def living_house(databases: Databases, folder: Path, clock: ManualClock) -> AsyncIterator[House]:
    """Build the house on fresh databases, and take it down."""
    async with AsyncExitStack() as stack:
        standin = await stack.enter_async_context(living_standin())
        _make_keys(folder)
        listeners = {service: _listen() for service in SERVICES}
        urls = {
            f"{service}_url": f"http://127.0.0.1:{sock.getsockname()[1]}"
            for service, sock in listeners.items()
        }
        settings = {}
        for service in SERVICES:
            copy = await stack.enter_async_context(databases.clone(service))
            if service == "enrollment":
                await guard_versions(copy.owner)
            settings[service] = standin.settings(
                database_url=SecretStr(copy.app),
                keys_dir=folder,
                field_keys=SecretStr(FIELD_KEY),
                card_key=SecretStr("key-of-the-cards"),
                data_dir=folder,
                **urls,
            )
        for service, listener in listeners.items():
            app = import_module(f"services.{service}.app").create_app(settings[service], clock=clock)
            await stack.enter_async_context(_serving(app, listener))
        resources = {
            service: await stack.enter_async_context(open_resources(service, told, clock=clock))
            for service, told in settings.items()
        }
        workers = {
            service: import_module(f"services.{service}.worker").make_worker(held)
            for service, held in resources.items()
        }
        http = await stack.enter_async_context(open_http())
        yield House(clock, standin, http, urls["gateway_url"], resources, workers, settings)


def _make_keys(folder: Path) -> None:
    public = []
    for service in SERVICES:
        pem, jwk = make_key()
        (folder / f"{service}.pem").write_bytes(pem)
        public.append({**jwk, "kid": service})
    (folder / "public.json").write_text(json.dumps({"keys": public}))


def _listen() -> socket.socket:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(256)
    return listener


@asynccontextmanager
async def _serving(app: Any, listener: socket.socket) -> AsyncIterator[None]:
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_keep_alive=30))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started:
            if serving.done():
                serving.result()
            await asyncio.sleep(0.01)
        yield
    finally:
        server.should_exit = True
        await serving
        listener.close()
