"""The attendance service's own HTTP doors, and tokens as the gateway makes them."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from pydantic import SecretStr

from services.attendance.app import create_app
from services.contracts.personas import Persona
from services.kernel.clock import ManualClock
from services.kernel.database.transaction import Database
from services.kernel.ids import new_id
from services.kernel.settings import Settings
from services.kernel.tokens import INTERNAL, Identity, Signer, make_key


@dataclass
class Caller:
    """Somebody with a token."""

    http: httpx.AsyncClient
    token: str

    async def get(self, path: str, **params: Any) -> httpx.Response:
        """Ask."""
        return await self.http.get(path, params=params, headers=self._headers())

    async def post(self, path: str, body: Any = None, *, key: str | None = None) -> httpx.Response:
        """Do; the Idempotency-Key is fresh unless it is given."""
        headers = self._headers() | {"Idempotency-Key": key or str(new_id())}
        return await self.http.post(path, json=body, headers=headers)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@dataclass
class Doors:
    """Makes callers."""

    http: httpx.AsyncClient
    gateway: Signer

    def as_person(
        self, persona: Persona, people: dict[UUID, UUID], *, device_id: UUID | None = None
    ) -> Caller:
        """Return somebody who is this person at these schools."""
        identity = Identity(
            account_id=new_id(), persona=persona, people=people, device_id=device_id or new_id()
        )
        token = self.gateway.sign_identity(identity, audience=INTERNAL, ttl=timedelta(minutes=5))
        return Caller(self.http, token)


@asynccontextmanager
async def open_doors(database: Database, clock: ManualClock, keys: Path) -> AsyncIterator[Doors]:
    """Run the app in this process."""
    pems = {}
    public = []
    for issuer in ("attendance", "gateway"):
        pems[issuer], jwk = make_key()
        (keys / f"{issuer}.pem").write_bytes(pems[issuer])
        public.append({**jwk, "kid": issuer})
    (keys / "public.json").write_text(json.dumps({"keys": public}))
    settings = Settings(
        database_url=SecretStr(database.url), keys_dir=keys, card_key=SecretStr("a key for tests")
    )
    app = create_app(settings, clock)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://attendance") as http,
    ):
        yield Doors(http, Signer("gateway", pems["gateway"]))
