"""Where does a public address lead? Decided on the raw bytes, before anything decodes them."""

import re
from enum import Enum

from services.contracts.doors import DOOR
from services.kernel.web.problems import NoSuchRoute


class Inside(Enum):
    """Ways that end in the gateway itself."""

    API = "api"
    """The gateway's own part of the public API."""
    PAGE = "page"
    """Plain HTML: no token, no header of the client's is believed."""
    STANDING = "standing"
    """Health and readiness."""
    GUARDED = "guarded"
    """For neighbours and operators; to everybody else these addresses do not exist."""


Way = str | Inside
"""The name of the service that answers, or one of our own ways."""

_PLAIN = re.compile(rb"/|(?:/[A-Za-z0-9._~!$&'()*+,;=:@%-]+)+")
"""No empty segment, no backslash, nothing that a second parser could read another way."""
_HIDDEN = re.compile(rb"%(?:[01][0-9a-fA-F]|2[eEfF5]|5[cC]|7[fF])|%(?![0-9a-fA-F]{2})")
"""Dots, slashes, percent signs and control characters that hide behind a percent sign; broken escapes."""
_DOTS = re.compile(rb"/\.{1,2}(?:/|$)")

_API = b"/api/v1/"
_SERVICE = {segment.encode(): service for segment, service in DOOR.items()}
_FIRST: dict[bytes, Inside] = {
    b"": Inside.PAGE,
    b"boards": Inside.PAGE,
    b"schools": Inside.PAGE,
    b"assets": Inside.PAGE,
    b"health": Inside.STANDING,
    b"ready": Inside.STANDING,
    b"metrics": Inside.GUARDED,
    b"internal": Inside.GUARDED,
}
LOGIN_FREE = frozenset({b"public"})
"""Segments that a neighbour answers without a token (R02)."""


def segment_of(raw_path: bytes) -> bytes:
    """Return the first segment after ``/api/v1``; empty elsewhere."""
    if not raw_path.startswith(_API):
        return b""
    end = raw_path.find(b"/", len(_API))
    return raw_path[len(_API) :] if end < 0 else raw_path[len(_API) : end]


def which_way(raw_path: bytes) -> Way:
    """Return who answers ``raw_path`` (still percent-encoded, without the query).

    Raises:
        NoSuchRoute: nobody, or the address is written in a way that two parsers could read differently.
    """
    if _PLAIN.fullmatch(raw_path) is None or (b"%" in raw_path and _HIDDEN.search(raw_path)):
        raise NoSuchRoute
    if b"/." in raw_path and _DOTS.search(raw_path):
        raise NoSuchRoute
    if raw_path.startswith(_API):
        return _SERVICE.get(segment_of(raw_path), Inside.API)
    way = _FIRST.get(raw_path[1:].partition(b"/")[0])
    if way is None:
        raise NoSuchRoute
    return way
