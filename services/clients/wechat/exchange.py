"""One call to WeChat: bytes out, bytes in, and a fault that says whether it may have been carried out."""

import json
from collections.abc import Mapping
from typing import Any

import httpx

from services.clients.never_sent import never_sent
from services.clients.wechat.errors import AnswerLost, ConfigFault, NotReached, fault_of

TIMEOUT = httpx.Timeout(6.0, connect=2.0, pool=4.0)
"""Real time. A send whose answer takes longer counts as lost."""

Params = Mapping[str, str]


class Wire:
    """The base address and the client that every call goes through. A retry is its caller's decision."""

    def __init__(self, http: httpx.AsyncClient, base_url: str) -> None:
        self._http = http
        self._base_url = base_url.rstrip("/")

    async def get(self, path: str, params: Params) -> dict[str, Any]:
        """Ask; returns the body of a success."""
        return await self._exchange("GET", path, params, None)

    async def post(self, path: str, params: Params, body: Mapping[str, Any]) -> dict[str, Any]:
        """Send raw UTF-8 JSON: escaped Chinese is refused as 40033 (wechat.md 2)."""
        return await self._exchange("POST", path, params, json.dumps(body, ensure_ascii=False).encode())

    async def _exchange(
        self, method: str, path: str, params: Params, content: bytes | None
    ) -> dict[str, Any]:
        headers = {"content-type": "application/json"} if content else {}
        try:
            answer = await self._http.request(
                method,
                self._base_url + path,
                params=params,
                content=content,
                headers=headers,
                timeout=TIMEOUT,
            )
        except httpx.HTTPError as fault:
            # The cause is cut off on purpose: its text holds the address, and so the token or the code.
            name = type(fault.__cause__ or fault).__name__
            raise (NotReached if never_sent(fault) else AnswerLost)(errmsg=name) from None
        return _read(answer)


def _read(answer: httpx.Response) -> dict[str, Any]:
    """The body whatever its content type says: the login call states text/plain (wechat.md 1)."""
    if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise AnswerLost(errmsg=f"HTTP {answer.status_code}")
    if answer.status_code >= httpx.codes.BAD_REQUEST:
        raise ConfigFault(errmsg=f"HTTP {answer.status_code}")
    try:
        body = json.loads(answer.content, strict=False)
        errcode = int(body.get("errcode") or 0)
    except (ValueError, AttributeError, UnicodeDecodeError):
        raise AnswerLost(errmsg="unreadable answer") from None
    if errcode:
        raise fault_of(errcode, str(body.get("errmsg", "")))
    result: dict[str, Any] = body
    return result
