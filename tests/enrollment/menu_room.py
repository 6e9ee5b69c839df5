"""The primary school's menu, and the acts of its officer upon it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.menu.add_offering import add_offering
from services.enrollment.menu.change_offering import change_offering
from services.enrollment.menu.menu_findings import menu_findings
from services.enrollment.menu.menu_on_file import menu_on_file
from services.enrollment.menu.publish_menu import publish_menu
from services.enrollment.menu.rules.objection import Objection
from services.enrollment.menu.tables import MenuPublication, Offering
from services.enrollment.menu.withdraw_offering import withdraw_offering
from services.enrollment.policy import Policy
from services.enrollment.schools.current_term import current_term
from services.enrollment.selection.write_places import NewPlace, write_places
from services.kernel.clock import school_day
from tests.enrollment.conftest import NOON, Family, Schools

TODAY = school_day(NOON)
CLUB: dict[str, Any] = {
    "title": "剪纸",
    "kind": "club",
    "nature": "regular",
    "weekdays": [6],
    "starts": time(14, 0),
    "ends": time(15, 0),
    "grades": [1, 2, 3],
    "capacity": 20,
    "content": "学剪窗花",
    "aims": "认识晋东南剪纸",
    "materials": "彩纸、安全剪刀",
}
_TOLD = text("SELECT letters FROM outgoing ORDER BY batch_id")


async def told(tx: AsyncSession, kind: str) -> list[dict[str, Any]]:
    """Return the bodies of the facts of a kind that this transaction announced."""
    bodies = [letter["body"] for letters in await tx.scalars(_TOLD) for letter in letters]
    return [body for body in bodies if body["kind"] == f"enrollment.{kind}.v1"]


@dataclass(frozen=True)
class MenuRoom:
    """One transaction in the primary school's menu."""

    tx: AsyncSession
    schools: Schools
    policy: Policy

    @property
    def school_id(self) -> UUID:
        return self.schools.primary

    @property
    def officer(self) -> UUID:
        return self.schools.officers["S001"]

    async def term_id(self) -> UUID:
        return (await current_term(self.tx, self.school_id, on=TODAY)).term_id

    async def offering(self, code: str) -> Offering:
        found = await self.tx.scalar(
            text("SELECT offering_id FROM offering WHERE code = :code"), {"code": code}
        )
        return await self.tx.get_one(Offering, (self.school_id, found), populate_existing=True)

    async def staff(self, number: str) -> UUID:
        found: UUID = await self.tx.scalar(
            text("SELECT staff_id FROM staff WHERE staff_no = :number"), {"number": number}
        )
        return found

    async def add(self, *, put_forward_by: UUID | None = None, **values: Any) -> Offering:
        return await add_offering(
            self.tx,
            self.school_id,
            await self.term_id(),
            {**CLUB, **values},
            policy=self.policy,
            put_forward_by=put_forward_by,
        )

    async def change(self, code: str, /, **values: Any) -> Offering:
        key = (await self.offering(code)).offering_id
        return await change_offering(
            self.tx, self.school_id, key, values, by=self.officer, policy=self.policy, now=NOON
        )

    async def publish(self) -> MenuPublication:
        return await publish_menu(
            self.tx, self.school_id, await self.term_id(), by=self.officer, policy=self.policy, now=NOON
        )

    async def withdraw(self, code: str, *, from_on: date | None = None, now: datetime = NOON) -> Offering:
        key = (await self.offering(code)).offering_id
        return await withdraw_offering(
            self.tx, self.school_id, key, from_on=from_on, reason="教师调离", now=now
        )

    async def findings(self) -> list[Objection]:
        term = await current_term(self.tx, self.school_id, on=TODAY)
        menu = await menu_on_file(self.tx, self.school_id, term.term_id)
        return await menu_findings(self.tx, term, menu, policy=self.policy, today=TODAY)

    async def codes(self) -> list[tuple[str, str]]:
        return [(one.code, one.force) for one in await self.findings()]

    async def give(self, code: str, families: Sequence[Family]) -> list[UUID]:
        """Give each family's child a place from today on."""
        offering = await self.offering(code)
        places = [
            NewPlace(one.child_id, offering.offering_id, offering.weekdays, one.guardian_id, "claim")
            for one in families
        ]
        return await write_places(self.tx, self.school_id, places, since=TODAY, now=NOON)

    async def places(self, code: str) -> list[tuple[list[int], date, date | None]]:
        """Return (weekdays, from_on, until_on) of each place, in the order of their making."""
        key = (await self.offering(code)).offering_id
        rows = await self.tx.execute(
            text(
                "SELECT weekdays, from_on, until_on FROM place WHERE offering_id = :key ORDER BY version, place_id"
            ),
            {"key": key},
        )
        return [(row.weekdays, row.from_on, row.until_on) for row in rows]
