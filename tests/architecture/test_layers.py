"""Imports run down: app and worker, routes and letters, commands and queries, rules and tables, errors.

What import-linter can say, it says (pyproject.toml, run by `make test`); commands and queries have names of their
own, so that their floor is looked at here.
"""

import ast
from pathlib import Path

import pytest

from tests.architecture.source_tree import ROOT, SERVICES, imports_of, module_of, named, parsed, python_files

RANKS = {
    **dict.fromkeys(("app", "worker"), 4),
    **dict.fromkeys(("routes", "letters", "given"), 3),
    **dict.fromkeys(("tables", "rules"), 1),
    "errors": 0,
}
COMMANDS_AND_QUERIES = 2

GROUND = {"registry", "table", "policy", "settings", "words", "given"}
"""What a service keeps beside its subjects for all of them; it stands as low as their tables."""

AT_THE_ROOT = {"__init__", "app", "worker", "given"} | GROUND
"""Everything else lives in a subject, under a verb or a question."""

IMPURE = {
    *("sqlalchemy", "sqlmodel", "asyncpg", "fastapi", "starlette", "httpx", "aiohttp", "asyncio", "pgqueuer"),
    *("random", "secrets", "socket", "subprocess", "time"),
}
"""What a rule cannot need: it is handed everything, also the instant, and returns what it thinks."""


def rank_of(module: str) -> int:
    """Return how high a module stands; 2 for everything that is named after a verb or a question."""
    inside = module.split(".")[2:]
    if inside and inside[0] in GROUND:
        return RANKS["tables"]
    for word in inside:
        if word in RANKS or word.endswith("_routes"):
            return RANKS.get(word, RANKS["routes"])
    return COMMANDS_AND_QUERIES


def floor_of(path: Path) -> int:
    """Return where a module may be imported from: a page of plain values lies as low as a rule."""
    rank = rank_of(module_of(path))
    is_plain = rank == COMMANDS_AND_QUERIES and not {name.split(".")[0] for name in imports_of(path)} & IMPURE
    return RANKS["rules"] if is_plain else rank


@pytest.mark.parametrize("service", SERVICES)
def test_inside_a_service_no_import_climbs(service: str) -> None:
    modules = {module_of(path): path for path in python_files(f"services/{service}")}
    climbing = [
        f"{named(path)} imports {imported}"
        for path in modules.values()
        for imported in imports_of(path) & set(modules)
        if floor_of(modules[imported]) > rank_of(module_of(path))
    ]
    assert not climbing


@pytest.mark.parametrize("service", SERVICES)
def test_beside_its_subjects_a_service_keeps_only_what_holds_it_together(service: str) -> None:
    folder = ROOT / "services" / service
    beside = {path.stem for path in python_files(f"services/{service}") if path.parent == folder}
    assert beside <= AT_THE_ROOT


@pytest.mark.parametrize("root", ["app", "worker"])
@pytest.mark.parametrize("service", SERVICES)
def test_a_composition_root_fits_on_a_page(service: str, root: str) -> None:
    path = ROOT / "services" / service / f"{root}.py"
    assert path.exists()
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 60


def test_a_rule_is_pure() -> None:
    impure = [
        f"{named(path)} imports {imported}"
        for path in python_files("services")
        if "rules" in path.parts or path.stem == "rules"
        for imported in imports_of(path)
        if imported.split(".")[0] in IMPURE or imported == "services.kernel.clock.real_now"
    ]
    assert not impure


def test_a_rule_reads_no_clock() -> None:
    reading = [
        f"{named(path)}:{node.lineno}"
        for path in python_files("services")
        if "rules" in path.parts
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute) and node.attr in {"now", "today", "utcnow"}
    ]
    assert not reading


def test_a_command_opens_no_transaction_and_names_now() -> None:
    """A command takes ``tx`` first and the instant by name: its caller decides both."""
    offenders = []
    for path in python_files(*(f"services/{service}" for service in SERVICES)):
        if rank_of(module_of(path)) != COMMANDS_AND_QUERIES:
            continue
        for node in ast.walk(parsed(path)):
            if not isinstance(node, ast.AsyncFunctionDef) or node.name.startswith("_"):
                continue
            positional = [argument.arg for argument in node.args.args if argument.arg not in {"self", "cls"}]
            if "tx" in positional[1:] or "now" in positional:
                offenders.append(f"{named(path)}:{node.lineno} {node.name}({', '.join(positional)})")
    assert not offenders


def test_a_migration_imports_no_table_of_today() -> None:
    """It must still do the same when the classes have moved on."""
    leaning = [
        f"{named(path)} imports {imported}"
        for path in python_files("services", generated=True)
        if "versions" in path.parts
        for imported in imports_of(path)
        if imported.startswith("services.") and not imported.startswith("services.kernel.database.")
    ]
    assert not leaning
