"""Two throw-away services, a sender and a reader, on real databases that hold the kernel's tables alone."""

import json
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import Connection, MetaData
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from services.kernel.database.install_jobs import install_jobs
from services.kernel.database.provision import ServiceUrls, provision
from services.kernel.database.tables import add_kernel_tables
from services.kernel.resources import Resources
from services.kernel.settings import Settings
from services.kernel.tokens import make_key
from tests.conftest import Databases

SERVICES = ("enrollment", "attendance")


async def _make_kernel_tables(owner_url: str) -> None:
    metadata = MetaData()
    add_kernel_tables(metadata)

    def make(connection: Connection) -> None:
        operations = Operations(MigrationContext.configure(connection))
        metadata.create_all(connection)
        install_jobs(operations)

    engine = create_async_engine(owner_url, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(make)
    await engine.dispose()


@pytest.fixture(scope="session")
async def kernel_template(databases: Databases) -> str:
    """The name of a database with the kernel's tables alone, which is only ever copied."""
    prefix = f"kehou_test_{os.getpid()}_"
    told = await provision(databases.admin_url, databases.secrets, services=["kernel"], prefix=prefix)
    await _make_kernel_tables(told["kernel"].owner)
    await databases.adopt("kernel", told["kernel"])
    return "kernel"


@pytest.fixture
async def kernel_urls(databases: Databases, kernel_template: str) -> AsyncIterator[dict[str, ServiceUrls]]:
    """A sender's and a reader's database."""
    async with databases.clone(kernel_template) as sender, databases.clone(kernel_template) as reader:
        yield dict(zip(SERVICES, (sender, reader), strict=True))


@pytest.fixture
def keys_dir(tmp_path: Path) -> Path:
    """Keys of the two services and the gateway."""
    public = []
    for service in (*SERVICES, "gateway"):
        pem, jwk = make_key()
        (tmp_path / f"{service}.pem").write_bytes(pem)
        public.append({**jwk, "kid": service})
    (tmp_path / "public.json").write_text(json.dumps({"keys": public}))
    return tmp_path


@pytest.fixture
def settings_of(kernel_urls: dict[str, ServiceUrls], keys_dir: Path) -> dict[str, Settings]:
    """The settings of each service."""
    return {
        service: Settings(
            database_url=SecretStr(urls.app),
            keys_dir=keys_dir,
            enrollment_url="http://enrollment",
            attendance_url="http://attendance",
        )
        for service, urls in kernel_urls.items()
    }


@dataclass
class Running:
    """An app inside its lifespan, and a client that speaks to it."""

    app: FastAPI
    http: httpx.AsyncClient

    @property
    def resources(self) -> Resources:
        held: Resources = self.app.state.resources
        return held


@asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[Running]:
    """Run an app in this process."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        http = await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://app"))
        yield Running(app, http)


def reached_through(resources: Resources, app: FastAPI) -> Resources:
    """Return the resources with an HTTP client that reaches ``app``, so that letters really cross a wire form."""
    return replace(resources, http=httpx.AsyncClient(transport=httpx.ASGITransport(app=app)))
