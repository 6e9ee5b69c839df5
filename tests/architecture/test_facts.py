"""Every fact has a sender that says it, readers that hear it, and a road between them."""

import ast
from pathlib import Path
from typing import Any

import pytest

from scripts.write_schemas import fact_classes, kind_of
from services.contracts.wire import Fact
from services.kernel.resources import open_resources
from services.kernel.settings import Settings
from tests.architecture.composed_apps import app_of
from tests.architecture.source_tree import SERVICES, parsed, python_files
from tests.architecture.worker_parts import readers_of_worker, write_keys

FACTS = fact_classes()


def sender_of(fact: type[Fact]) -> str:
    return kind_of(fact).partition(".")[0]


@pytest.mark.parametrize("fact", FACTS, ids=kind_of)
def test_a_fact_is_named_after_its_sender_and_versioned(fact: type[Fact]) -> None:
    sender, word, version = kind_of(fact).split(".")
    assert sender in SERVICES
    assert fact.__module__ == f"services.contracts.facts.{sender}"
    assert word.replace("-", "").isalpha()
    assert version[0] == "v"
    assert version[1:].isdigit()


@pytest.mark.parametrize("fact", FACTS, ids=kind_of)
def test_a_fact_has_readers(fact: type[Fact]) -> None:
    assert fact.READERS
    assert set(fact.READERS) <= set(SERVICES) - {sender_of(fact)}


@pytest.mark.parametrize("fact", FACTS, ids=kind_of)
def test_the_readers_of_a_fact_really_hear_it(fact: type[Fact]) -> None:
    for reader in fact.READERS:
        ear = app_of(reader).state.ears.get(kind_of(fact))
        assert ear is not None, f"{reader} has no ear for {kind_of(fact)}"
        assert ear.fact is fact


@pytest.mark.parametrize("service", SERVICES)
def test_nobody_listens_for_what_is_not_told_to_it(service: str) -> None:
    told = {kind_of(fact) for fact in FACTS if service in fact.READERS}
    assert set(app_of(service).state.ears) == told


@pytest.mark.parametrize("fact", FACTS, ids=kind_of)
def test_a_fact_is_known_to_its_sender_and_its_readers_and_to_nobody_else(fact: type[Fact]) -> None:
    knowing = {
        path.parts[path.parts.index("services") + 1]
        for path in python_files(*(f"services/{service}" for service in SERVICES))
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ImportFrom) and fact.__name__ in {alias.name for alias in node.names}
    }
    assert knowing == {sender_of(fact), *fact.READERS}


@pytest.mark.parametrize("service", SERVICES)
async def test_a_worker_can_carry_letters_to_every_reader_of_its_service(
    service: str, tmp_path: Path
) -> None:
    settings: Any = Settings(
        database_url="postgresql+asyncpg://nobody@127.0.0.1/nowhere", keys_dir=write_keys(tmp_path)
    )
    async with open_resources(service, settings) as resources:
        roads = readers_of_worker(service, resources)
    assert {reader for fact in FACTS if sender_of(fact) == service for reader in fact.READERS} <= roads
