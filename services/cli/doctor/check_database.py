"""Does the database answer, and is every service's at its newest migration?"""

from collections.abc import AsyncIterator

import asyncpg
from sqlalchemy.engine import make_url

from services.cli.doctor.finding import Finding, fault, note, well
from services.cli.platform.layout import Layout
from services.cli.platform.reach_database import named_server, reach_database
from services.kernel.database.migrate import head_of
from services.kernel.database.provision import SERVICES, connect
from services.kernel.unable import Unable

PREFIX = "kehou_"


async def check_database(layout: Layout) -> list[Finding]:
    """Look at the server and at each service's database; an embedded server is started for the look."""
    if not named_server() and not (layout.postgres / "cluster").exists():
        return [note("PostgreSQL", "no data yet: `make up` or `make demo` makes them")]
    try:
        with reach_database(layout) as admin_url:
            return [one async for one in _look(admin_url)]
    except Unable as problem:
        return [fault("PostgreSQL", str(problem))]
    except (OSError, asyncpg.PostgresError, TimeoutError) as problem:
        return [fault("PostgreSQL", f"does not answer ({problem}): check KEHOU_POSTGRES_URL")]


async def _look(admin_url: str) -> AsyncIterator[Finding]:
    connection = await connect(admin_url)
    version = await connection.fetchval("SHOW server_version")
    await connection.close()
    yield well("PostgreSQL", f"{version.split()[0]} answers")
    for service in SERVICES:
        yield await _migrations(admin_url, service)


async def _migrations(admin_url: str, service: str) -> Finding:
    what, newest = f"{service} database", head_of(service)
    try:
        connection = await connect(make_url(admin_url).set(database=f"{PREFIX}{service}"))
    except asyncpg.InvalidCatalogNameError:
        return note(what, "not made yet: `make up` or `python -m services.cli migrate` makes it")
    try:
        applied = await connection.fetchval("SELECT version_num FROM alembic_version")
    except asyncpg.UndefinedTableError:
        applied = None
    finally:
        await connection.close()
    if applied == newest:
        return well(what, f"at its newest migration, {newest}")
    return fault(what, f"at {applied}, the code needs {newest}: run `python -m services.cli migrate`")
