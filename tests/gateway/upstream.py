"""A tiny real neighbour: says what reached it, and misbehaves on request."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from starlette.types import Receive, Scope, Send


@dataclass
class Reached:
    """A request as it came through the door."""

    method: str
    path: str
    query: str
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name), None)


@dataclass
class Upstream:
    """ASGI app. The last segment of the path says what it does; anything else is an echo."""

    reached: list[Reached] = field(default_factory=list)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)

    def forget(self) -> None:
        self.reached.clear()
        self.go_on.clear()
        self.hung_up.clear()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        match scope["path"].rsplit("/", 1)[-1]:
            case "silent":
                while (await receive())["type"] != "http.disconnect":
                    pass
            case "stream":
                await self._stream(scope, receive, send)
            case "cut":
                await start(send, 200, [(b"content-type", b"text/plain")])
                await send({"type": "http.response.body", "body": b"half", "more_body": True})
            case "nothing":
                await start(send, 204, [])
                await send({"type": "http.response.body"})
            case "chatty":
                await start(send, 200, CHATTY)
                await send({"type": "http.response.body", "body": b"{}"})
            case "large":
                await start(send, 200, [(b"content-type", b"application/octet-stream")])
                for _ in range(40):
                    await send({"type": "http.response.body", "body": b"x" * 65_536, "more_body": True})
                await send({"type": "http.response.body"})
            case _:
                await self._echo(scope, receive, send)

    async def _echo(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = b""
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                self.hung_up.set()
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
        self.reached.append(
            Reached(
                scope["method"],
                scope["raw_path"].decode(),
                scope["query_string"].decode(),
                [(name.decode(), value.decode()) for name, value in scope["headers"]],
                body,
            )
        )
        told = json.dumps({"bytes": len(body)}).encode()
        await start(
            send, 200, [(b"content-type", b"application/json"), (b"content-length", str(len(told)).encode())]
        )
        await send({"type": "http.response.body", "body": told})

    async def _stream(self, _: Scope, receive: Receive, send: Send) -> None:
        await start(send, 200, [(b"content-type", b"text/event-stream")])
        await send({"type": "http.response.body", "body": b"data: first\n\n", "more_body": True})
        writing = asyncio.ensure_future(self._write_on(send))
        while (await receive())["type"] != "http.disconnect":
            pass
        writing.cancel()
        self.hung_up.set()

    async def _write_on(self, send: Send) -> None:
        await self.go_on.wait()
        await send({"type": "http.response.body", "body": b"data: second\n\n", "more_body": True})


CHATTY = [
    (b"content-type", b"application/json"),
    (b"content-length", b"2"),
    (b"set-cookie", b"inner=1"),
    (b"location", b"http://127.0.0.1:8461/inner"),
    (b"x-request-id", b"another"),
    (b"server", b"inner"),
    (b"etag", b'"7"'),
]


async def start(send: Send, status: int, headers: list[tuple[bytes, bytes]]) -> None:
    message: dict[str, Any] = {"type": "http.response.start", "status": status, "headers": headers}
    await send(message)
