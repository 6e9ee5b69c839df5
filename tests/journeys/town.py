"""Two schools of one town, founded as schools are, and the phones of the people who live there."""

import asyncio
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from services.cli.demo.act_open_school import AGREEMENT, IMPORTS, XLSX
from services.cli.demo.cast import Child, Family
from services.cli.demo.family_phone import FamilyPhone
from services.cli.demo.line import Line
from services.cli.demo.read_sheets import SheetChild, Sheets, SheetTeacher, read_sheets
from services.cli.demo.staff_phone import StaffPhone
from services.cli.demo.wechat_phone import Lines, WechatPhone
from services.enrollment.policy import read_policy
from services.enrollment.schools.create_school import SchoolFacts, create_school, invite_officer
from services.kernel.clock import at_school_time, real_now
from services.kernel.ids import new_id
from tests.journeys.house import House

EXAMPLES = Path(__file__).parents[2] / "examples"
DAY = date(2026, 11, 23)
SCHOOLS = {
    "primary": SchoolFacts(code="S001", name="实验小学", county="潞州区", kind="primary"),
    "junior": SchoolFacts(code="S002", name="第五中学", county="潞州区", kind="junior"),
}


class Town:
    """The house, its schools by the names of their sheets, and who has a phone."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.lines = Lines(Line(house.url, house.http), Line(house.standin.url, house.http))
        self.school_ids: dict[str, str] = {}
        self.sheets: dict[str, Sheets] = {}
        self.officers: dict[str, StaffPhone] = {}

    async def found(self, name: str) -> None:
        """Create a school, let its officer in, import its sheets, publish its menu."""
        self.sheets[name] = read_sheets(EXAMPLES, name)
        database = self.house.resources["enrollment"].database
        async with database.transaction() as tx:
            policy = read_policy(self.house.settings["enrollment"].policy_file)
            school = await create_school(tx, SCHOOLS[name], policy=policy, now=self.house.clock.now())
            invitation = await invite_officer(tx, school.school_id, real_now=real_now())
        sheet = next(one for one in self.sheets[name].teachers if one.post == "课后服务管理员")
        officer = StaffPhone(self.lines, sheet, DAY.isoformat())
        await officer.install(await self.consents())
        await officer.ask("POST", "invitations/acceptance", json={"code": invitation, "name": sheet.name})
        await officer.act_as("school_admin")
        (school_id,) = officer.people
        for kind in IMPORTS:
            await self.hand_in(officer, school_id, kind, f"{name}-{kind}.xlsx")
        await officer.ask("POST", f"schools/{school_id}/menu/publications")
        await officer.ask("POST", "agreements", json={"school_id": school_id, **AGREEMENT})
        self.school_ids[name], self.officers[name] = school_id, officer

    async def hand_in(self, officer: StaffPhone, school_id: str, kind: str, book: str) -> dict[str, Any]:
        """Import a sheet over the API; the whole of it must be taken."""
        content = await asyncio.to_thread((EXAMPLES / book).read_bytes)
        files = {"file": (book, content, XLSX)}
        report: dict[str, Any] = await officer.ask(
            "POST", f"imports/{kind}", params={"school_id": school_id}, files=files
        )
        assert report["written"], report["findings"]
        return report

    async def consents(self) -> list[dict[str, str]]:
        """Every text that somebody may have to agree to."""
        shown = await self.lines.door.call("GET", "/api/v1/consents")
        return [{"purpose": text["purpose"], "version": text["version"]} for text in shown["texts"]]

    async def staff(self, school: str, staff_no: str, persona: str = "teacher") -> StaffPhone:
        """Log a member of staff in by the phone on the sheet."""
        sheet: SheetTeacher = next(t for t in self.sheets[school].teachers if t.staff_no == staff_no)
        phone = StaffPhone(self.lines, sheet, DAY.isoformat())
        await phone.install(await self.consents())
        await phone.act_as(persona)
        return phone

    async def family(self, school: str, child: SheetChild) -> FamilyPhone:
        """Log a child's first guardian in."""
        part = Family(phone=child.phone, name=child.guardian, children=[Child(sheet=child)])
        phone = FamilyPhone(self.lines, part, self.school_ids[school], DAY.isoformat())
        await phone.install(await self.consents())
        await phone.act_as("guardian")
        await phone.find_children()
        return phone

    async def stranger(self, number: str, name: str) -> WechatPhone:
        """Log somebody in whose phone is on nobody's file."""
        phone = WechatPhone(self.lines, number, name)
        await phone.install(await self.consents())
        return phone

    async def at(self, hour: int, minute: int) -> datetime:
        """Move the clock to a time of the day, let everything that is due happen, and return the instant."""
        instant = at_school_time(DAY, time(hour, minute))
        while self.house.clock.now() < instant:
            self.house.clock.set(min(instant, self.house.clock.now() + timedelta(minutes=10)))
            await self.house.settle()
        return instant


async def scan(phone: StaffPhone, child_id: str, *, at: datetime) -> dict[str, Any]:
    """Scan one child by roll-call; returns the result."""
    told = await phone.ask(
        "POST",
        "scans",
        json={
            "service_on": phone.service_on,
            "device_clock": at.isoformat(),
            "scans": [
                {
                    "scan_id": str(new_id()),
                    "child_id": child_id,
                    "occurred_at": at.isoformat(),
                    "method": "tap",
                }
            ],
        },
    )
    result: dict[str, Any] = told["results"][0]
    return result


async def texts(phone: WechatPhone) -> list[str]:
    """What stands in this person's own feed, oldest first."""
    told = await phone.ask("GET", "messages")
    return [str(message["kind"]) for message in told["messages"]]
