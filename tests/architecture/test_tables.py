"""Each table belongs to a school, or to a short list of tables that belong to the platform (decision 3).

That ``school_id`` leads every key, and that the wall stands, tests/kernel shows on the migrated database.
"""

import subprocess
import sys
from importlib import import_module

import pytest
from sqlalchemy import Column, Date, DateTime, Integer, Table, Time, Uuid
from sqlalchemy.types import BigInteger, SmallInteger

from services.kernel.database.migrate import metadata_of
from services.kernel.database.tables import KERNEL_TABLES
from tests.architecture.source_tree import ROOT, SERVICES, imports_of, module_of, python_files

MOST_PLATFORM_TABLES = 12
"""Beside the kernel's own. Whoever adds one says why in its docstring."""


def platform_of(service: str) -> frozenset[str]:
    return frozenset(import_module(f"services.{service}.registry").PLATFORM)


def tables_of(service: str) -> list[Table]:
    return list(metadata_of(service).tables.values())


def school_tables(service: str) -> list[Table]:
    return [table for table in tables_of(service) if table.name not in platform_of(service)]


@pytest.mark.parametrize("service", SERVICES)
def test_the_registry_names_every_page_of_tables(service: str) -> None:
    """Migrations import the registry and nothing else; a page that it forgets would be dropped by the next one."""
    pages = {module_of(path) for path in python_files(f"services/{service}") if path.stem == "tables"}
    assert pages <= imports_of(ROOT / "services" / service / "registry.py")


FLUSH_ORDER = """
import sys
from importlib import import_module
from services.kernel.database.service_table import ServiceTable
import_module(f"services.{sys.argv[1]}.{sys.argv[2]}")
for base in ServiceTable.__subclasses__():
    assert base.metadata.sorted_tables or not base.metadata.tables
"""


@pytest.mark.parametrize("part", ["app", "worker"])
@pytest.mark.parametrize("service", SERVICES)
def test_each_process_knows_the_tables_that_its_own_refer_to(service: str, part: str) -> None:
    """In one process with everything imported nothing is missing; a worker alone failed at its first flush."""
    command = [sys.executable, "-W", "error", "-c", FLUSH_ORDER, service, part]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - ourselves
    assert done.returncode == 0, done.stderr[-500:]


@pytest.mark.parametrize("service", SERVICES)
def test_the_list_of_platform_tables_is_short_and_true(service: str) -> None:
    names = {table.name for table in tables_of(service)}
    assert platform_of(service) <= names
    assert names >= KERNEL_TABLES
    assert len(platform_of(service) - KERNEL_TABLES) <= MOST_PLATFORM_TABLES


@pytest.mark.parametrize("service", SERVICES)
def test_a_row_refers_only_to_rows_of_its_own_school(service: str) -> None:
    platform = platform_of(service)
    astray = [
        f"{table.name} -> {key.referred_table.name}"
        for table in school_tables(service)
        for key in table.foreign_key_constraints
        if key.referred_table.name not in platform
        and next((pair.parent.name, pair.column.name) for pair in key.elements) != ("school_id", "school_id")
    ]
    assert not astray


def fits(column: Column[object]) -> bool:
    """Tell whether a column's type is what its name promises."""
    name, kind = column.name, column.type
    if name.endswith("_at"):
        return (isinstance(kind, DateTime) and kind.timezone) or isinstance(kind, Time)
    if name.endswith("_on"):
        return isinstance(kind, Date)
    if name.endswith("_fen"):
        return isinstance(kind, Integer | BigInteger | SmallInteger)
    if name in {"school_id", "child_id", "staff_id", "guardian_id", "account_id", "entry_id"}:
        return isinstance(kind, Uuid)
    return True


@pytest.mark.parametrize("service", SERVICES)
def test_a_columns_name_tells_its_type(service: str) -> None:
    """Instants (and times of the school's wall clock) end in _at, its days in _on, money in _fen."""
    odd = [
        f"{table.name}.{column.name}: {column.type}"
        for table in tables_of(service)
        for column in table.columns
        if not fits(column)
    ]
    assert not odd


@pytest.mark.parametrize("service", SERVICES)
def test_no_instant_is_kept_without_its_zone(service: str) -> None:
    naive = [
        f"{table.name}.{column.name}"
        for table in tables_of(service)
        for column in table.columns
        if isinstance(column.type, DateTime) and not column.type.timezone
    ]
    assert not naive
