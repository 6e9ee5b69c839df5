"""The outermost ASGI app: what is ours goes to FastAPI, the rest straight to a neighbour."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import FastAPI
from starlette.datastructures import State
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import Message, Receive, Scope, Send

from services.gateway.routing.admit import Admission, Visitor
from services.gateway.routing.bounded_head import BoundedHead
from services.gateway.routing.client_address import AddressReader, is_loopback
from services.gateway.routing.count_requests import RequestCounter
from services.gateway.routing.errors import HeadersTooLarge
from services.gateway.routing.pass_through import AnswerCut, Call, ClientGone, PassThrough
from services.gateway.routing.read_headers import Asked, read_headers
from services.gateway.routing.tell_access import AccessLog
from services.gateway.routing.which_way import LOGIN_FREE, Inside, segment_of, which_way
from services.gateway.settings import DoorSettings
from services.kernel.log import get_logger
from services.kernel.problems import NeighbourSilent, Refusal
from services.kernel.tokens import INTERNAL, SERVICE, BadToken, Verifier
from services.kernel.web.dependencies import NotLoggedIn
from services.kernel.web.envelope import most_bytes_of, request_id_of
from services.kernel.web.problems import MethodNotTaken, NoSuchRoute, refuse, unexpected

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OWN = "gateway"


@dataclass(frozen=True)
class DoorParts:
    """What the door needs open: made when the app starts, since connections belong to a running loop."""

    admission: Admission
    verifier: Verifier
    pass_through: PassThrough
    log: AccessLog


class FrontDoor:
    """Answers every request that reaches the platform from outside.

    The inner app's lifespan sets ``app.state.door`` (`DoorParts`).
    """

    http_protocol = BoundedHead
    """What uvicorn should speak at this door."""

    def __init__(self, own: FastAPI, settings: DoorSettings) -> None:
        self.own = own
        self._settings = settings
        self._addresses = AddressReader(settings.trusted_proxies)
        self._counter = RequestCounter()

    @property
    def state(self) -> State:
        """The inner app's state, so that this app stands where a FastAPI app would."""
        return self.own.state

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """The inner app's routes: the gateway's own addresses."""
        return self.own.routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; start and stop with the inner app."""
        if scope["type"] == "http":
            await _Visit(self, scope, receive, send).answer()
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self.own(scope, receive, send)

    def let_in(self, scope: Scope, asked: Asked, *, needs_token: bool) -> Visitor | None:
        """Return who is calling, None for nobody in particular; count the call either way.

        Where no token is needed, one that is no good any more is no obstacle: a phone whose token ended comes
        to refresh it.

        Raises:
            NotLoggedIn, BadToken: nobody is known to be calling where somebody must be.
            TooManyRequests: this device, or this address, asks too often.
        """
        refusal: Refusal = NotLoggedIn()
        if asked.bearer is not None:
            try:
                visitor: Visitor = self.state.door.admission.admit(asked.bearer)
            except BadToken as fault:
                refusal = fault
            else:
                self._counter.count(visitor.key, most=self._settings.requests_per_device_a_minute)
                return visitor
        self._counter.count(self.address_of(scope), most=self._settings.requests_per_address_a_minute)
        if needs_token:
            raise refusal
        return None

    def address_of(self, scope: Scope) -> str:
        """Return from where the client really comes."""
        return self._addresses.address_of(scope)


class _Visit:
    """One request, from its first byte to the line in the log."""

    def __init__(self, door: FrontDoor, scope: Scope, receive: Receive, send: Send) -> None:
        self._door = door
        self._parts: DoorParts = door.state.door
        self._scope = scope
        self._receive = receive
        self._send = send
        self._request_id = request_id_of(scope)
        self._status = 0
        self._answered_by: str | None = None

    async def answer(self) -> None:
        """Answer, whatever happens."""
        started = time.perf_counter()
        try:
            await self._go()
        except (ClientGone, AnswerCut) as end:
            get_logger().info("request.cut", why=type(end).__name__, request_id=self._request_id)
        except Refusal as refusal:
            if isinstance(refusal, NeighbourSilent):
                get_logger().warning("neighbour.silent", **refusal.facts, request_id=self._request_id)
            await self._refuse(refusal)
        except Exception:
            if self._status:
                raise
            await self._tell_own(unexpected(self._request_id))
        finally:
            seconds = time.perf_counter() - started
            if self._answered_by != OWN:
                self._parts.log.measure(self._answered_by or "nobody", status=self._status, seconds=seconds)
            self._parts.log.line(
                self._scope,
                status=self._status,
                seconds=seconds,
                request_id=self._request_id,
                answered_by=self._answered_by,
            )

    async def _go(self) -> None:
        scope = self._scope
        raw_path = scope["raw_path"]
        if scope["method"] not in METHODS:
            raise MethodNotTaken
        way = which_way(raw_path)
        most_bytes = most_bytes_of(scope["path"])
        asked = read_headers(scope["headers"], most_bytes=most_bytes)
        if way is Inside.GUARDED:
            self._guard(asked)
            await self._go_inside(_without(scope, b"x-request-id"))
            return
        if way is Inside.PAGE or way is Inside.STANDING:
            self._door.let_in(scope, Asked(), needs_token=False)
            await self._go_inside(_only(scope, asked, b"cookie"))
            return
        outside = way is not Inside.API
        needs_token = outside and segment_of(raw_path) not in LOGIN_FREE
        visitor = self._door.let_in(scope, asked, needs_token=needs_token)
        said = {"x-request-id": self._request_id}
        if visitor is not None:
            said["authorization"] = visitor.authorization
        if isinstance(way, Inside):
            scope.setdefault("state", {})["address"] = self._door.address_of(scope)
            await self._go_inside(_only(scope, asked), said)
            return
        self._answered_by = way
        call = Call(scope, self._receive, self._tell, asked, said)
        await self._parts.pass_through.carry(way, call, most_bytes=most_bytes)

    def _guard(self, asked: Asked) -> None:
        """Let neighbours in (and a scraper on this machine to the metrics); nobody else learns that this exists."""
        if self._scope["raw_path"] == b"/metrics" and is_loopback(self._scope):
            return
        try:
            identity = self._parts.verifier.identity(asked.bearer or "", audience=INTERNAL)
        except BadToken:
            raise NoSuchRoute from None
        if identity.persona != SERVICE:
            raise NoSuchRoute

    async def _go_inside(
        self, headers: list[tuple[bytes, bytes]], said: Mapping[str, str] | None = None
    ) -> None:
        self._answered_by = OWN
        headers.extend((name.encode(), value.encode()) for name, value in (said or {}).items())
        if not said:
            headers.append((b"x-request-id", self._request_id.encode()))
        await self._door.own({**self._scope, "headers": headers}, self._receive, self._tell)

    async def _refuse(self, refusal: Refusal) -> None:
        status = None
        if isinstance(refusal, HeadersTooLarge):
            status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE.value
        elif isinstance(refusal, MethodNotTaken):
            status = HTTPStatus.METHOD_NOT_ALLOWED.value
        await self._tell_own(refuse(refusal, status))

    async def _tell_own(self, answer: Response) -> None:
        self._answered_by = None
        await answer(self._scope, self._receive, self._tell)

    async def _tell(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            if self._answered_by != OWN:
                message["headers"] = [
                    *message.get("headers", ()),
                    (b"x-request-id", self._request_id.encode()),
                ]
        await self._send(message)


def _only(scope: Scope, asked: Asked, *also: bytes) -> list[tuple[bytes, bytes]]:
    """Return the headers that pass, and those that say where the body ends."""
    kept = {b"content-length", b"transfer-encoding", b"host", *also}
    return [*asked.passing, *(pair for pair in scope["headers"] if pair[0] in kept)]


def _without(scope: Scope, name: bytes) -> list[tuple[bytes, bytes]]:
    return [pair for pair in scope["headers"] if pair[0] != name]
