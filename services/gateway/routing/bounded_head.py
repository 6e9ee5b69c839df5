"""A request's head has an end: uvicorn's own parser would gather headers for ever, in memory."""

import asyncio
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_HEAD_BYTES = 64 << 10
"""Before the app is asked; the door itself takes far less (`read_headers`) and refuses in words."""
HEAD_SECONDS = 15.0
"""How long a client may take to finish a head that it has begun (real time)."""


class BoundedHead(HttpToolsProtocol):
    """uvicorn's protocol, which hangs up on a head that is too long or takes too long."""

    def __init__(self, *told: Any, **named: Any) -> None:
        super().__init__(*told, **named)
        self._head_bytes = 0
        self._head_timer: asyncio.TimerHandle | None = None

    def data_received(self, data: bytes) -> None:
        """Take bytes; they count while a head is not complete."""
        super().data_received(data)
        if self._head_timer is not None:
            self._head_bytes += len(data)
            if self._head_bytes > MOST_HEAD_BYTES:
                self._hang_up(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        self._forget()
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self._hang_up, HTTPStatus.REQUEST_TIMEOUT)

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._forget()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is left to hang up on."""
        self._forget()
        super().connection_lost(exc)

    def _forget(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
        self._head_timer = None
        self._head_bytes = 0

    def _hang_up(self, status: HTTPStatus) -> None:
        self._forget()
        if not self.transport.is_closing():
            head = (
                f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            )
            self.transport.write(head.encode())
            self.transport.close()
