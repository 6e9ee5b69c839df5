"""Ask a running platform about the copies that its services keep of enrollment's rosters."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

import httpx

from services.cli.platform.layout import Layout, default_layout
from services.cli.platform.running import running_platform
from services.clients.enrollment import EnrollmentClient
from services.contracts.internal.enrollment import SchoolEntry
from services.contracts.internal.roster_copies import CopyComparison
from services.kernel.problems import Refusal
from services.kernel.remote import Remote
from services.kernel.tokens import load_signer
from services.kernel.unable import Unable

KEEPERS = ("attendance", "notifications")
OPERATOR = "gateway"
"""Whose key signs an operator's questions."""
LONGEST_SECONDS = 120.0
"""A school of thousands is read from its first version on."""

Done = TypeVar("Done")


@dataclass(frozen=True)
class Copies:
    """Enrollment, and whoever keeps a copy of its rosters."""

    enrollment: EnrollmentClient
    keepers: dict[str, Remote]

    async def schools(self, asked: str | None = None) -> list[SchoolEntry]:
        """Return all schools, or the one with this code or id; raises Unable when there is none."""
        schools = (await self.enrollment.schools()).schools
        if asked is None:
            return schools
        found = [one for one in schools if asked in {one.code, str(one.school_id)}]
        if not found:
            known = ", ".join(one.code for one in schools[:20])
            raise Unable(f"There is no school {asked}; on file are {known or 'none'}.")
        return found

    async def compare(self, keeper: str, school_id: UUID) -> CopyComparison:
        """Hold a keeper's copy beside what enrollment tells."""
        return await self._ask("GET", keeper, "comparison", school_id)

    async def rebuild(self, keeper: str, school_id: UUID) -> CopyComparison:
        """Have a keeper make its copy anew; returns how it stood before."""
        return await self._ask("POST", keeper, "rebuild", school_id)

    async def _ask(self, method: str, keeper: str, what: str, school_id: UUID) -> CopyComparison:
        return await self.keepers[keeper].ask(
            method, f"/internal/roster/{what}", params={"school_id": str(school_id)}, answer=CopyComparison
        )


def at_copies(work: Callable[[Copies], Awaitable[Done]]) -> Done:
    """Run ``work`` beside the platform that runs on the data folder.

    Raises:
        Unable: none runs, or one of its services does not answer.
    """

    async def run() -> Done:
        async with open_copies(default_layout()) as copies:
            if copies is None:
                raise Unable("No platform runs on this data folder: `make up` starts it.")
            return await work(copies)

    try:
        return asyncio.run(run())
    except Refusal as refusal:
        raise Unable(f"{refusal.title()}: `python -m services.cli doctor` says what is wrong.") from refusal


@asynccontextmanager
async def open_copies(layout: Layout) -> AsyncIterator[Copies | None]:
    """Open the ways to a running platform's services; None when none runs."""
    if (told := running_platform(layout)) is None:
        yield None
        return
    signer = load_signer(layout.keys, OPERATOR)
    ports = {name: one["port"] for name, one in told["processes"].items()}
    async with httpx.AsyncClient(trust_env=False, timeout=LONGEST_SECONDS) as http:
        remotes = {
            service: Remote(service, f"http://127.0.0.1:{ports[service]}", http, signer)
            for service in ("enrollment", *KEEPERS)
        }
        yield Copies(EnrollmentClient(remotes["enrollment"]), {keeper: remotes[keeper] for keeper in KEEPERS})


def in_words(found: CopyComparison) -> str:
    """Return what is wrong with a copy, list by list; empty when nothing is."""
    said = []
    if found.copied is None:
        said.append("nothing was copied yet")
    elif found.copied != found.version:
        said.append(f"stands at version {found.copied} of {found.version}")
    for one in found.lists:
        counts = (("lacking", one.lacking), ("left over", one.beyond), ("different", one.different))
        if told := ", ".join(f"{count} {what}" for what, count in counts if count):
            said.append(f"{one.name}: {told} (here {one.here}, there {one.there})")
    return "; ".join(said)
