"""Whatever others copy of a roster changes under a new version: the copies follow by it (decision 23)."""

import ast
import re

import pytest

from services.enrollment.registry import metadata
from services.enrollment.roster.page_bounds import COPIED
from tests.architecture.source_tree import named, parsed, python_files

WRITES = re.compile(r"\b(UPDATE|INSERT INTO|DELETE FROM) (\w+)\b")
STAMPS = re.compile(r"\bversion\b")


def statements() -> list[tuple[str, str, str, str]]:
    """Return every written statement of enrollment: file and line, what it does, to which table, its text."""
    found = []
    for path in python_files("services/enrollment"):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                for what, table in WRITES.findall(node.value):
                    found.append((f"{named(path)}:{node.lineno}", what, table, node.value))
    return found


def test_a_statement_that_writes_a_copied_table_says_the_version() -> None:
    silent = [
        f"{where}: {what} {table}"
        for where, what, table, said in statements()
        if table in COPIED and what != "DELETE FROM" and not STAMPS.search(said)
    ]
    assert not silent


def test_a_copied_row_is_never_deleted() -> None:
    """Its copies would keep it: it is marked as removed, or ends."""
    gone = [where for where, what, table, _ in statements() if table in COPIED and what == "DELETE FROM"]
    assert not gone


@pytest.mark.parametrize("table", COPIED)
def test_a_copied_table_carries_the_version_in_every_row_and_can_be_asked_by_it(table: str) -> None:
    version = metadata.tables[table].columns["version"]
    assert not version.nullable
    assert version.default is None
    led = [tuple(column.name for column in index.columns) for index in metadata.tables[table].indexes]
    assert ("school_id", "version") in led or table == "agreement_text"
