"""Each service's migrations: one line of them, there and back, and nothing they forgot."""

from collections.abc import AsyncIterator
from importlib import import_module

import asyncpg
import pytest
from alembic import command
from alembic.script import ScriptDirectory

from services.kernel.database.install_jobs import JOB_TABLES
from services.kernel.database.migrate import alembic_config, migrate, roll_back, run_alembic
from services.kernel.database.provision import SERVICES, ServiceUrls, connect
from tests.conftest import Databases

KINDS = ("expand_", "backfill_", "contract_")


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def urls(databases: Databases, service: str) -> AsyncIterator[ServiceUrls]:
    async with databases.clone(service) as cloned:
        yield cloned


@pytest.fixture
async def owner(urls: ServiceUrls) -> AsyncIterator[asyncpg.Connection]:
    connection = await connect(urls.owner)
    yield connection
    await connection.close()


def test_there_is_one_newest_migration(service: str) -> None:
    assert len(ScriptDirectory.from_config(alembic_config(service)).get_heads()) == 1


def test_a_migration_says_by_its_name_when_it_may_run(service: str) -> None:
    for script in ScriptDirectory.from_config(alembic_config(service)).walk_revisions():
        name = script.path.rsplit("/", 1)[1]
        assert name.startswith(script.revision), f"{name}: the id is the time in the name"
        assert name.removeprefix(f"{script.revision}_").startswith(KINDS)


async def test_up_down_up_ends_where_it_began(
    service: str, urls: ServiceUrls, owner: asyncpg.Connection
) -> None:
    tables = "SELECT array_agg(tablename ORDER BY tablename) FROM pg_tables WHERE schemaname = 'public'"
    before = await owner.fetchval(tables)
    await roll_back(service, urls.owner)
    assert await owner.fetchval(tables) == ["alembic_version"]
    await migrate(service, urls.owner)
    assert await owner.fetchval(tables) == before


async def test_tables_in_the_code_are_tables_in_the_database(service: str, urls: ServiceUrls) -> None:
    await run_alembic(service, urls.owner, command.check)


async def test_every_table_is_a_schools_and_secured_or_named_platform(
    service: str, owner: asyncpg.Connection
) -> None:
    platform = import_module(f"services.{service}.registry").PLATFORM | JOB_TABLES | {"alembic_version"}
    secured = await owner.fetch(
        """SELECT relname, relrowsecurity AND relforcerowsecurity AS on, pg_get_expr(polqual, oid) AS using,
                  pg_get_expr(polwithcheck, oid) AS checking, oid::regclass
             FROM pg_class LEFT JOIN (SELECT polrelid, polqual, polwithcheck FROM pg_policy
                                       WHERE polname = 'in_scope') AS policy ON polrelid = pg_class.oid
            WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND NOT relispartition"""
    )
    for table in secured:
        name = table["relname"]
        assert table["on"] == (name not in platform), f"{name}: secure_school_tables, or name it in PLATFORM"
        if table["on"]:
            assert table["using"] == table["checking"] is not None, name


async def test_a_partition_is_reached_through_its_table_only(service: str, owner: asyncpg.Connection) -> None:
    """Row security and append-only stand on the parent; a right on the partition itself would pass them by."""
    open_ones = await owner.fetch(
        """SELECT relname, privilege FROM pg_class, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS privilege
            WHERE relispartition AND relkind = 'r' AND has_table_privilege('kehou_app', oid, privilege)"""
    )
    assert open_ones == []


async def test_school_id_leads_the_key_of_every_school_table(service: str, owner: asyncpg.Connection) -> None:
    first = await owner.fetch(
        """SELECT relname, attname FROM pg_index
             JOIN pg_class ON pg_class.oid = indrelid AND relrowsecurity
             JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
            WHERE indisunique"""
    )
    assert {row["relname"]: row["attname"] for row in first if row["attname"] != "school_id"} == {}
