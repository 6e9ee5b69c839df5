"""PgQueuer's own tables: made by the owner in a service's first migration, left alone by autogenerate."""

from typing import Any

from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment
from pgqueuer.domain.settings import DBSettings, Durability

JOB_TABLES = frozenset({"pgqueuer", "pgqueuer_log", "pgqueuer_schedules", "pgqueuer_statistics"})
"""Ids only, no row security: the worker takes jobs of every school."""


def install_jobs(op: Any) -> None:
    """Create the queue; its log and statistics are unlogged, since a crash may forget them.

    The script holds many statements, which only the driver itself takes. It joins the migration's transaction:
    the SELECT before it makes SQLAlchemy really send BEGIN.
    """
    script = _builder().build_install_query()
    bind = op.get_bind()
    bind.exec_driver_sql("SELECT 1")

    async def run(driver: Any) -> None:
        await driver.execute(script)

    connection: Any = bind.connection.dbapi_connection
    connection.run_async(run)


def remove_jobs(op: Any) -> None:
    """Drop what `install_jobs` made."""
    for statement in _builder().build_uninstall_query().split(";"):
        if statement.strip():
            op.execute(statement)


def _builder() -> QueryBuilderEnvironment:
    return QueryBuilderEnvironment(DBSettings(durability=Durability.balanced))
