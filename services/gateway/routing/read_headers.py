"""What of a client's headers is believed, and which pass: a list of those that do, not of those that do not."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from services.gateway.routing.errors import EncodingNotTaken, HeadersTooLarge
from services.kernel.problems import TooLarge

MOST_HEADER_BYTES = 16 << 10
MOST_HEADERS = 64

NO_TOKEN = ""
"""What an Authorization is worth that is not one Bearer: a token that nobody signed."""

PASSING = frozenset(
    {
        b"accept",
        b"content-type",
        b"idempotency-key",
        b"if-match",
        b"if-none-match",
        b"last-event-id",
        b"prefer",
        b"range",
    }
)
"""Everything else stays outside: other people's tokens, cookies, X-Forwarded-For, hop-by-hop headers."""


@dataclass(slots=True)
class Asked:
    """What a request's headers say. ``length`` is None without Content-Length."""

    bearer: str | None = None
    length: int | None = None
    chunked: bool = False
    passing: list[tuple[bytes, bytes]] = field(default_factory=list)

    @property
    def has_body(self) -> bool:
        """Whether bytes follow."""
        return self.chunked or bool(self.length)


def read_headers(headers: Iterable[tuple[bytes, bytes]], *, most_bytes: int) -> Asked:
    """Read a request's headers once.

    Raises:
        HeadersTooLarge: more than any client of ours sends.
        TooLarge: the body is announced to be larger than ``most_bytes``.
        EncodingNotTaken: a compressed body.
    """
    asked = Asked()
    size = 0
    for number, (name, value) in enumerate(headers, 1):
        size += len(name) + len(value)
        if size > MOST_HEADER_BYTES or number > MOST_HEADERS:
            raise HeadersTooLarge
        if name in PASSING:
            asked.passing.append((name, value))
        elif name == b"authorization":
            asked.bearer = _bearer(value, asked.bearer)
        elif name == b"content-length":
            asked.length = int(value) if value.isdigit() else 0
            if asked.length > most_bytes:
                raise TooLarge(most_bytes=most_bytes)
        elif name == b"transfer-encoding":
            asked.chunked = True
        elif name == b"content-encoding" and value.lower() != b"identity":
            raise EncodingNotTaken(encoding=value.decode("latin-1")[:40])
    return asked


def _bearer(value: bytes, known: str | None) -> str:
    scheme, _, token = value.partition(b" ")
    if known is not None or scheme.lower() != b"bearer":
        return NO_TOKEN
    return token.decode("latin-1")
