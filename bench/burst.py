"""Send many requests at once on plain sockets, and say how many were answered in a second."""

import asyncio
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from uuid import UUID

import orjson

CONNECTIONS = 1_000
"""Phones that are connected at the same moment; each sends again as soon as it has its answer."""


@dataclass
class Burst:
    """What came of it: statuses and bodies, and the time from the first byte to the last.

    Who is told to come again (503) does so, behind all others; ``again`` counts that and it is no answer.
    """

    statuses: Counter[int] = field(default_factory=Counter)
    bodies: list[tuple[int, bytes]] = field(default_factory=list)
    again: int = 0
    seconds: float = 0.0

    @property
    def per_s(self) -> float:
        """Answers a second."""
        return sum(self.statuses.values()) / self.seconds


def post(path: str, token: str, body: dict[str, UUID | str], *, key: str) -> bytes:
    """Return a POST as it goes over the wire."""
    content = orjson.dumps(body, default=str)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Idempotency-Key: {key}\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n"
        "Accept: application/json\r\nUser-Agent: load\r\n\r\n"
    )
    return head.encode() + content


async def send(port: int, requests: Sequence[bytes], *, connections: int = CONNECTIONS) -> Burst:
    """Send all of them, in their order as connections come free."""
    loop, burst, waiting = asyncio.get_running_loop(), Burst(), deque(requests)
    phones = [_Phone(waiting, burst) for _ in range(min(connections, len(requests)))]
    for phone in phones:
        await loop.create_connection(lambda phone=phone: phone, "127.0.0.1", port)  # type: ignore[misc]
    started = time.perf_counter()
    for phone in phones:
        phone.ask()
    await asyncio.gather(*(phone.done for phone in phones))
    burst.seconds = time.perf_counter() - started
    return burst


class _Phone(asyncio.Protocol):
    """One connection: asks, waits for the whole answer, takes the next request."""

    def __init__(self, waiting: deque[bytes], burst: Burst) -> None:
        self._waiting = waiting
        self._burst = burst
        self._buffer = self._request = b""
        self._transport: asyncio.Transport | None = None
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait until everybody is connected."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - TCP always has one
        self._transport = transport

    def ask(self) -> None:
        """Send the next request, or hang up where none is left."""
        assert self._transport is not None  # noqa: S101 - connected before
        if self._waiting:
            self._request = self._waiting.popleft()
            self._transport.write(self._request)
        else:
            self._transport.close()
            self.done.set_result(None)

    def data_received(self, data: bytes) -> None:
        """Note the answer once it is whole."""
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        start = head.lower().index(b"content-length:") + 15
        if len(body) < int(head[start : head.find(b"\r\n", start) % (len(head) + 1)]):
            return
        status = int(head[9:12])
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            self._burst.again += 1
            self._waiting.append(self._request)
        else:
            self._burst.statuses[status] += 1
            self._burst.bodies.append((status, body))
        self._buffer = b""
        self.ask()

    def connection_lost(self, exc: Exception | None) -> None:
        """A connection that breaks is a broken measurement."""
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("the server hung up"))
