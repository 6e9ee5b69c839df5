"""What surrounds every request: its id, its size, how long it took, and an answer even when all fails."""

import time
from collections.abc import MutableMapping
from http import HTTPStatus
from typing import Any

import structlog
from prometheus_client import Counter, Histogram
from starlette.exceptions import HTTPException as StarletteHTTPException  # noqa: TID251 - see BodyTooLarge
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.kernel.ids import new_id
from services.kernel.web.problems import unexpected

MOST_BYTES = 1 << 20
"""A request's body, unless its path is among `LARGE_PATHS`."""
MOST_BYTES_OF_A_FILE = 12 << 20
LARGE_PATHS = ("/api/v1/imports/",)

REQUESTS = Counter("kehou_requests_total", "Requests answered.", ["service", "route", "status"])
SECONDS = Histogram(
    "kehou_request_seconds",
    "From the first byte in to the last byte out, real time.",
    ["service", "route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


class Envelope:
    """Outermost ASGI layer of every app."""

    def __init__(self, app: ASGIApp, service: str) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = request_id_of(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        structlog.contextvars.bind_contextvars(request_id=request_id)
        seen: dict[str, int] = {}
        started = time.perf_counter()

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen["status"] = message["status"]
                message.setdefault("headers", []).append((b"x-request-id", request_id.encode()))
            await send(message)

        try:
            await self._app(scope, _limited(receive, scope["path"]), tell)
        except Exception:
            if "status" in seen:
                raise
            await unexpected(request_id)(scope, receive, tell)
        finally:
            route = getattr(scope.get("route"), "path", "unmatched")
            REQUESTS.labels(self._service, route, str(seen.get("status", 0))).inc()
            SECONDS.labels(self._service, route).observe(time.perf_counter() - started)
            structlog.contextvars.unbind_contextvars("request_id")


class BodyTooLarge(StarletteHTTPException):
    """The only kind of exception that FastAPI hands on from reading a body as it is."""

    def __init__(self) -> None:
        super().__init__(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def request_id_of(scope: MutableMapping[str, Any]) -> str:
    """Return the id that came with a request, where it is one, or a new one."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and len(value) <= 64 and value.replace(b"-", b"").isalnum():
            return str(value.decode("ascii"))
    return str(new_id())


def most_bytes_of(path: str) -> int:
    """Return how large the body of a request to ``path`` may be."""
    return MOST_BYTES_OF_A_FILE if path.startswith(LARGE_PATHS) else MOST_BYTES


def _limited(receive: Receive, path: str) -> Receive:
    most = most_bytes_of(path)
    taken = 0

    async def counted() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            raise BodyTooLarge
        return message

    return counted
