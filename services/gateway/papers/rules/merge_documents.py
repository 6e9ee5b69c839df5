"""Make one OpenAPI 3.1 document of several: only public paths, one namespace of components, our own problems."""

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from services.contracts.doors import DOOR

Document = dict[str, Any]

PREFIX = "/api/v1/"
OWN = "gateway"
_REF = "#/components/schemas/"
_METHODS = frozenset({"get", "put", "post", "delete", "patch", "head", "options"})
_OF_FASTAPI = frozenset({"HTTPValidationError", "ValidationError"})
"""What FastAPI says about 422; we answer problems."""

PROBLEM: Document = {
    "type": "object",
    "title": "Problem",
    "description": "Why the platform will not do this (RFC 9457). Facts about the case are further members.",
    "required": ["type", "title", "detail", "status"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:kehou:problem:offering-full"]},
        "title": {"type": "string", "description": "English, for developers."},
        "detail": {"type": "string", "description": "A Chinese sentence that can be shown to a parent."},
        "status": {"type": "integer"},
    },
    "additionalProperties": True,
}
REFUSALS = {
    "401": "Nobody is known to be calling: log in, or refresh the token.",
    "422": "The request cannot be understood; `errors` says where.",
    "429": "Too often; `Retry-After` says when to come back.",
    "503": "A service does not answer; safe to try again after `Retry-After`.",
    "default": "A named refusal; `docs/problems.md` lists them all.",
}


def merge_documents(parts: Mapping[str, Document]) -> Document:
    """Return one document of what each service says of itself (``service -> its own document``)."""
    public = {service: _public_part(service, document) for service, document in parts.items()}
    clashing = _clashing(public)
    schemas: Document = {"Problem": PROBLEM}
    paths: Document = {}
    for service, (own_paths, own_schemas) in public.items():
        names = {name: _name(service, name, clashing) for name in own_schemas}
        for path, item in own_paths.items():
            paths[path] = _renamed(_with_refusals(path, item), names)
        for name, schema in own_schemas.items():
            schemas[names[name]] = _renamed(schema, names)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "kehou",
            "version": "1",
            "description": "After-school service of public schools: everything that phones and consoles may ask.",
        },
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}],
        "tags": [{"name": tag} for tag in sorted(_tags(paths))],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "The access token of `POST /api/v1/sessions/wechat` or `…/refresh`.",
                }
            },
        },
    }


def _public_part(service: str, document: Document) -> tuple[Document, Document]:
    """Return the paths that the door leads to this service, and the schemas that they need."""
    paths = {
        path: item
        for path, item in document.get("paths", {}).items()
        if path.startswith(PREFIX) and DOOR.get(path[len(PREFIX) :].partition("/")[0], OWN) == service
    }
    every: Document = document.get("components", {}).get("schemas", {})
    needed: Document = {}
    waiting = list(_references(paths))
    while waiting:
        name = waiting.pop()
        if name not in needed and name in every and name not in _OF_FASTAPI:
            needed[name] = every[name]
            waiting.extend(_references(every[name]))
    return paths, needed


def _clashing(public: Mapping[str, tuple[Document, Document]]) -> set[str]:
    """Return the names by which two services mean different things, also by what they refer to."""
    meanings: dict[str, set[str]] = {"Problem": {json.dumps(PROBLEM, sort_keys=True)}}
    schemas = [schema for _, own in public.values() for schema in own.items()]
    for name, schema in schemas:
        meanings.setdefault(name, set()).add(json.dumps(schema, sort_keys=True))
    clashing = {name for name, said in meanings.items() if len(said) > 1}
    while spread := {name for name, schema in schemas if clashing & set(_references(schema))} - clashing:
        clashing |= spread
    return clashing


def _name(service: str, name: str, clashing: set[str]) -> str:
    return service.capitalize() + name if name in clashing else name


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for key, value in part.items():
            if key == "$ref" and isinstance(value, str):
                yield value.removeprefix(_REF)
            else:
                yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)


def _renamed(part: Any, names: Mapping[str, str]) -> Any:
    if isinstance(part, list):
        return [_renamed(value, names) for value in part]
    if not isinstance(part, dict):
        return part
    changed = {key: _renamed(value, names) for key, value in part.items()}
    if isinstance(reference := changed.get("$ref"), str):
        name = reference.removeprefix(_REF)
        changed["$ref"] = _REF + names.get(name, name)
    if isinstance(mapping := part.get("mapping"), dict):
        changed["mapping"] = {
            key: _REF + names.get(str(value).removeprefix(_REF), str(value).removeprefix(_REF))
            for key, value in mapping.items()
        }
    return changed


def _with_refusals(path: str, item: Document) -> Document:
    """Say what every operation may answer beside success, and whether it needs a token."""
    item = deepcopy(item)
    for method in _METHODS & item.keys():
        operation = item[method]
        if path.startswith(f"{PREFIX}public/"):
            operation["security"] = []
        operation.setdefault("tags", [path[len(PREFIX) :].partition("/")[0]])
        responses = {
            status: response for status, response in operation.get("responses", {}).items() if status != "422"
        }
        for status, meaning in REFUSALS.items():
            if status == "401" and operation.get("security") == []:
                continue
            responses[status] = {
                "description": meaning,
                "content": {"application/problem+json": {"schema": {"$ref": f"{_REF}Problem"}}},
            }
        operation["responses"] = responses
    return item


def _tags(paths: Document) -> set[str]:
    return {
        tag
        for item in paths.values()
        for method in _METHODS & item.keys()
        for tag in item[method].get("tags", [])
    }
