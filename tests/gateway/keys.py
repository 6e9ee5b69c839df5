"""Everybody's keys, in a folder as a platform has it."""

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from services.kernel.tokens import PUBLIC, Identity, Signer, make_key

SERVICES = ("enrollment", "attendance", "notifications", "gateway")


@dataclass
class Keys:
    """The folder, and a signer for each service."""

    folder: Path
    signers: dict[str, Signer]

    def token(self, identity: Identity, *, issuer: str = "gateway", audience: str = PUBLIC) -> str:
        return self.signers[issuer].sign_identity(identity, audience=audience, ttl=timedelta(minutes=10))


def make_keys(folder: Path) -> Keys:
    public, signers = [], {}
    for service in SERVICES:
        pem, key = make_key()
        (folder / f"{service}.pem").write_bytes(pem)
        public.append({**key, "kid": service})
        signers[service] = Signer(service, pem)
    (folder / "public.json").write_text(json.dumps({"keys": public}))
    return Keys(folder, signers)
