"""What a process of a service holds open while it lives."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from services.kernel.cipher import FieldCipher
from services.kernel.clock import Clock, clock_from
from services.kernel.database.transaction import Database
from services.kernel.remote import Remote, open_http
from services.kernel.settings import Settings
from services.kernel.tokens import Signer, Verifier, load_signer, load_verifier


@dataclass(frozen=True)
class Resources:
    """Opened once per process by `open_resources`, closed with it."""

    service: str
    settings: Settings
    clock: Clock
    database: Database
    http: httpx.AsyncClient
    signer: Signer
    verifier: Verifier

    def remote(self, neighbour: str) -> Remote:
        """Return a caller of another service."""
        return Remote(neighbour, getattr(self.settings, f"{neighbour}_url"), self.http, self.signer)

    def cipher(self) -> FieldCipher:
        """Return the cipher of encrypted columns; ValueError when no key ring is set."""
        return FieldCipher(self.settings.field_keys.get_secret_value())


@asynccontextmanager
async def open_resources(
    service: str, settings: Settings, *, clock: Clock | None = None
) -> AsyncIterator[Resources]:
    """Open what ``service`` needs; ``clock`` replaces the platform's in tests."""
    database = Database(settings.database_url.get_secret_value(), pool_size=settings.pool_size)
    try:
        async with open_http() as http:
            yield Resources(
                service=service,
                settings=settings,
                clock=clock or clock_from(settings.clock),
                database=database,
                http=http,
                signer=load_signer(settings.keys_dir, service),
                verifier=load_verifier(settings.keys_dir),
            )
    finally:
        await database.close()
