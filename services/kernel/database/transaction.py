"""One engine a process; every transaction carries the schools that its caller may see."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

_SET_SCOPE = text("SELECT set_config('kehou.school_ids', :school_ids, true)")


def _to_json(value: Any) -> str:
    return orjson.dumps(value).decode()


STATEMENTS = 500
"""Prepared statements kept per connection: a service says some two hundred different ones."""


class Database:
    """A service's own database, reached as the app's role.

    Isolation is READ COMMITTED: with a lock on the parent row it is exact, where REPEATABLE READ oversells
    (docs/decisions/0004-read-committed.md; tests/races shows it).
    """

    def __init__(self, url: str, *, pool_size: int = 12) -> None:
        self.url = url
        self.engine = create_async_engine(
            url,
            pool_size=pool_size,
            # No overflow: a connection that is thrown away after use costs 30 ms of both sides' time to make.
            max_overflow=0,
            pool_pre_ping=False,
            connect_args={"prepared_statement_cache_size": STATEMENTS, "statement_cache_size": STATEMENTS},
            # A failed statement is logged; what it was about (names, phones) is not.
            hide_parameters=True,
            json_serializer=_to_json,
            json_deserializer=orjson.loads,
        )
        self.sessions = async_sessionmaker(self.engine, expire_on_commit=False)

    @asynccontextmanager
    async def transaction(self, scope: Iterable[UUID] = ()) -> AsyncIterator[AsyncSession]:
        """Begin with ``scope``, commit at the end, roll back if the block raised.

        Row-level security shows only rows of the schools in ``scope``. Setting it is also the statement that
        really sends BEGIN: SQLAlchemy begins lazily, and what goes past it to the driver before that would not
        be rolled back.
        """
        async with await self._begun(list(scope)) as tx:
            yield tx
            await tx.commit()

    async def _begun(self, scope: list[UUID]) -> AsyncSession:
        """Return a session that has begun; a connection that the server dropped meanwhile is replaced.

        Nothing but BEGIN was asked of it yet, so asking another connection is safe. One retry suffices: the
        first disconnect empties the pool.
        """
        tx = self.sessions()
        try:
            await set_scope(tx, scope)
        except DBAPIError as fault:
            await tx.close()
            if not fault.connection_invalidated:
                raise
            tx = self.sessions()
            await set_scope(tx, scope)
        return tx

    async def close(self) -> None:
        """Give all connections back."""
        await self.engine.dispose()


async def set_scope(tx: AsyncSession, scope: Iterable[UUID]) -> None:
    """Let the rest of this transaction see these schools and no others."""
    await tx.execute(_SET_SCOPE, {"school_ids": "{" + ",".join(str(school) for school in scope) + "}"})


async def raw(tx: AsyncSession) -> Any:
    """Return the asyncpg connection inside this transaction: for bulk statements and for PgQueuer.

    Raises:
        RuntimeError: the transaction has not really begun, so that nothing done here would be rolled back.
    """
    borrowed = await (await tx.connection()).get_raw_connection()
    connection = borrowed.driver_connection
    if connection is None or not connection.is_in_transaction():
        raise RuntimeError("no transaction is open on this connection yet: run a statement on it first")
    return connection
