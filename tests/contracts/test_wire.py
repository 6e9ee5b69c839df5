"""The words on the wire: committed as schemas, readable in the form in which they were first spoken."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from scripts.write_schemas import SCHEMAS, fact_classes, kind_of, schema_texts
from services.contracts.wire import Fact

SAMPLES = Path(__file__).parent / "samples"
"""As they were sent on the day when the word was new. A sample is never changed: a fact that needs another form is
a new word (``.v2``) with a sample of its own, beside the old one for a release."""

PERSONAL = {
    *(
        "name",
        "phone",
        "openid",
        "address",
        "birthday",
        "born_year",
        "student_no",
        "pinyin",
        "note",
        "health",
    ),
    *("text", "body", "title"),
}

FACTS = fact_classes()


def sample_of(fact: type[Fact]) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((SAMPLES / f"{kind_of(fact)}.json").read_text(encoding="utf-8"))
    return told


def fields_of(model: type[BaseModel]) -> set[str]:
    """Return the names of a model's fields and of those of the models inside it."""
    names = set(model.model_json_schema()["properties"])
    for inner in model.model_json_schema().get("$defs", {}).values():
        names |= set(inner.get("properties", {}))
    return names


def test_the_committed_schemas_are_those_of_the_classes() -> None:
    committed = {
        path.relative_to(SCHEMAS).as_posix(): path.read_text(encoding="utf-8")
        for path in SCHEMAS.rglob("*.json")
    }
    assert committed == schema_texts(), "run `python -m scripts.write_schemas` and read the difference"


@pytest.mark.parametrize("fact", FACTS, ids=kind_of)
def test_what_was_said_in_the_beginning_is_still_understood(fact: type[Fact]) -> None:
    told = sample_of(fact)
    understood = fact.model_validate(told).model_dump(mode="json")
    assert {name: understood[name] for name in told if name != "at"} == {
        name: value for name, value in told.items() if name != "at"
    }


@pytest.mark.parametrize("fact", FACTS, ids=kind_of)
def test_a_reader_ignores_a_field_that_is_newer_than_itself(fact: type[Fact]) -> None:
    told = sample_of(fact)
    assert fact.model_validate({**told, "added_later": {"deep": [1]}}) == fact.model_validate(told)


@pytest.mark.parametrize("fact", FACTS, ids=kind_of)
def test_a_fact_names_its_schools(fact: type[Fact]) -> None:
    assert fact.model_validate(sample_of(fact)).schools()


@pytest.mark.parametrize("fact", FACTS, ids=kind_of)
def test_no_name_and_no_phone_crosses_the_wire_in_a_letter(fact: type[Fact]) -> None:
    assert not fields_of(fact) & PERSONAL


def test_every_sample_belongs_to_a_fact() -> None:
    assert {path.stem for path in SAMPLES.glob("*.json")} == {kind_of(fact) for fact in FACTS}
