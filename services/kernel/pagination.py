"""Cursor pages: a cursor is an opaque word that says where the next page begins."""

import base64
import binascii
import json
from typing import Any

from services.kernel.problems import Unprocessable


class BadCursor(Unprocessable):
    """This cursor was not made here."""

    detail = "翻页位置无效，请从第一页重新查看。"


def pack_cursor(*position: Any) -> str:
    """Return the cursor of a position (values that JSON can hold)."""
    return base64.urlsafe_b64encode(json.dumps(position, default=str).encode()).decode().rstrip("=")


def unpack_cursor(cursor: str, *, parts: int) -> list[Any]:
    """Return the position behind a cursor; raises BadCursor."""
    try:
        position = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as fault:
        raise BadCursor from fault
    if not isinstance(position, list) or len(position) != parts:
        raise BadCursor
    return position
