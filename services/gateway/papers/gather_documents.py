"""Fetch what each service says of its own addresses, and keep the merged document for a minute."""

import asyncio
import time
from typing import Any

from services.contracts.doors import SEGMENTS
from services.gateway.papers.rules.merge_documents import OWN, Document, merge_documents
from services.kernel.problems import Refusal
from services.kernel.resources import Resources

FRESH_SECONDS = 60.0
"""Real time. A service that is away keeps the place it had in the last document."""
RETRY_SECONDS = 3.0
"""The same while somebody has never answered."""


class DocumentShelf:
    """The one public document. A service that never answered is named in ``x-missing``."""

    def __init__(self, held: Resources, own: Document) -> None:
        self._remotes = {service: held.remote(service) for service in SEGMENTS}
        self._parts: dict[str, Document] = {OWN: own}
        self._merged: Document = {}
        self._good_until = 0.0
        self._turn = asyncio.Lock()

    async def document(self) -> Document:
        """Return the document; one caller at a time fetches."""
        async with self._turn:
            if time.monotonic() >= self._good_until:
                await asyncio.gather(*(self._fetch(service) for service in self._remotes))
                missing = sorted(set(self._remotes) - set(self._parts))
                self._merged = merge_documents(self._parts)
                if missing:
                    self._merged["x-missing"] = missing
                self._good_until = time.monotonic() + (RETRY_SECONDS if missing else FRESH_SECONDS)
            return self._merged

    async def _fetch(self, service: str) -> None:
        try:
            told: Any = await self._remotes[service].ask("GET", "/internal/openapi.json")
        except Refusal:
            return
        if isinstance(told, dict) and "paths" in told:
            self._parts[service] = told
