"""A phone of somebody who works at the school: scans, hand-overs, releases. Leaders may do more with the same phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.cli.demo.line import Refused
from services.cli.demo.read_sheets import SheetTeacher
from services.cli.demo.wechat_phone import Lines, WechatPhone
from services.kernel.ids import new_id


@dataclass(frozen=True)
class Scan:
    """One read of a child's card. Its id stays with it however often it is sent."""

    scan_id: str
    child_id: str
    card: str
    occurred_at: datetime

    def wire(self) -> dict[str, Any]:
        """As it is sent: what stands on the card, not whose it is."""
        return {
            "scan_id": self.scan_id,
            "card": self.card,
            "occurred_at": self.occurred_at.isoformat(),
            "method": "card",
        }


class StaffPhone(WechatPhone):
    """``service_on`` is the day of the bundle, never of the phone's own clock."""

    def __init__(self, lines: Lines, sheet: SheetTeacher, service_on: str) -> None:
        super().__init__(lines, sheet.phone, sheet.name)
        self.sheet = sheet
        self.service_on = service_on

    async def bundle(self) -> Any:
        """Fetch what this phone shows of the day: own class, own sessions, their children."""
        return await self.ask("GET", f"days/{self.service_on}/bundle")

    async def offer(self, child_ids: Sequence[str], *, at: datetime) -> Any:
        """Offer children to whoever teaches their next session."""
        return await self.ask(
            "POST",
            "hand-overs",
            json={
                "hand_over_id": str(new_id()),
                "service_on": self.service_on,
                "child_ids": list(child_ids),
                "occurred_at": at.isoformat(),
            },
        )

    async def send(self, scans: Sequence[Scan], *, device_clock: datetime | None) -> list[Any]:
        """Send a batch, and what the own clock shows if it may be wrong; returns a result for each scan in order."""
        answer = await self.ask(
            "POST",
            "scans",
            json={
                "service_on": self.service_on,
                "device_clock": device_clock.isoformat() if device_clock else None,
                "scans": [scan.wire() for scan in scans],
            },
        )
        return list(answer["results"])

    async def check_pass(self, proof: dict[str, Any]) -> Any:
        """Read a pass: who stands there, and for whom."""
        shown = {key: value for key, value in proof.items() if key != "kind"}
        return await self.ask("POST", "passes/checking", json={**shown, "service_on": self.service_on})

    async def release(
        self, child_ids: Sequence[str], proof: dict[str, Any], *, at: datetime, matches: bool = True
    ) -> str | None:
        """Give children to whoever shows ``proof``; returns the slug of the refusal, None when all left."""
        try:
            told = await self.ask(
                "POST",
                "releases",
                json={
                    "release_id": str(new_id()),
                    "service_on": self.service_on,
                    "occurred_at": at.isoformat(),
                    "child_ids": list(child_ids),
                    "proof": proof,
                    "person_matches": matches,
                },
            )
        except Refused as refusal:
            return refusal.slug
        kept = [one["problem"] for one in told["children"] if one["outcome"] != "released"]
        return str(kept[0]["type"]).rpartition(":")[2] if kept else None
