"""A transaction is all or nothing, and outlives a restart of the database between two of them."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from sqlalchemy import text

from services.kernel.database.transaction import Database, raw
from tests.conftest import Databases

WRITE = text("INSERT INTO inbox (letter_id, kind, sender) VALUES (:id, 'a', 'b')")
COUNT = text("SELECT count(*) FROM inbox")


@pytest.fixture
async def db(databases: Databases) -> AsyncIterator[Database]:
    async with databases.fresh("gateway") as database:
        yield database


async def count(db: Database) -> int:
    async with db.transaction() as tx:
        return int((await tx.execute(COUNT)).scalar_one())


async def write_and_fail(db: Database) -> None:
    async with db.transaction() as tx:
        await tx.execute(WRITE, {"id": uuid4()})
        raise ZeroDivisionError


async def write_past_sqlalchemy_and_fail(db: Database) -> None:
    async with db.transaction() as tx:
        connection = await raw(tx)
        await connection.execute("INSERT INTO inbox (letter_id, kind, sender) VALUES ($1, 'a', 'b')", uuid4())
        raise ZeroDivisionError


async def test_a_block_that_raises_leaves_nothing(db: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        await write_and_fail(db)
    assert await count(db) == 0


async def test_what_goes_past_sqlalchemy_is_rolled_back_as_well(db: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        await write_past_sqlalchemy_and_fail(db)
    assert await count(db) == 0


async def test_connections_that_the_server_dropped_are_replaced_unseen(
    db: Database, databases: Databases
) -> None:
    assert await count(db) == 0
    name = db.engine.url.database
    end_all = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
    await databases.say(f"{end_all}'{name}'")
    async with db.transaction() as tx:
        await tx.execute(WRITE, {"id": uuid4()})
    assert await count(db) == 1
