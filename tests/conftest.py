"""A real PostgreSQL for every test that needs one, built from the migrations, and a clock that stands still.

KEHOU_TEST_POSTGRES_URL names an administrator on another server (15 or newer) to run the same tests there.
"""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import date, time
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from services.kernel.clock import ManualClock, at_school_time
from services.kernel.database.embedded import EmbeddedPostgres
from services.kernel.database.migrate import migrate
from services.kernel.database.provision import OWNER, ServiceUrls, connect, provision
from services.kernel.database.transaction import Database

THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "4GB"}
"""Nothing here need survive a power cut."""


class Databases:
    """Each service's template database, migrated at first use, and fresh clones of it (about 20 ms each)."""

    def __init__(self, admin_url: str, secrets: Path) -> None:
        self.admin_url = admin_url
        self.secrets = secrets
        self._prefix = f"kehou_test_{os.getpid()}_"
        self._templates: dict[str, ServiceUrls] = {}
        self._numbers = count(1)

    async def template(self, service: str) -> ServiceUrls:
        """Return the URLs of a service's migrated database, which is only ever copied."""
        if service not in self._templates:
            urls = await provision(self.admin_url, self.secrets, services=[service], prefix=self._prefix)
            await migrate(service, urls[service].owner)
            self._templates[service] = urls[service]
        return self._templates[service]

    async def adopt(self, name: str, urls: ServiceUrls) -> None:
        """Take a database that was made elsewhere, under our prefix, as a template.

        Its tables are measured, as they are on a platform within seconds of an import: no test should hang on the
        plans that a planner makes of tables it believes empty.
        """
        owner = await connect(make_url(urls.owner))
        try:
            await owner.execute("ANALYZE")
        finally:
            await owner.close()
        self._templates[name] = urls

    @asynccontextmanager
    async def clone(self, service: str) -> AsyncIterator[ServiceUrls]:
        """Yield the URLs of a fresh copy, dropped afterwards."""
        template = await self.template(service)
        source, copy = f"{self._prefix}{service}", f"{self._prefix}{service}_{next(self._numbers)}"
        await self.say(f"CREATE DATABASE {copy} TEMPLATE {source} OWNER {OWNER}")
        try:
            yield ServiceUrls(*(url.replace(source, copy) for url in (template.owner, template.app)))
        finally:
            await self.say(f"DROP DATABASE {copy} WITH (FORCE)")

    @asynccontextmanager
    async def fresh(self, service: str) -> AsyncIterator[Database]:
        """Yield a `Database`, as the app, on a fresh copy."""
        async with self.clone(service) as urls:
            database = Database(urls.app)
            try:
                yield database
            finally:
                await database.close()

    async def drop_templates(self) -> None:
        """Leave nothing on a server that is not ours."""
        for service in self._templates:
            await self.say(f"DROP DATABASE {self._prefix}{service} WITH (FORCE)")

    async def say(self, statement: str) -> None:
        """Run one statement as the administrator."""
        connection = await connect(self.admin_url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@pytest.fixture(scope="session")
def admin_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The administrator's URL of the session's server."""
    if given := os.environ.get("KEHOU_TEST_POSTGRES_URL"):
        yield given
        return
    with EmbeddedPostgres(tmp_path_factory.mktemp("server"), settings=THROW_AWAY) as server:
        yield server.admin_url


@pytest.fixture(scope="session")
async def databases(admin_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Databases]:
    """Templates and clones of every service's database."""
    kept = Databases(admin_url, tmp_path_factory.mktemp("secrets"))
    yield kept
    await kept.drop_templates()


@pytest.fixture
async def enrollment_db(databases: Databases) -> AsyncIterator[Database]:
    async with databases.fresh("enrollment") as database:
        yield database


@pytest.fixture
async def attendance_db(databases: Databases) -> AsyncIterator[Database]:
    async with databases.fresh("attendance") as database:
        yield database


@pytest.fixture
async def notifications_db(databases: Databases) -> AsyncIterator[Database]:
    async with databases.fresh("notifications") as database:
        yield database


@pytest.fixture
async def gateway_db(databases: Databases) -> AsyncIterator[Database]:
    async with databases.fresh("gateway") as database:
        yield database


@pytest.fixture
def clock() -> ManualClock:
    """Stands at Monday, 23 November 2026, 15:30 in Changzhi."""
    return ManualClock(at_school_time(date(2026, 11, 23), time(15, 30)))
