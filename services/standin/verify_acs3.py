"""Checking an ACS3-HMAC-SHA256 signature as Aliyun does (wechat.md 5.1).

Written apart from the client's signer, so that a mistake in one is not forgiven by the other.
"""

import hashlib
import hmac
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import quote, unquote_plus

ALGORITHM = "ACS3-HMAC-SHA256"
SKEW_SECONDS = 900
"""How far ``x-acs-date`` may be off, and so how long a nonce is remembered."""
MUST_BE_SIGNED = {
    "host",
    "x-acs-action",
    "x-acs-content-sha256",
    "x-acs-date",
    "x-acs-signature-nonce",
    "x-acs-version",
}

_AUTHORIZATION = re.compile(
    rf"^{ALGORITHM}\s+Credential=([^,]+),\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]{{64}})$"
)


class Unsigned(Exception):  # noqa: N818 - an answer of the provider
    """The call is refused before anyone reads what it wants: HTTP status, code and message."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message


class Nonces:
    """Nonces seen within the allowed skew: a repeated call is a replay."""

    def __init__(self, now: Callable[[], float], limit: int = 200_000) -> None:
        self.now = now
        self._limit = limit
        self._seen: OrderedDict[str, float] = OrderedDict()

    def first_use(self, nonce: str) -> bool:
        """Remember ``nonce``; ``False`` when it was here already."""
        now = self.now()
        if now - self._seen.get(nonce, -1e12) < 2 * SKEW_SECONDS:
            return False
        self._seen[nonce] = now
        while len(self._seen) > self._limit:
            self._seen.popitem(last=False)
        return True


def verify_acs3(
    call: tuple[str, str, bytes], headers: Mapping[str, str], keys: Mapping[str, str], nonces: Nonces
) -> None:
    """Let the call through or raise.

    Args:
        call: method, raw query string (still encoded), body.
        headers: by lower-case name.
        keys: access key id -> secret.
        nonces: those already seen.

    Raises:
        Unsigned: with the status and code that Aliyun answers.
    """
    matched = _AUTHORIZATION.match(headers.get("authorization", ""))
    if matched is None:
        raise Unsigned(400, "MissingAuthorization", "Authorization is missing or not ACS3-HMAC-SHA256.")
    key_id, signed_names, signature = matched.groups()
    secret = keys.get(key_id)
    if secret is None:
        raise Unsigned(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")
    names = signed_names.split(";")
    if names != sorted(names) or not set(names) >= MUST_BE_SIGNED:
        raise Unsigned(
            400, "InvalidSignedHeaders", "SignedHeaders is unsorted or lacks a header that must be signed."
        )
    method, query, body = call
    if headers.get("x-acs-content-sha256") != hashlib.sha256(body).hexdigest():
        raise Unsigned(400, "InvalidContentSha256", "x-acs-content-sha256 does not match the body.")
    _check_date(headers.get("x-acs-date", ""), nonces.now())
    canonical = "\n".join(
        [
            method,
            "/",
            _canonical_query(query),
            "".join(f"{name}:{headers.get(name, '').strip()}\n" for name in names),
            signed_names,
            hashlib.sha256(body).hexdigest(),
        ]
    )
    to_sign = f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    expected = hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, signature):
        raise Unsigned(400, "SignatureDoesNotMatch", "Specified signature does not match our calculation.")
    if not nonces.first_use(headers.get("x-acs-signature-nonce", "")):
        raise Unsigned(400, "SignatureNonceUsed", "Specified signature nonce was used already.")


def _check_date(text: str, now: float) -> None:
    try:
        stated = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise Unsigned(400, "InvalidTimeStamp.Format", "x-acs-date is not yyyy-MM-ddTHH:mm:ssZ.") from None
    if abs(now - stated) > SKEW_SECONDS:
        raise Unsigned(400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.")


def _canonical_query(query: str) -> str:
    """Decode and encode again: the official async SDK leaves ``:`` bare on the wire and signs ``%3A``."""
    pairs = [part.partition("=") for part in query.split("&") if part]
    decoded = sorted((unquote_plus(name), unquote_plus(value)) for name, _, value in pairs)
    return "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in decoded)
