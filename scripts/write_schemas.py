"""Write the JSON Schemas of everything that services say to each other, from the classes themselves.

    python -m scripts.write_schemas

One file for each fact, one for each owner's internal requests and answers. They are committed, so that a change of
the wire shows in the diff of a change; tests/contracts compares them with the classes.
"""

import json
import pkgutil
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic.json_schema import models_json_schema

from services.contracts import facts, internal
from services.contracts.wire import Fact, Wire

SCHEMAS = Path(__file__).parents[1] / "services" / "contracts" / "schemas"


def fact_classes() -> list[type[Fact]]:
    """Return every fact of every sender."""
    found = {model for model in _models_of(facts) if issubclass(model, Fact)}
    return sorted(found, key=kind_of)


def kind_of(fact: type[Fact]) -> str:
    """Return a fact's word on the wire."""
    return str(fact.model_fields["kind"].default)


def schema_texts() -> dict[str, str]:
    """Return every schema as it should stand in the tree, by its path under ``SCHEMAS``."""
    texts = {f"facts/{kind_of(fact)}.json": _as_text(fact.model_json_schema()) for fact in fact_classes()}
    for owner in pkgutil.iter_modules(internal.__path__):
        page = import_module(f"{internal.__name__}.{owner.name}")
        models = sorted(
            (model for model in _models_in(page) if model.__module__ == page.__name__),
            key=lambda model: model.__name__,
        )
        _, defined = models_json_schema(
            [(model, "validation") for model in models], title=f"internal.{owner.name}"
        )
        texts[f"internal/{owner.name}.json"] = _as_text(defined)
    return texts


def _models_of(package: Any) -> set[type[Wire]]:
    return {
        model
        for found in pkgutil.iter_modules(package.__path__)
        for model in _models_in(import_module(f"{package.__name__}.{found.name}"))
    }


def _models_in(page: Any) -> set[type[Wire]]:
    return {
        value
        for name, value in vars(page).items()
        if isinstance(value, type)
        and issubclass(value, Wire)
        and value not in {Wire, Fact}
        and not name.startswith("_")
    }


def _as_text(schema: dict[str, Any]) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def main() -> None:
    """Bring the folder to what the classes say; a schema without a class goes."""
    texts = schema_texts()
    for stale in set(SCHEMAS.rglob("*.json")) - {SCHEMAS / name for name in texts}:
        stale.unlink()
    for name, text in texts.items():
        (SCHEMAS / name).parent.mkdir(parents=True, exist_ok=True)
        (SCHEMAS / name).write_text(text, encoding="utf-8")
    print(f"{len(texts)} schemas")


if __name__ == "__main__":
    main()
