"""Aliyun's request signature ACS3-HMAC-SHA256 (wechat.md 5.1; the official vector is in the tests)."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

ALGORITHM = "ACS3-HMAC-SHA256"


@dataclass(frozen=True)
class Acs3Key:
    """An access key of Aliyun."""

    key_id: str
    secret: str


@dataclass(frozen=True)
class Acs3Call:
    """What is signed. Parameters travel in the query; the body is empty, as with the official SDK."""

    host: str
    action: str
    version: str
    params: Mapping[str, str]
    nonce: str
    at: datetime
    """Real time, UTC: Aliyun allows fifteen minutes of difference."""


def canonical_query(params: Mapping[str, str]) -> str:
    """Return the query as it is signed and sent: sorted, each part encoded by RFC 3986."""
    return "&".join(f"{_encode(name)}={_encode(value)}" for name, value in sorted(params.items()))


def signed_headers(call: Acs3Call, key: Acs3Key, method: str = "POST") -> dict[str, str]:
    """Return the headers that make ``call`` acceptable, ``Authorization`` among them."""
    empty = hashlib.sha256(b"").hexdigest()
    headers = {
        "host": call.host,
        "x-acs-action": call.action,
        "x-acs-content-sha256": empty,
        "x-acs-date": call.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": call.nonce,
        "x-acs-version": call.version,
    }
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers))
    canonical = f"{method}\n/\n{canonical_query(call.params)}\n{lines}\n{names}\n{empty}"
    to_sign = f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(key.secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    authorization = f"{ALGORITHM} Credential={key.key_id},SignedHeaders={names},Signature={signature}"
    return {**headers, "Authorization": authorization}


def _encode(text: str) -> str:
    return quote(text, safe="-_.~")
