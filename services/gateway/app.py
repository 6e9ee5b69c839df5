"""The gateway's HTTP app: an outer door in raw ASGI around a FastAPI app of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.gateway.boards import routes as boards
from services.gateway.identity import account_routes, me_routes, session_routes
from services.gateway.identity.desk import open_desk
from services.gateway.operations import routes as operations
from services.gateway.papers import routes as papers
from services.gateway.papers.gather_documents import DocumentShelf
from services.gateway.public import routes as public
from services.gateway.routing.front_door import FrontDoor
from services.gateway.routing.open_door import open_door
from services.gateway.settings import DoorSettings
from services.kernel.clock import Clock
from services.kernel.settings import Settings
from services.kernel.web.app import build_app

ROUTERS = [
    *(session_routes.router, me_routes.router, account_routes.router),
    *(papers.router, public.router),
    *(boards.api, boards.pages, operations.router),
]


def create_app(
    settings: Settings, clock: Clock | None = None, *, door: DoorSettings | None = None
) -> FrontDoor:
    """Return the public door. ``clock`` and ``door`` replace the platform's in tests."""
    door = door or DoorSettings()
    own = build_app("gateway", settings, routers=ROUTERS, clock=clock)
    open_own = own.router.lifespan_context

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_own(app), open_door(app.state.resources, door) as parts:
            app.state.door = parts
            app.state.desk = open_desk(app.state.resources, door)
            app.state.shelf = DocumentShelf(app.state.resources, app.openapi())
            yield

    own.router.lifespan_context = lifespan
    return FrontDoor(own, door)
