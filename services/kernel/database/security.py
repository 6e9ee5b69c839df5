"""What a migration says about who may see and change a table's rows.

Every table with a ``school_id`` shows only rows of the schools in the transaction's scope
(`services.kernel.database.transaction`); a forgotten WHERE returns nothing. The owner's role is let through by a
policy of its own: backfills in migrations, and the narrow SECURITY DEFINER look-ups that run before any scope
exists (`look_up`), see every school.
"""

from collections.abc import Sequence
from typing import Any

from services.kernel.database.provision import APP, OWNER

IN_SCOPE = "school_id = ANY ((SELECT NULLIF(current_setting('kehou.school_ids', true), '')::uuid[])::uuid[])"
"""The inner SELECT is evaluated once a statement, not once a row."""


def secure_school_tables(op: Any, tables: Sequence[str]) -> None:
    """Let rows of ``tables`` be seen and written only inside the transaction's scope; call it after creating them."""
    for table in tables:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY in_scope ON {table} USING ({IN_SCOPE}) WITH CHECK ({IN_SCOPE})")
        op.execute(f"CREATE POLICY owner_maintains ON {table} TO {OWNER} USING (true) WITH CHECK (true)")


def append_only(op: Any, tables: Sequence[str]) -> None:
    """Take from the app the means to rewrite or remove rows of ``tables``: a mistake is corrected by a new row."""
    for table in tables:
        op.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {APP}")


def look_up(op: Any, signature: str, returns: str, query: str) -> None:
    """Make a function that sees every school: for what is asked before a scope exists, such as a login by phone.

    Args:
        op: The migration's operations.
        signature: Name and arguments: ``login_by_phone(phone_index bytea)``.
        returns: What comes back: ``TABLE (school_id uuid, staff_id uuid)``.
        query: One SELECT that answers exactly this and no more.
    """
    op.execute(
        f"CREATE FUNCTION {signature} RETURNS {returns} LANGUAGE sql STABLE SECURITY DEFINER "
        f"SET search_path = public, pg_temp AS $look_up${query}$look_up$"
    )
    op.execute(f"REVOKE ALL ON FUNCTION {_named(signature)} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {_named(signature)} TO {APP}")


def take_longer(op: Any, *, seconds: int) -> None:
    """Let the statements of this one migration run for ``seconds`` instead of five: a backfill, an index."""
    op.execute(f"SET LOCAL statement_timeout = '{seconds}s'")


def _named(signature: str) -> str:
    """Return a function's name as GRANT wants it; the name alone suffices while it is not overloaded."""
    return signature.split("(", 1)[0].strip()
