"""What a platform makes up once and then keeps: signing keys, keys of encrypted columns, the stand-in's account."""

import base64
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from services.cli.platform.layout import Layout
from services.kernel.database.provision import SERVICES
from services.kernel.keep_secret import keep_secret
from services.kernel.tokens import make_key, public_of


@dataclass(frozen=True)
class PlatformSecrets:
    """Handed to processes through their environment, never through their command line."""

    field_keys: str
    card_key: str
    wechat_appid: str
    wechat_secret: str
    sms_key_id: str
    sms_key_secret: str


def make_secrets(layout: Layout) -> PlatformSecrets:
    """Make what is missing below ``layout``; return the rest as it is.

    Raises:
        Unable: the data folder cannot be written.
    """
    keep_signing_keys(layout.keys)

    def kept(name: str, prefix: str = "", length: int = 16) -> str:
        return keep_secret(layout.secrets / name, lambda: prefix + secrets.token_hex(length))

    return PlatformSecrets(
        field_keys=keep_secret(layout.secrets / "field_keys", lambda: f"k1:{_random_base64()}"),
        card_key=keep_secret(layout.secrets / "card_key", _random_base64),
        wechat_appid=kept("wechat_appid", "wx", 8),
        wechat_secret=kept("wechat_secret"),
        sms_key_id=kept("sms_key_id", "LTAI", 10),
        sms_key_secret=kept("sms_key_secret"),
    )


def keep_signing_keys(keys_dir: Path) -> None:
    """Give each service a private ES256 key, and all of them everybody's public keys (a JWK set by ``kid``)."""
    public = []
    for service in SERVICES:
        pem = keep_secret(keys_dir / f"{service}.pem", _fresh_pem)
        public.append(public_of(pem.encode()) | {"kid": service, "use": "sig"})
    told = json.dumps({"keys": public}, indent=1)
    path = keys_dir / "public.json"
    if not path.exists() or path.read_text() != told:
        fresh = keys_dir / f".public.json.{os.getpid()}"
        fresh.write_text(told)
        fresh.replace(path)


def _fresh_pem() -> str:
    return make_key()[0].decode()


def _random_base64() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
