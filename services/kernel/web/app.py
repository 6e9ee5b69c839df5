"""The one way to make a service's HTTP app."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

from services.kernel.clock import Clock
from services.kernel.letters.envelope import Hears, Post, Receipt
from services.kernel.letters.operate import LetterFigures, StuckBatch, letter_figures, stuck_batches
from services.kernel.letters.receive import receive
from services.kernel.log import configure_logs
from services.kernel.problems import Unavailable
from services.kernel.resources import open_resources
from services.kernel.settings import Settings
from services.kernel.web.dependencies import Held, InternalCaller, InternalTx, Now
from services.kernel.web.envelope import Envelope
from services.kernel.web.problems import answer_problems


class DatabaseSilent(Unavailable):
    """The service's database does not answer."""


def build_app(
    service: str,
    settings: Settings,
    *,
    routers: Sequence[APIRouter],
    hears: Sequence[Hears] = (),
    clock: Clock | None = None,
) -> FastAPI:
    """Return a service's app: its routers, its ears, and what every service answers.

    ``app.state.resources`` is open while the app's lifespan runs. ``clock`` replaces the platform's in tests.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        configure_logs(service, settings.log_level)
        async with open_resources(service, settings, clock=clock) as held:
            app.state.resources = held
            yield

    app = FastAPI(
        title=f"kehou {service}",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/internal/openapi.json",
    )
    app.state.ears = {ear.kind: ear for ear in hears}
    app.include_router(_standing_routes(app))
    for router in routers:
        app.include_router(router)
    answer_problems(app)
    app.add_middleware(Envelope, service=service)
    return app


def _standing_routes(app: FastAPI) -> APIRouter:
    """Return the addresses that every service has; none of them passes the gateway."""
    router = APIRouter(include_in_schema=False)

    @router.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "alive"}

    @router.get("/ready")
    async def ready(held: Held) -> dict[str, str]:
        try:
            async with held.database.transaction() as tx:
                await tx.execute(text("SELECT 1"))
        except OSError as fault:
            raise DatabaseSilent from fault
        return {"status": "ready"}

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    @router.post("/internal/letters")
    async def letters(post: Post, held: Held, now: Now, _: InternalCaller) -> Receipt:
        return await receive(held.database, app.state.ears, post.letters, now=now)

    @router.get("/internal/letters/figures")
    async def figures(tx: InternalTx) -> LetterFigures:
        return await letter_figures(tx)

    @router.get("/internal/letters/stuck")
    async def stuck(tx: InternalTx) -> list[StuckBatch]:
        return await stuck_batches(tx)

    return router
