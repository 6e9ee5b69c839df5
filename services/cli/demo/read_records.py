"""What has the platform written down? Asked through the operator's internal addresses when all is quiet."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.attendance.custody.ledger_check import ledger_check
from services.cli.demo.stage import Stage
from services.cli.platform import Platform
from services.kernel.database.provision import SERVICES
from services.kernel.database.transaction import Database
from services.kernel.letters.operate import LetterFigures
from services.kernel.remote import Remote, open_http
from services.kernel.tokens import load_signer

PATIENCE_SECONDS = 60.0
"""How long letters and messages may take to arrive after the last child has gone (real time)."""
LOOK_SECONDS = 0.5
OPERATOR = "gateway"
"""Whose key signs the operator's questions."""


@dataclass(frozen=True)
class Records:
    """Figures of one school's day, from four services and the stand-in."""

    day: dict[str, Any]
    late_cases: list[dict[str, Any]]
    letters: dict[str, LetterFigures]
    messages: dict[str, Any]
    standin: dict[str, int]
    violations: list[str]
    """Laws of custody that do not hold, by a replay of the ledger."""


@dataclass(frozen=True)
class _Office:
    """Who answers an operator."""

    remotes: dict[str, Remote]
    school_id: str

    async def letters(self) -> dict[str, LetterFigures]:
        asked = {
            service: remote.ask("GET", "/internal/letters/figures", answer=LetterFigures)
            for service, remote in self.remotes.items()
        }
        return dict(zip(asked, await asyncio.gather(*asked.values()), strict=True))

    async def messages(self) -> dict[str, Any]:
        """Ask for the whole weekend: results and offers are told before the day."""
        told: dict[str, Any] = await self.remotes["notifications"].ask(
            "GET", "/internal/messages/figures", params={"school_id": self.school_id}
        )
        return told


async def read_records(stage: Stage, platform: Platform) -> Records:
    """Return the records once nothing is on its way any more, or after `PATIENCE_SECONDS` as they are then."""
    async with _office(stage, platform) as office:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            letters, messages = await office.letters(), await office.messages()
            quiet = not messages["waiting"] and not any(one.waiting for one in letters.values())
            if quiet or time.monotonic() > deadline:
                break
            await asyncio.sleep(LOOK_SECONDS)
    day = await stage.principal.ask("GET", f"days/{stage.service_on}")
    late = await stage.principal.ask("GET", "late-cases", params={"service_on": stage.service_on})
    return Records(
        day=day,
        late_cases=late["cases"],
        letters=letters,
        messages=messages,
        standin=(await stage.lines.wechat.call("GET", "/_standin/figures"))["totals"],
        violations=await _violations(stage, platform),
    )


@asynccontextmanager
async def _office(stage: Stage, platform: Platform) -> AsyncIterator[_Office]:
    signer = load_signer(platform.layout.keys, OPERATOR)
    async with open_http() as http:
        remotes = {
            service: Remote(service, platform.addresses.url(service), http, signer) for service in SERVICES
        }
        yield _Office(remotes, stage.school_id)


async def _violations(stage: Stage, platform: Platform) -> list[str]:
    """Replay the day's ledger, in attendance's own database and with its own rules."""
    url = platform.supervisor.children["attendance"].program.environment["KEHOU_DATABASE_URL"]
    school_id = UUID(stage.school_id)
    database = Database(url, pool_size=1)
    try:
        async with database.transaction([school_id]) as tx:
            found = await ledger_check(tx, school_id, stage.pace.day)
    finally:
        await database.close()
    return [f"{one.law}: {one.detail} ({one.subject})" for one in found]
