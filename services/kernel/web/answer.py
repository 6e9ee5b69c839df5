"""Answers that are already plain values: written straight to bytes, past FastAPI's validation."""

import json
from collections.abc import Mapping
from typing import Any

import orjson
from fastapi.responses import Response


def answer(
    content: Any,
    status: int = 200,
    *,
    headers: Mapping[str, str] | None = None,
    media_type: str = "application/json",
) -> Response:
    """Return ``content`` as JSON; ids and other values that orjson does not know are written by their ``str``.

    For hot routes, whose shape a test holds, and for documents made elsewhere. asyncpg's ids are a subclass of
    UUID, which orjson does not take for one.
    """
    try:
        body = orjson.dumps(content, default=str)
    except orjson.JSONEncodeError:
        # Half of a pair of surrogates came in escaped and is named in a refusal: it leaves as it came.
        body = json.dumps(content, default=str).encode()
    return Response(body, status, dict(headers or {}), media_type)
