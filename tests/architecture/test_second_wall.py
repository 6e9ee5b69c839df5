"""The second wall, in the migrated database itself: who sees which rows, and who may change what."""

from collections.abc import AsyncIterator
from importlib import import_module
from typing import Any

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from services.kernel.database.provision import APP, OWNER, ServiceUrls, connect
from services.kernel.ids import new_id
from tests.architecture.source_tree import SERVICES
from tests.conftest import Databases

THEIRS = new_id()

EXAMPLES = {
    "uuid": "'{id}'",
    "date": "DATE '2026-11-23'",
    "timestamp with time zone": "now()",
    "time without time zone": "TIME '18:00'",
    "boolean": "false",
    "bytea": "'\\x00'",
    "jsonb": "'{{}}'",
    "ARRAY": "'{{}}'",
}
"""What a NOT NULL column is filled with; every other type takes 1."""


@pytest.fixture(scope="module", params=SERVICES)
def service(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
async def urls(service: str, databases: Databases) -> AsyncIterator[ServiceUrls]:
    async with databases.clone(service) as clone:
        yield clone


@pytest.fixture(scope="module")
async def app(urls: ServiceUrls) -> AsyncIterator[asyncpg.Connection]:
    """Connected as the role that the services use."""
    connection = await connect(urls.app)
    yield connection
    await connection.close()


@pytest.fixture(scope="module")
async def admin(urls: ServiceUrls, databases: Databases) -> AsyncIterator[asyncpg.Connection]:
    """Connected to the same clone as the server's administrator."""
    name = make_url(urls.app).database
    connection = await connect(make_url(databases.admin_url).set(database=name))
    yield connection
    await connection.close()


def registry_of(service: str) -> Any:
    return import_module(f"services.{service}.registry")


def school_tables(service: str) -> list[str]:
    registry = registry_of(service)
    return sorted(name for name in registry.metadata.tables if name not in registry.PLATFORM)


def append_only_of(service: str) -> frozenset[str]:
    return frozenset(getattr(registry_of(service), "APPEND_ONLY", ()))


async def set_scope(connection: asyncpg.Connection, *schools: object) -> None:
    told = "{" + ",".join(str(school) for school in schools) + "}"
    await connection.execute("SELECT set_config('kehou.school_ids', $1, false)", told)


async def plant(admin: asyncpg.Connection, table: str, school_id: object) -> None:
    """Put one row of a school into a table, past its foreign keys and checks."""
    columns = await admin.fetch(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = $1"
        " AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO' AND is_generated = 'NEVER'",
        table,
    )
    values = [
        f"'{school_id}'"
        if column["column_name"] == "school_id"
        else EXAMPLES.get(column["data_type"], "'1'").format(id=new_id())
        for column in columns
    ]
    names = ", ".join(f'"{column["column_name"]}"' for column in columns)
    await admin.execute(f'INSERT INTO "{table}" ({names}) VALUES ({", ".join(values)})')  # noqa: S608 - names of our own


async def loosen(admin: asyncpg.Connection) -> None:
    """Let rows be planted without their neighbours: no triggers for this session, no checks in this clone."""
    await admin.execute("SET session_replication_role = replica")
    for row in await admin.fetch(
        "SELECT conrelid::regclass::text AS owner, conname FROM pg_constraint"
        " WHERE contype = 'c' AND connamespace = 'public'::regnamespace AND coninhcount = 0"
    ):
        await admin.execute(f'ALTER TABLE {row["owner"]} DROP CONSTRAINT "{row["conname"]}"')


async def test_a_forgotten_where_returns_nothing(
    service: str, app: asyncpg.Connection, admin: asyncpg.Connection
) -> None:
    await loosen(admin)
    ours = new_id()
    await set_scope(app)
    for table in school_tables(service):
        await plant(admin, table, ours)
        count = f'SELECT count(*) FROM "{table}"'  # noqa: S608 - names of our own
        assert await app.fetchval(count) == 0, f"{table}: without a scope"
        await set_scope(app, THEIRS)
        assert await app.fetchval(count) == 0, f"{table}: in another school's scope"
        await set_scope(app, THEIRS, ours)
        assert await app.fetchval(count) == 1, f"{table}: in its own school's scope"
        await set_scope(app)


async def test_nobody_changes_or_plants_rows_of_another_school(
    service: str, app: asyncpg.Connection, admin: asyncpg.Connection
) -> None:
    await loosen(admin)
    ours = new_id()
    await set_scope(app, THEIRS)
    forever = append_only_of(service)
    for table in school_tables(service):
        await plant(admin, table, ours)
        if table not in forever:
            changed = await app.execute(f'UPDATE "{table}" SET school_id = school_id')  # noqa: S608 - names of our own
            removed = await app.execute(f'DELETE FROM "{table}"')  # noqa: S608 - the same
            assert (changed, removed) == ("UPDATE 0", "DELETE 0"), table
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await plant(app, table, ours)


async def test_the_app_cannot_change_the_ledgers_of_its_service(
    service: str, admin: asyncpg.Connection
) -> None:
    """Law 3 by privilege: what cannot be rewritten is exactly what the registry names."""
    rows = await admin.fetch(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        " AND NOT relispartition AND NOT has_table_privilege($1, oid, 'UPDATE, DELETE, TRUNCATE')",
        APP,
    )
    frozen = {row["relname"] for row in rows} - {"alembic_version"}
    assert frozen == append_only_of(service)


async def test_the_app_knows_its_schemas_version_and_cannot_change_it(
    service: str, admin: asyncpg.Connection
) -> None:
    may = await admin.fetchrow(
        "SELECT has_table_privilege($1, 'alembic_version', 'SELECT') AS reads,"
        " has_table_privilege($1, 'alembic_version', 'INSERT, UPDATE, DELETE') AS writes",
        APP,
    )
    assert dict(may) == {"reads": True, "writes": False}


async def test_the_app_makes_drops_and_empties_no_table(service: str, app: asyncpg.Connection) -> None:
    table = min(registry_of(service).metadata.tables)
    for statement in (
        "CREATE TABLE mine (id int)",
        f'DROP TABLE "{table}"',
        f'TRUNCATE "{table}"',
        f'ALTER TABLE "{table}" ADD COLUMN mine int',
        f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY',
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app.execute(statement)


async def test_the_app_owns_nothing_and_stands_under_the_wall(
    service: str, admin: asyncpg.Connection
) -> None:
    role = await admin.fetchrow(
        "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = $1", APP
    )
    assert role is not None
    assert not any(role.values())
    owners = await admin.fetch(
        "SELECT DISTINCT pg_get_userbyid(relowner) AS owner FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    )
    assert {row["owner"] for row in owners} == {OWNER}


async def test_a_look_up_past_the_wall_keeps_to_its_own_schema(
    service: str, admin: asyncpg.Connection
) -> None:
    """A SECURITY DEFINER function runs as the owner: nobody else may slip a table or a caller under it."""
    rows = await admin.fetch(
        "SELECT proname, proconfig, has_function_privilege('public', oid, 'EXECUTE') AS for_all FROM pg_proc"
        " WHERE prosecdef AND pronamespace = 'public'::regnamespace"
    )
    for row in rows:
        assert row["proconfig"] == ["search_path=public, pg_temp"], row["proname"]
        assert not row["for_all"], row["proname"]
