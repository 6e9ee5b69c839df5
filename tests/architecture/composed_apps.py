"""The four services' apps as they are composed, without opening anything."""

from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from services.kernel.settings import Settings

PUBLIC = "/api/v1/"


@cache
def app_of(service: str) -> FastAPI:
    """Return a service's app; its lifespan is not run."""
    app: FastAPI = import_module(f"services.{service}.app").create_app(Settings(keys_dir=Path("unused")))
    return app


def routes_of(service: str) -> list[APIRoute]:
    """Return the app's routes with a handler of ours."""
    return [route for route in app_of(service).routes if isinstance(route, APIRoute)]


def asks_for(dependant: Dependant, dependency: Callable[..., Any]) -> bool:
    """Tell whether a route, or anything it depends on, depends on ``dependency``."""
    return any(need.call is dependency or asks_for(need, dependency) for need in dependant.dependencies)


def unsafe(routes: list[APIRoute]) -> Iterator[tuple[str, APIRoute]]:
    """Yield ``POST /path`` and the route for whatever changes something."""
    for route in routes:
        for method in sorted(set(route.methods or ()) & {"POST", "PUT", "PATCH", "DELETE"}):
            yield f"{method} {route.path}", route
