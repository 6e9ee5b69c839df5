"""The form of WeChat's answers: HTTP 200 whatever happened, errcode in the body, a rid at the end of errmsg."""

import json
import secrets
from typing import Any

from starlette.responses import Response

JSON_TYPE = "application/json; encoding=utf-8"
"""What the cgi-bin calls state, ``encoding`` in place of ``charset``."""
PLAIN_TYPE = "text/plain"
"""What the login call states though its body is JSON: a client has to parse regardless (wechat.md 1)."""


class WireFault(Exception):  # noqa: N818 - an answer of the provider
    """An answer other than success."""

    def __init__(self, errcode: int, errmsg: str) -> None:
        super().__init__(f"{errcode} {errmsg}")
        self.errcode = errcode
        self.errmsg = errmsg


def answer(body: dict[str, Any], *, plain: bool = False) -> Response:
    """A successful answer."""
    return Response(
        json.dumps(body, ensure_ascii=False).encode(), media_type=None, headers=_typed(plain=plain)
    )


def refuse(fault: WireFault, *, plain: bool = False) -> Response:
    """A refusal: still HTTP 200."""
    rid = "-".join(secrets.token_hex(4) for _ in range(3))
    body = {"errcode": fault.errcode, "errmsg": f"{fault.errmsg} rid: {rid}"}
    return Response(json.dumps(body).encode(), headers=_typed(plain=plain))


def _typed(*, plain: bool) -> dict[str, str]:
    return {"content-type": PLAIN_TYPE if plain else JSON_TYPE}
