"""Roles and databases: made once, however often and by however many at once."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from services.kernel.database.provision import APP, OWNER, ServiceUrls, connect, provision
from services.kernel.unable import Unable
from tests.conftest import Databases

PREFIX = f"kehou_provision_{os.getpid()}_"


@pytest.fixture
def secrets(databases: Databases) -> Path:
    """The session's own, so that the roles keep their passwords for the other tests."""
    return databases.secrets


@pytest.fixture
async def urls(databases: Databases, secrets: Path) -> AsyncIterator[ServiceUrls]:
    made = await provision(databases.admin_url, secrets, services=["probe"], prefix=PREFIX)
    yield made["probe"]
    await databases.say(f"DROP DATABASE {PREFIX}probe WITH (FORCE)")


async def test_running_it_again_changes_nothing(
    databases: Databases, secrets: Path, urls: ServiceUrls
) -> None:
    again = await provision(databases.admin_url, secrets, services=["probe"], prefix=PREFIX)
    assert again["probe"] == urls


async def test_three_at_once_agree(databases: Databases, secrets: Path) -> None:
    prefix = f"{PREFIX}crowd_"
    runs = [provision(databases.admin_url, secrets, services=["probe"], prefix=prefix) for _ in range(3)]
    first, *others = await asyncio.gather(*runs)
    assert all(other == first for other in others)
    await databases.say(f"DROP DATABASE {prefix}probe WITH (FORCE)")


async def test_secrets_are_for_their_owner_only(urls: ServiceUrls, secrets: Path) -> None:
    for role in (OWNER, APP):
        assert (secrets / f"{role}.password").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "statement",
    ["CREATE TABLE mine (i int)", "DROP TABLE kept", "ALTER TABLE kept ADD COLUMN j int", "TRUNCATE kept"],
)
async def test_the_app_changes_no_table(urls: ServiceUrls, statement: str) -> None:
    owner, app = await connect(urls.owner), await connect(urls.app)
    try:
        await owner.execute("CREATE TABLE kept (i serial)")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app.execute(statement)
    finally:
        await owner.close()
        await app.close()


async def test_the_app_reads_and_writes_what_the_owner_made(urls: ServiceUrls) -> None:
    owner, app = await connect(urls.owner), await connect(urls.app)
    try:
        await owner.execute("CREATE TABLE kept (i serial)")
        await app.execute("INSERT INTO kept DEFAULT VALUES")
        await app.execute("UPDATE kept SET i = 2")
        assert await app.fetchval("DELETE FROM kept RETURNING i") == 2
    finally:
        await owner.close()
        await app.close()


async def test_an_unreachable_server_is_named_without_its_password(secrets: Path) -> None:
    with pytest.raises(Unable, match=r"PostgreSQL at 127\.0\.0\.1:1 does not let us in") as told:
        await provision("postgresql://admin:hidden@127.0.0.1:1/postgres", secrets)
    assert "hidden" not in str(told.value)
