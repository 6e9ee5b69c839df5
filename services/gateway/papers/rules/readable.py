"""Turn the document into what a page shows: groups of operations, each with its fields in words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Document = Mapping[str, Any]

_REF = "#/components/schemas/"
_METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Kind:
    """A type in words; ``models`` are the names in it that have an entry of their own."""

    words: str
    models: tuple[str, ...] = ()


@dataclass(frozen=True)
class Field:
    """A parameter or a member."""

    name: str
    kind: Kind
    required: bool
    description: str
    place: str = ""


@dataclass(frozen=True)
class Operation:
    """One method at one path."""

    method: str
    path: str
    summary: str
    description: str
    login_free: bool
    parameters: list[Field]
    takes: Kind | None
    gives: Kind | None
    status: str


@dataclass(frozen=True)
class Model:
    """One schema with its members, or with its values where it is a list of words."""

    name: str
    description: str
    fields: list[Field]
    values: list[str]


@dataclass(frozen=True)
class Reading:
    """The whole page: tag -> operations, and all models by name."""

    groups: dict[str, list[Operation]] = field(default_factory=dict)
    models: list[Model] = field(default_factory=list)


def readable(document: Document) -> Reading:
    """Return the page of a merged document."""
    groups: dict[str, list[Operation]] = {}
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                operation = _operation(method, path, item[method])
                groups.setdefault(item[method]["tags"][0], []).append(operation)
    models = [_model(name, schema) for name, schema in document["components"]["schemas"].items()]
    return Reading(dict(sorted(groups.items())), models)


def kind_of(schema: Document) -> Kind:
    """Return a schema's type in words: ``list of Scan``, ``text (uuid) or nothing``."""
    if reference := schema.get("$ref"):
        name = str(reference).removeprefix(_REF)
        return Kind(name, (name,))
    if some := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
        return _joined(" or ", [kind_of(one) for one in some])
    if "items" in schema:
        return _wrapped("list of", schema["items"])
    if isinstance(schema.get("additionalProperties"), dict):
        return _wrapped("map to", schema["additionalProperties"])
    return Kind(_plain(schema))


def _wrapped(word: str, schema: Document) -> Kind:
    inner = kind_of(schema)
    return Kind(f"{word} {inner.words}", inner.models)


def _plain(schema: Document) -> str:
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    if "const" in schema:
        return f"always {schema['const']}"
    words = {"string": "text", "array": "list", "null": "nothing"}
    told = str(schema.get("type", "anything"))
    form = schema.get("format")
    return words.get(told, told) + (f" ({form})" if form else "")


def _joined(word: str, kinds: list[Kind]) -> Kind:
    return Kind(
        word.join(kind.words for kind in kinds), tuple(name for kind in kinds for name in kind.models)
    )


def _operation(method: str, path: str, told: Document) -> Operation:
    description = str(told.get("description", ""))
    summary, _, rest = description.partition("\n\n")
    status, success = next(
        ((status, response) for status, response in told["responses"].items() if status.startswith("2")),
        ("", {}),
    )
    return Operation(
        method=method.upper(),
        path=path,
        summary=summary or str(told.get("summary", "")),
        description=rest,
        login_free=told.get("security") == [],
        parameters=[_parameter(one) for one in told.get("parameters", [])],
        takes=_content(told.get("requestBody", {})),
        gives=_content(success),
        status=status,
    )


def _parameter(told: Document) -> Field:
    return Field(
        name=told["name"],
        kind=kind_of(told.get("schema", {})),
        required=bool(told.get("required")),
        description=str(told.get("description", "")),
        place=told["in"],
    )


def _content(told: Document) -> Kind | None:
    for media, content in told.get("content", {}).items():
        kind = kind_of(content.get("schema", {}))
        return kind if media == "application/json" else Kind(f"{kind.words} ({media})", kind.models)
    return None


def _model(name: str, schema: Document) -> Model:
    required = set(schema.get("required", ()))
    fields = [
        Field(member, kind_of(told), member in required, str(told.get("description", "")))
        for member, told in schema.get("properties", {}).items()
    ]
    return Model(
        name, str(schema.get("description", "")), fields, [str(value) for value in schema.get("enum", ())]
    )
