"""Carry a request to a neighbour and its answer back, streaming, on pooled connections.

Raw ASGI and aiohttp on purpose: through FastAPI and httpx it is ten times slower (bench/README.md).
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from starlette.types import Message, Receive, Scope, Send
from yarl import URL

from services.gateway.routing.read_headers import Asked
from services.kernel.problems import NeighbourSilent, TooLarge
from services.kernel.stopping import STOPPING

CONNECT_SECONDS = 2.0
QUEUE_SECONDS = 5.0
"""How long a request waits for a free connection before the neighbour counts as silent."""
IDLE_SECONDS = 3.0
"""A pooled connection is closed before the services' servers close it (5 s), so that no request meets a dead one."""
CONNECTIONS_PER_NEIGHBOUR = 256
WHOLE_BYTES = 256 << 10
"""Bodies up to this size travel in one piece; larger ones and those of unknown length in chunks."""

_HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
_OURS = frozenset({b"date", b"server", b"x-request-id", b"set-cookie", b"location"})
"""Said by the gateway itself, or not for a neighbour to say to a client."""
_DROPPED = _HOP_BY_HOP | _OURS
_BODILESS = frozenset({204, 304})


class ClientGone(Exception):  # noqa: N818 - a state of the request
    """The client hung up; nobody is left to answer."""


@dataclass(slots=True)
class Call:
    """One request: its ASGI triple, what was read of its headers, and the headers that we say ourselves."""

    scope: Scope
    receive: Receive
    send: Send
    asked: Asked
    said: Mapping[str, str]


class PassThrough:
    """The pooled way to every neighbour."""

    def __init__(self, neighbours: Mapping[str, str], *, silence_seconds: float) -> None:
        self._urls = {name: url.rstrip("/") for name, url in neighbours.items()}
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0, limit_per_host=CONNECTIONS_PER_NEIGHBOUR, keepalive_timeout=IDLE_SECONDS
            ),
            timeout=aiohttp.ClientTimeout(
                total=None, connect=QUEUE_SECONDS, sock_connect=CONNECT_SECONDS, sock_read=silence_seconds
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()

    async def carry(self, neighbour: str, call: Call, *, most_bytes: int) -> None:
        """Pass one request on and its answer back.

        Raises:
            NeighbourSilent: not reached, or silent, before its answer began.
            TooLarge: the body grew beyond ``most_bytes`` on the way.
            ClientGone: the client hung up.
            AnswerCut: the neighbour stopped in the middle of its answer.
        """
        body = _Body(call.asked, call.receive, most_bytes)
        headers = {name.decode(): value.decode("latin-1") for name, value in call.asked.passing}
        headers.update(call.said)
        if call.asked.length is not None:
            headers["content-length"] = str(call.asked.length)
        try:
            async with self._session.request(
                call.scope["method"],
                self._address(neighbour, call.scope),
                headers=headers,
                data=await body.content(),
                allow_redirects=False,
            ) as reply:
                await _answer(reply, call)
        except (aiohttp.ClientError, TimeoutError, OSError) as fault:
            if body.fault is not None:
                raise body.fault from fault
            raise NeighbourSilent(neighbour=neighbour) from fault

    def _address(self, neighbour: str, scope: Scope) -> URL:
        target = self._urls[neighbour] + scope["raw_path"].decode("ascii")
        if scope["query_string"]:
            target += "?" + scope["query_string"].decode("latin-1")
        return URL(target, encoded=True)


class _Body:
    """A request's body on its way: in one piece where it is short, in chunks where it is not."""

    def __init__(self, asked: Asked, receive: Receive, most: int) -> None:
        self._asked = asked
        self._receive = receive
        self._most = most
        self.fault: Exception | None = None

    async def content(self) -> bytes | AsyncIterator[bytes] | None:
        if not self._asked.has_body:
            return None
        if self._asked.length is not None and self._asked.length <= WHOLE_BYTES:
            return b"".join([part async for part in self._parts()])
        return self._parts()

    async def _parts(self) -> AsyncIterator[bytes]:
        taken = 0
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                self.fault = ClientGone()
                raise self.fault
            part: bytes = message.get("body", b"")
            taken += len(part)
            if taken > self._most:
                self.fault = TooLarge(most_bytes=self._most)
                raise self.fault
            if part:
                yield part
            if not message.get("more_body"):
                return


async def _answer(reply: aiohttp.ClientResponse, call: Call) -> None:
    headers = [(name.lower(), value) for name, value in reply.raw_headers if name.lower() not in _DROPPED]
    named = {name for name, _ in headers}
    if b"cache-control" not in named:
        # Children's data must not lie in anybody's cache; what may, says so itself.
        headers.append((b"cache-control", b"no-store"))
    start: Message = {"type": "http.response.start", "status": reply.status, "headers": headers}
    length = 0 if reply.status in _BODILESS else reply.content_length
    if length is not None and length <= WHOLE_BYTES:
        # Read before the answer begins: a neighbour that dies here can still be told as silent.
        whole = await reply.read()
        await call.send(start)
        await call.send({"type": "http.response.body", "body": whole})
        return
    await call.send(start)
    await _stream(reply, call)


async def _stream(reply: aiohttp.ClientResponse, call: Call) -> None:
    """Send chunks as they come, until the neighbour ends, the client hangs up, or an endless answer must end."""
    ends: list[asyncio.Future[Any]] = [asyncio.ensure_future(_hung_up(call.receive))]
    if reply.content_type == "text/event-stream":
        ends.append(asyncio.ensure_future(STOPPING.wait()))
    for end in ends:
        # Also while the neighbour says nothing: closing its side wakes the loop below.
        end.add_done_callback(lambda _: reply.close())
    try:
        async for chunk in reply.content.iter_any():
            await call.send({"type": "http.response.body", "body": chunk, "more_body": True})
    except (aiohttp.ClientError, TimeoutError) as fault:
        if not any(end.done() for end in ends):
            # The answer has begun: the connection is cut, so that the client sees it is not whole.
            raise AnswerCut from fault
    finally:
        for end in ends:
            end.cancel()
    await call.send({"type": "http.response.body", "body": b""})


async def _hung_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


class AnswerCut(Exception):  # noqa: N818 - a state of the answer
    """A neighbour stopped in the middle of its answer."""
