"""The line between a phone and the platform's public door: patient like a phone, and it keeps count."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
from httpx_aiohttp import AiohttpTransport

from services.kernel.ids import new_id

AT_ONCE = 12
"""Requests on their way at the same time: the platform and all phones share two cores."""
TRIES = 40
PAUSE_SECONDS = 0.25
"""Between tries while a service is away (real time); a phone's patience is about ten seconds."""

_AWAY = frozenset({429, 502, 503, 504})


class Refused(Exception):  # noqa: N818 - an answer
    """The platform said no, in the form of a problem."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('type', '')}: {problem.get('detail', '')}")
        self.status = status
        self.problem = problem

    @property
    def slug(self) -> str:
        """The last part of the problem's type."""
        return str(self.problem.get("type", "")).rpartition(":")[2]


class Broken(Exception):  # noqa: N818 - what the demo exists to find
    """The platform answered with a fault of its own, or not at all."""


class Line:
    """All phones' connection to one base address."""

    def __init__(self, url: str, http: httpx.AsyncClient) -> None:
        self.url = url
        self.calls: Counter[str] = Counter()
        """Requests by first words of their path."""
        self.waited: Counter[str] = Counter()
        """Tries that met a busy or absent service, by status."""
        self._http = http
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def call(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        files: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Return the answer's JSON; the same key goes with each try, so a lost answer repeats nothing.

        Raises:
            Refused: the platform said no.
            Broken: a fault of the platform's own, or no answer for all `TRIES`.
        """
        sent = {"Idempotency-Key": str(new_id())} if method != "GET" else {}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        sent.update(headers or {})
        self.calls[f"{method} {'/'.join(path.split('/')[:4])}"] += 1
        for _ in range(TRIES):
            async with self._turn:
                reply = await self._try(method, path, {"json": json, "params": params, "files": files}, sent)
            if reply is not None and reply.status_code not in _AWAY:
                return _read(reply)
            self.waited[str(reply.status_code) if reply is not None else "silence"] += 1
            await asyncio.sleep(PAUSE_SECONDS)
        raise Broken(f"{method} {path}: no answer after {TRIES} tries")

    async def _try(
        self, method: str, path: str, content: Mapping[str, Any], headers: Mapping[str, str]
    ) -> httpx.Response | None:
        try:
            return await self._http.request(method, self.url + path, headers=headers, **content)
        except httpx.TransportError:
            return None


def _read(reply: httpx.Response) -> Any:
    body = reply.json() if reply.content else None
    if reply.status_code >= 500:
        raise Broken(f"{reply.request.method} {reply.request.url.path}: {reply.status_code} {body}")
    if reply.status_code >= 400:
        raise Refused(reply.status_code, body if isinstance(body, dict) else {})
    return body


@asynccontextmanager
async def open_http() -> AsyncIterator[httpx.AsyncClient]:
    """Open the driver's one HTTP client."""
    transport = AiohttpTransport(limits=httpx.Limits(max_connections=64, max_keepalive_connections=64))
    async with httpx.AsyncClient(transport=transport, timeout=httpx.Timeout(30, connect=5)) as http:
        yield http
