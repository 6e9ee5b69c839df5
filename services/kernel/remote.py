"""Ask a neighbour over HTTP: time-outs, retries of safe calls, a circuit breaker, problems back into refusals."""

from collections.abc import Mapping, Sequence
from copy import copy
from datetime import timedelta
from typing import Any, TypeVar, overload

import httpx
import stamina
import structlog
from httpx_aiohttp import AiohttpTransport
from purgatory import AsyncCircuitBreakerFactory
from purgatory.domain.model import OpenedState
from pydantic import BaseModel

from services.kernel.problems import NeighbourSilent, RemoteRefusal
from services.kernel.tokens import INTERNAL, Identity, Signer

TIMEOUT = httpx.Timeout(10.0, connect=2.0)
SAFE_METHODS = frozenset({"GET", "HEAD"})
TRIES = 3
PERSONS_TTL = timedelta(minutes=1)
BREAKER_FAULTS = 8
BREAKER_REST_SECONDS = 2.0

Answer = TypeVar("Answer", bound=BaseModel)
Query = Mapping[str, str | int | Sequence[str]]


def open_http() -> httpx.AsyncClient:
    """Return the process' HTTP client, on the aiohttp transport (five times plain httpx here, bench/README.md)."""
    return httpx.AsyncClient(
        transport=AiohttpTransport(limits=httpx.Limits(max_connections=200, max_keepalive_connections=100)),
        timeout=TIMEOUT,
    )


class Remote:
    """One neighbour as one service sees it. Each call carries a fresh service token and the request's id."""

    def __init__(self, neighbour: str, url: str, http: httpx.AsyncClient, signer: Signer) -> None:
        self.neighbour = neighbour
        self._url = url.rstrip("/")
        self._http = http
        self._signer = signer
        self._person: Identity | None = None
        self._breakers = AsyncCircuitBreakerFactory(
            default_threshold=BREAKER_FAULTS,
            default_ttl=BREAKER_REST_SECONDS,
            exclude=[RemoteRefusal],
        )

    def acting_for(self, person: Identity) -> "Remote":
        """Return the same way to the neighbour, on which each call speaks for a person; only the gateway may."""
        twin = copy(self)
        twin._person = person  # noqa: SLF001 - of its own kind
        return twin

    @overload
    async def ask(
        self, method: str, path: str, *, answer: type[Answer], params: Query | None = None, json: Any = None
    ) -> Answer: ...

    @overload
    async def ask(
        self, method: str, path: str, *, answer: None = None, params: Query | None = None, json: Any = None
    ) -> Any: ...

    async def ask(
        self,
        method: str,
        path: str,
        *,
        answer: type[BaseModel] | None = None,
        params: Query | None = None,
        json: Any = None,
    ) -> Any:
        """Return the neighbour's answer as ``answer`` (or as JSON values).

        Raises:
            RemoteRefusal: it refused; the problem is handed on as it is.
            NeighbourSilent: no answer in time, an unreadable one, or the breaker is open.
        """
        safe = method in SAFE_METHODS
        try:
            for attempt in stamina.retry_context(
                on=_Silence,
                attempts=TRIES if safe else 1,
                wait_initial=0.05,
                wait_max=0.5,
                timeout=TIMEOUT.read,
            ):
                with attempt:
                    reply = await self._send(method, path, params=params, json=json)
        except (_Silence, OpenedState) as fault:
            raise NeighbourSilent(neighbour=self.neighbour) from fault
        if reply.status_code >= httpx.codes.BAD_REQUEST:
            raise RemoteRefusal(reply.status_code, _problem_of(reply))
        if answer is not None:
            return answer.model_validate_json(reply.content)
        return reply.json() if reply.content else None

    async def _send(self, method: str, path: str, *, params: Query | None, json: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._token()}"}
        if request_id := structlog.contextvars.get_contextvars().get("request_id"):
            headers["X-Request-Id"] = str(request_id)
        async with await self._breakers.get_breaker(self.neighbour):
            try:
                reply = await self._http.request(
                    method, self._url + path, params=params, json=json, headers=headers
                )
            except httpx.HTTPError as fault:
                raise _Silence from fault
            if reply.status_code in {502, 503, 504}:
                raise _Silence
            return reply

    def _token(self) -> str:
        if self._person is None:
            return self._signer.sign_service()
        return self._signer.sign_identity(self._person, audience=INTERNAL, ttl=PERSONS_TTL)


class _Silence(Exception):  # noqa: N818 - a state of the neighbour
    """No usable answer came."""


def _problem_of(reply: httpx.Response) -> dict[str, Any]:
    try:
        problem = reply.json()
    except ValueError:
        problem = None
    if isinstance(problem, dict) and "type" in problem:
        return problem
    return {"type": "about:blank", "title": f"HTTP {reply.status_code}", "detail": RemoteRefusal.detail}
