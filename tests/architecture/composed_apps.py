"""The four services' apps as they are composed, without opening anything."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from services.kernel.settings import Settings

PUBLIC = "/api/v1/"


@cache
def app_of(service: str) -> FastAPI:
    """Return a service's app; its lifespan is not run."""
    app: FastAPI = import_module(f"services.{service}.app").create_app(Settings(keys_dir=Path("unused")))
    return app


@dataclass(frozen=True)
class Door:
    """One address with a handler of ours, as the composed app answers it."""

    path: str
    methods: frozenset[str]
    dependant: Dependant
    description: str
    in_schema: bool

    @property
    def names(self) -> list[str]:
        """``POST /path`` for each of its methods."""
        return [f"{method} {self.path}" for method in sorted(self.methods)]

    def asks_for(self, dependency: Callable[..., Any]) -> bool:
        """Tell whether the handler, or anything it depends on, depends on ``dependency``."""
        return _asks_for(self.dependant, dependency)

    def takes_header(self, name: str) -> bool:
        """Tell whether the handler, or anything it depends on, reads a header."""
        return _takes_header(self.dependant, name)


def doors_of(service: str) -> list[Door]:
    """Return every address of a service."""
    found = []
    for context in iter_route_contexts(app_of(service).routes):
        route = context.original_route
        if isinstance(route, APIRoute):
            found.append(
                Door(
                    path=str(context.path),
                    methods=frozenset(context.methods or ()),
                    dependant=context.dependant,
                    description=route.description,
                    in_schema=route.include_in_schema,
                )
            )
    return found


def _asks_for(dependant: Dependant, dependency: Callable[..., Any]) -> bool:
    return any(need.call is dependency or _asks_for(need, dependency) for need in dependant.dependencies)


def _takes_header(dependant: Dependant, name: str) -> bool:
    own = any(header.alias == name for header in dependant.header_params)
    return own or any(_takes_header(need, name) for need in dependant.dependencies)


def unsafe(doors: list[Door]) -> Iterator[tuple[str, Door]]:
    """Yield ``POST /path`` and the door for whatever changes something."""
    for door in doors:
        for method in sorted(door.methods & {"POST", "PUT", "PATCH", "DELETE"}):
            yield f"{method} {door.path}", door
