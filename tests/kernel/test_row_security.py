"""Rows of other schools do not exist; what is append-only stays as written."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

from services.kernel.database.migrate import with_owner
from services.kernel.database.provision import provision
from services.kernel.database.security import append_only, look_up, secure_school_tables
from services.kernel.database.transaction import Database
from tests.conftest import Databases

NAME = "kehou_row_security_"
HERE, THERE = uuid4(), uuid4()


def lay_down(connection: Connection) -> None:
    """What a migration does for a school's table."""
    op = Operations(MigrationContext.configure(connection))
    op.execute("CREATE TABLE entry (school_id uuid, entry_id int, PRIMARY KEY (school_id, entry_id))")
    secure_school_tables(op, ["entry"])
    append_only(op, ["entry"])
    look_up(op, "where_is(wanted int)", "SETOF uuid", "SELECT school_id FROM entry WHERE entry_id = wanted")
    connection.commit()


@pytest.fixture(scope="module")
async def ledger(databases: Databases) -> AsyncIterator[Database]:
    """A database with one school table, and a row in each of two schools."""
    urls = (await provision(databases.admin_url, databases.secrets, services=["probe"], prefix=NAME))["probe"]
    await with_owner(urls.owner, lay_down)
    database = Database(urls.app)
    async with database.transaction([HERE, THERE]) as tx:
        await tx.execute(
            text("INSERT INTO entry VALUES (:here, 1), (:there, 2)"), {"here": HERE, "there": THERE}
        )
    yield database
    await database.close()
    await databases.say(f"DROP DATABASE {NAME}probe WITH (FORCE)")


@pytest.mark.parametrize(
    ("scope", "seen"), [([], []), ([HERE], [1]), ([THERE], [2]), ([HERE, THERE], [1, 2]), ([uuid4()], [])]
)
async def test_a_forgotten_where_shows_the_own_schools_only(
    ledger: Database, scope: list[UUID], seen: list[int]
) -> None:
    async with ledger.transaction(scope) as tx:
        rows = await tx.execute(text("SELECT entry_id FROM entry ORDER BY 1"))
        assert list(rows.scalars()) == seen


async def test_outside_a_transaction_of_ours_nothing_is_seen(ledger: Database) -> None:
    async with ledger.engine.connect() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM entry"))).scalar() == 0


async def test_a_row_for_another_school_is_refused(ledger: Database) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"):
        async with ledger.transaction([HERE]) as tx:
            await tx.execute(text("INSERT INTO entry VALUES (:there, 3)"), {"there": THERE})


@pytest.mark.parametrize(
    "statement", ["UPDATE entry SET entry_id = 9", "DELETE FROM entry", "TRUNCATE entry"]
)
async def test_what_is_append_only_is_not_rewritten(ledger: Database, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with ledger.transaction([HERE]) as tx:
            await tx.execute(text(statement))


async def test_a_look_up_sees_every_school_and_answers_one_question(ledger: Database) -> None:
    async with ledger.transaction() as tx:
        assert (await tx.execute(text("SELECT where_is(2)"))).scalar() == THERE
