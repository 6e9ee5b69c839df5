"""How much of a service's own speed is left behind the gateway? Both measured in one run, on the same machine.

A trivial route of a real service app is asked straight and through the gateway, by the same load generator: plain
sockets in this process, one request at a time on each. Every process runs as it does on a platform (uvicorn,
uvloop, httptools), so the machine is shared by the service, the gateway and the generator.
"""

import asyncio
import json
import os
import sys
import time
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from fastapi import APIRouter

from bench.living_process import free_port, make_keys, serve, serving
from services.gateway.app import create_app
from services.kernel.ids import new_id
from services.kernel.settings import Settings
from services.kernel.tokens import INTERNAL, PUBLIC, Identity
from services.kernel.web.app import build_app

CONNECTIONS = 32
ROUNDS = 5
SECONDS = 1.5
"""Of each measurement; straight and through the gateway take turns, so that both meet the same noise."""
WARM_UP_SECONDS = 1.0
PATH = "/api/v1/days/trivial"


def measure(seconds: float = SECONDS) -> dict[str, float]:
    """Return ``direct_per_s``, ``gateway_per_s`` and ``gateway_share_of_direct``, medians over the rounds."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="kehou-bench-")))
        signer = make_keys(folder, "gateway", "attendance")
        ports = {"attendance": free_port(), "gateway": free_port()}
        env = {**os.environ, "KEHOU_KEYS_DIR": str(folder), "KEHOU_DATABASE_URL": NOWHERE}
        env["KEHOU_ATTENDANCE_URL"] = f"http://127.0.0.1:{ports['attendance']}"
        env["KEHOU_GATEWAY_REQUESTS_PER_DEVICE_A_MINUTE"] = "100000000"
        for name, port in ports.items():
            stack.enter_context(serving("bench.measure_gateway", name, port, env))
        who = Identity(account_id=new_id(), persona="teacher", people={new_id(): new_id()})
        tokens = {
            name: signer.sign_identity(who, audience=audience, ttl=timedelta(minutes=10))
            for name, audience in (("attendance", INTERNAL), ("gateway", PUBLIC))
        }
        for name, token in tokens.items():
            asyncio.run(load(ports[name], token, WARM_UP_SECONDS))
        rounds = [
            [asyncio.run(load(ports[name], token, seconds)) for name, token in tokens.items()]
            for _ in range(ROUNDS)
        ]
    return {
        "direct_per_s": round(median(direct for direct, _ in rounds)),
        "gateway_per_s": round(median(behind for _, behind in rounds)),
        "gateway_share_of_direct": round(median(behind / direct for direct, behind in rounds), 3),
    }


NOWHERE = "postgresql+asyncpg://nobody@127.0.0.1:1/none"
"""The trivial route asks no database; the pool never opens a connection."""


async def load(port: int, token: str, seconds: float) -> float:
    """Ask as fast as answers come, on many connections; return answers per second."""
    request = (
        f"GET {PATH} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n"
        "Accept: application/json\r\nUser-Agent: load\r\n\r\n"
    ).encode()
    loop = asyncio.get_running_loop()
    until = time.perf_counter() + seconds
    clients = []
    for _ in range(CONNECTIONS):
        _, client = await loop.create_connection(lambda: Client(request, until), "127.0.0.1", port)
        clients.append(client)
    started = time.perf_counter()
    await asyncio.gather(*(client.done for client in clients))
    return sum(client.answers for client in clients) / (time.perf_counter() - started)


class Client(asyncio.Protocol):
    """One connection: asks, waits for the whole answer, asks again."""

    def __init__(self, request: bytes, until: float) -> None:
        self._request = request
        self._until = until
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self.answers = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the first time."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - TCP always has one
        self._transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Ask again once the answer is whole."""
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            return
        if not head.startswith(b"HTTP/1.1 200"):
            self.done.set_exception(RuntimeError(head.decode()))
            return
        self._buffer = b""
        self.answers += 1
        if self._transport is None or time.perf_counter() > self._until:
            if self._transport is not None:
                self._transport.close()
            self.done.set_result(None)
            return
        self._transport.write(self._request)


def _length(head: bytes) -> int:
    start = head.lower().index(b"content-length:") + 15
    return int(head[start : head.find(b"\r\n", start) % (len(head) + 1)])


def _trivial_router() -> APIRouter:
    router = APIRouter()

    @router.get(PATH)
    async def trivial() -> dict[str, str]:
        return {"persona": "x"}

    return router


def _serve(name: str, port: int) -> None:
    settings = Settings()
    if name == "gateway":
        serve(create_app(settings), port)
    else:
        serve(build_app("attendance", settings, routers=[_trivial_router()]), port)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _serve(sys.argv[1], int(sys.argv[2]))
    else:
        print(json.dumps(measure()))
