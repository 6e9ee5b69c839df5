"""Fault switches: what the next calls shall suffer (wechat.md 9.4)."""

import asyncio
import json
import secrets
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import parse_qs

from pydantic import BaseModel, Field
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Call = Literal["login", "token", "phone", "check_session", "send", "templates", "sms"]

CALLS: Mapping[str, Call] = {
    "/sns/jscode2session": "login",
    "/cgi-bin/token": "token",
    "/cgi-bin/stable_token": "token",
    "/wxa/business/getuserphonenumber": "phone",
    "/wxa/checksession": "check_session",
    "/cgi-bin/message/subscribe/send": "send",
    "/wxaapi/newtmpl/gettemplate": "templates",
    "/": "sms",
}


class Fault(BaseModel):
    """One switch. It strikes ``times`` calls (0 = until cleared); several set for a call strike in turn."""

    on: Call
    times: int = Field(1, ge=0)
    kind: Literal["code", "status", "latency", "lost_reply", "reset"]
    code: int | str = -1
    """For ``code``: the errcode of WeChat, or the ``Code`` of Aliyun."""
    message: str = "system error"
    status: int = 503
    latency_ms: int = 0
    containing: str = ""
    """Strike only calls whose query or body holds this text, such as one openid or phone."""


class Faults:
    """The switches that are on."""

    def __init__(self) -> None:
        self._on: list[Fault] = []

    def set(self, fault: Fault) -> None:
        """Turn a switch on."""
        self._on.append(fault)

    def clear(self) -> None:
        """Turn everything off."""
        self._on.clear()

    def strikes(self, call: Call, said: bytes) -> Fault | None:
        """The fault that this call suffers, counted down."""
        for fault in self._on:
            if fault.on == call and (not fault.containing or fault.containing.encode() in said):
                if fault.times == 1:
                    self._on.remove(fault)
                elif fault.times:
                    fault.times -= 1
                return fault
        return None

    @property
    def any_on(self) -> bool:
        """Whether a call needs to be looked at at all."""
        return bool(self._on)


class FaultMiddleware:
    """Strikes before (code, status, latency, reset) or after (lost reply) the true answer was made."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the call on, struck or not."""
        call = CALLS.get(scope["path"]) if scope["type"] == "http" else None
        faults: Faults = scope["app"].state.world.faults
        if call is None or not faults.any_on or (call == "sms" and scope["method"] != "POST"):
            await self._app(scope, receive, send)
            return
        body, again = await _read(receive)
        fault = faults.strikes(call, _spoken(scope) + body)
        match fault.kind if fault else None:
            case "reset":
                await _cut(receive)
            case "lost_reply":
                await self._app(scope, again, _nowhere)
                await _cut(receive)
            case "status" if fault:
                await _answer(send, fault.status, b"Service Unavailable", b"text/plain")
            case "code" if fault:
                await _answer(send, 200, _as_code(call, fault), b"application/json; encoding=utf-8")
            case _:
                if fault:
                    await asyncio.sleep(fault.latency_ms / 1000)
                await self._app(scope, again, send)


def _spoken(scope: Scope) -> bytes:
    """The query with its values decoded: openids and phones may be looked for in it."""
    query = parse_qs(scope["query_string"].decode())
    return " ".join(value for values in query.values() for value in values).encode()


def _as_code(call: Call, fault: Fault) -> bytes:
    if call == "sms":
        return json.dumps(
            {"Code": str(fault.code), "Message": fault.message, "RequestId": secrets.token_hex(16).upper()}
        ).encode()
    rid = "-".join(secrets.token_hex(4) for _ in range(3))
    return json.dumps({"errcode": fault.code, "errmsg": f"{fault.message} rid: {rid}"}).encode()


async def _read(receive: Receive) -> tuple[bytes, Receive]:
    """Read the whole body and give it again to whoever asks."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return body, again


async def _answer(send: Send, status: int, body: bytes, content_type: bytes) -> None:
    headers = [(b"content-type", content_type), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _nowhere(message: Message) -> None:
    """Where a lost reply goes."""


async def _cut(receive: Receive) -> None:
    """Reset the connection. Only a real server has one to reset; in-process callers get the error itself."""
    cycle: Any = getattr(receive, "__self__", None)
    transport = getattr(cycle, "transport", None)
    if transport is None:
        raise ConnectionResetError("the stand-in cut the connection")
    transport.abort()
    await receive()
