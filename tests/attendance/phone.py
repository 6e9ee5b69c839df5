"""A teacher's phone, straight into the commands; and what everybody asks of the database afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.attendance.custody.accept_hand_over import Acceptance, Accepted, accept_hand_over
from services.attendance.custody.hand_over_counts import HandOverCounts
from services.attendance.custody.ledger_check import ledger_check
from services.attendance.custody.offer_children import Offer, Offered, offer_children
from services.attendance.custody.take_back import take_back
from services.attendance.roster.staff_on_duty import OnDuty
from services.attendance.scanning.scan_batch import Scan, Scanner, ScanResult
from services.attendance.scanning.take_scans import take_scans
from services.kernel.clock import ManualClock, at_school_time
from services.kernel.database.transaction import Database
from services.kernel.ids import new_id
from tests.attendance.small_school import MONDAY, SmallSchool


def at(hour: int, minute: int = 0, day: date = MONDAY) -> datetime:
    return at_school_time(day, time(hour, minute))


def outcome(result: ScanResult) -> str:
    """Return a scan's outcome; of a refused one the slug."""
    return result.problem["type"].removeprefix("urn:kehou:problem:") if result.problem else result.outcome


def slugs(refused: dict[UUID, dict[str, Any]]) -> list[str]:
    return [problem["type"].removeprefix("urn:kehou:problem:") for problem in refused.values()]


async def rows(
    database: Database, school: SmallSchool, statement: str, **facts: Any
) -> list[tuple[Any, ...]]:
    """Ask the database, with the school in sight."""
    async with database.transaction([school.school_id]) as tx:
        return [tuple(row) for row in (await tx.execute(text(statement), facts)).all()]


async def laws_hold(database: Database, school: SmallSchool) -> None:
    async with database.transaction([school.school_id]) as tx:
        assert await ledger_check(tx, school.school_id, MONDAY) == []


@dataclass
class Phone:
    """One teacher's phone."""

    database: Database
    school: SmallSchool
    actor: UUID
    clock: ManualClock
    leader: bool = False

    @property
    def staff(self) -> OnDuty:
        persona = "duty_leader" if self.leader else "teacher"
        return OnDuty(self.school.school_id, self.actor, None, persona, self.leader)

    def children(self, *indexes: int) -> tuple[UUID, ...]:
        return tuple(self.school.children[index] for index in indexes)

    def scans(self, *indexes: int, at: datetime | None = None) -> list[Scan]:
        """Return a fresh scan of each child by its index."""
        when = at or self.clock.now()
        return [Scan(new_id(), child, "card", when) for child in self.children(*indexes)]

    async def send(self, scans: Sequence[Scan], **facts: Any) -> list[ScanResult]:
        """Send a batch."""
        told = {"service_on": MONDAY, "device_id": None, **facts}
        scanner = Scanner(school_id=self.school.school_id, actor_id=self.actor, **told)
        async with self.database.transaction([self.school.school_id]) as tx:
            return await take_scans(tx, scanner, scans, now=self.clock.now())

    async def scan(self, *indexes: int, at: datetime | None = None) -> list[str]:
        """Scan children; return the outcomes."""
        return [outcome(result) for result in await self.send(self.scans(*indexes, at=at))]

    def an_offer(self, *indexes: int, **facts: Any) -> Offer:
        told = {
            "hand_over_id": new_id(),
            "session_id": None,
            "taker_id": None,
            "occurred_at": self.clock.now(),
            **facts,
        }
        return Offer(
            school_id=self.school.school_id,
            service_on=MONDAY,
            giver_id=self.actor,
            device_id=None,
            child_ids=self.children(*indexes),
            **told,
        )

    async def send_offer(self, offer: Offer) -> Offered:
        async with self.database.transaction([self.school.school_id]) as tx:
            return await offer_children(tx, offer, now=self.clock.now())

    async def offer(self, *indexes: int, **facts: Any) -> Offered:
        """Offer children to the next adult."""
        return await self.send_offer(self.an_offer(*indexes, **facts))

    async def accept(self, hand_over_id: UUID, *indexes: int) -> Accepted:
        """Accept children of an offer."""
        acceptance = Acceptance(
            school_id=self.school.school_id,
            service_on=MONDAY,
            hand_over_id=hand_over_id,
            taker_id=self.actor,
            leader=self.leader,
            device_id=None,
            child_ids=self.children(*indexes),
            occurred_at=self.clock.now(),
        )
        async with self.database.transaction([self.school.school_id]) as tx:
            return await accept_hand_over(tx, acceptance, now=self.clock.now())

    async def take_back(self, hand_over_id: UUID, *indexes: int) -> HandOverCounts:
        """Keep offered children after all."""
        async with self.database.transaction([self.school.school_id]) as tx:
            return await take_back(
                tx, self.staff, MONDAY, hand_over_id, self.children(*indexes), now=self.clock.now()
            )
