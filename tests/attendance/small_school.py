"""A school small enough to know by heart: two classes of six, four rooms, two hours of an afternoon.

16:30-17:30 Reading (teacher Qin, room 101) takes class 1, Homework (teacher Lu, room 102) class 2.
17:30-18:30 Football (teacher Zhao, playground) takes children 0, 1, 6, 7; Basic care (teacher Qin, room 101) the
other children of class 1. Children 8 to 11 go home at 17:30. Child 11 of class 2 has no place at all.
"""

from dataclasses import dataclass, field
from datetime import date, time
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.dismissal.lay_out_day import lay_out_day
from services.attendance.roster.apply_roster_page import apply_roster_page
from services.contracts.internal.enrollment import (
    BlockedEntry,
    ChildEntry,
    CollectorEntry,
    DayEntry,
    GuardianEntry,
    GuardianshipEntry,
    OfferingEntry,
    PlaceEntry,
    RoomEntry,
    RosterPage,
    SchoolEntry,
    SelfReleaseEntry,
    StaffEntry,
    TermEntry,
)
from services.contracts.personas import Persona
from services.kernel.clock import ManualClock
from services.kernel.database.transaction import Database
from services.kernel.ids import new_id

MONDAY = date(2026, 11, 23)
CHILDREN = 12
EVERY_DAY = [1, 2, 3, 4, 5]


def _ids(count: int) -> list[UUID]:
    return sorted(new_id() for _ in range(count))


@dataclass
class SmallSchool:
    """Ids, by the names used in the sentences above. Class 1 is children[:6], class 2 children[6:]."""

    school_id: UUID = field(default_factory=new_id)
    code: str = "S009"
    homeroom_1: UUID = field(default_factory=new_id)
    homeroom_2: UUID = field(default_factory=new_id)
    qin: UUID = field(default_factory=new_id)
    lu: UUID = field(default_factory=new_id)
    zhao: UUID = field(default_factory=new_id)
    leader: UUID = field(default_factory=new_id)
    principal: UUID = field(default_factory=new_id)
    children: list[UUID] = field(default_factory=lambda: _ids(CHILDREN))
    guardians: list[UUID] = field(default_factory=lambda: _ids(CHILDREN))
    grandmother: UUID = field(default_factory=new_id)
    rooms: list[UUID] = field(default_factory=lambda: _ids(3))
    term: UUID = field(default_factory=new_id)
    reading: UUID = field(default_factory=new_id)
    homework: UUID = field(default_factory=new_id)
    football: UUID = field(default_factory=new_id)
    basic: UUID = field(default_factory=new_id)

    def staff(self) -> list[StaffEntry]:
        """Seven people."""
        homerooms = {self.homeroom_1: "1班", self.homeroom_2: "2班"}
        personas = {self.leader: [Persona.DUTY_LEADER], self.principal: [Persona.PRINCIPAL]}
        people = zip(
            ["班一", "班二", "秦", "陆", "赵", "值班", "校长"],
            [
                self.homeroom_1,
                self.homeroom_2,
                self.qin,
                self.lu,
                self.zhao,
                self.leader,
                self.principal,
            ],
            strict=True,
        )
        return [
            StaffEntry(
                staff_id=staff_id,
                staff_no=f"T{number:03}",
                name=name,
                phone=f"1990000{number:04}",
                personas=personas.get(staff_id, [Persona.TEACHER]),
                subject=None,
                homeroom_grade=3 if staff_id in homerooms else None,
                homeroom_class=homerooms.get(staff_id),
                removed=False,
            )
            for number, (name, staff_id) in enumerate(people)
        ]

    def offerings(self) -> list[OfferingEntry]:
        """Four, every workday."""
        told = [
            (self.reading, "阅读", time(16, 30), time(17, 30), self.qin, self.rooms[0]),
            (self.homework, "作业辅导", time(16, 30), time(17, 30), self.lu, self.rooms[1]),
            (self.football, "足球", time(17, 30), time(18, 30), self.zhao, self.rooms[2]),
            (self.basic, "基本托管", time(17, 30), time(18, 30), self.qin, self.rooms[0]),
        ]
        return [
            OfferingEntry(
                offering_id=offering_id,
                term_id=self.term,
                code=f"K{number}",
                title=title,
                kind="care",
                basic=True,
                weekdays=EVERY_DAY,
                starts=starts,
                ends=ends,
                grades=[3],
                capacity=50,
                teacher_id=teacher,
                room_id=room,
                needs_staffing=False,
                removed=False,
            )
            for number, (offering_id, title, starts, ends, teacher, room) in enumerate(told)
        ]

    def places(self) -> list[PlaceEntry]:
        """Everybody's but child 11's."""
        chosen = [(self.reading, child) for child in self.children[:6]]
        chosen += [(self.homework, child) for child in self.children[6:11]]
        chosen += [(self.football, self.children[index]) for index in (0, 1, 6, 7)]
        chosen += [(self.basic, child) for child in self.children[2:6]]
        return [self.place(offering_id, child_id) for offering_id, child_id in chosen]

    def place(self, offering_id: UUID, child_id: UUID) -> PlaceEntry:
        """One more place, every workday of the term."""
        return PlaceEntry(
            place_id=new_id(),
            offering_id=offering_id,
            child_id=child_id,
            weekdays=EVERY_DAY,
            from_on=date(2026, 9, 1),
            until_on=None,
        )

    def page(self) -> RosterPage:
        """Return the whole roster as enrollment tells it, up to version 10."""
        return RosterPage(
            school=self._school(),
            since=0,
            version=10,
            more=False,
            terms=[self._term()],
            children=self._children(),
            staff=self.staff(),
            rooms=[
                RoomEntry(room_id=room_id, name=name, capacity=50, removed=False)
                for room_id, name in zip(self.rooms, ["101", "102", "操场"], strict=True)
            ],
            guardians=[
                GuardianEntry(guardian_id=guardian_id, name=f"家长{index}", phone="1", removed=False)
                for index, guardian_id in enumerate(self.guardians)
            ],
            guardianships=self._guardianships(),
            collectors=self._collectors(),
            blocked=[
                BlockedEntry(
                    blocked_id=new_id(),
                    child_id=self.children[1],
                    name="某甲",
                    reason="法院裁定",
                    order_no="1",
                    removed=False,
                )
            ],
            self_release=[
                SelfReleaseEntry(
                    child_id=self.children[9], basis="书面申请", valid_from=date(2026, 9, 1), removed=False
                )
            ],
            offerings=self.offerings(),
            places=self.places(),
        )

    def _school(self) -> SchoolEntry:
        return SchoolEntry(
            school_id=self.school_id,
            code=self.code,
            name="测试小学",
            county="潞州区",
            kind="primary",
            boarding="none",
            run_by_id=None,
            releases_at=time(16, 30),
            work_ends_at=time(18, 0),
            agreement_number=None,
        )

    def _children(self) -> list[ChildEntry]:
        return [
            ChildEntry(
                child_id=child_id,
                student_no=f"2023{index:04}",
                name=f"学生{index}",
                pinyin=f"xuesheng{index}",
                initials=f"xs{index}",
                sex="girl",
                grade=3,
                class_name="1班" if index < 6 else "2班",
                boarder=False,
                agreed_number=None,
                removed=False,
            )
            for index, child_id in enumerate(self.children)
        ]

    def _guardianships(self) -> list[GuardianshipEntry]:
        return [
            GuardianshipEntry(
                child_id=child_id,
                guardian_id=guardian_id,
                relation="母亲",
                rank=1,
                may_choose=True,
                may_sign=True,
                may_collect=True,
                is_told=True,
                removed=False,
            )
            for child_id, guardian_id in zip(self.children, self.guardians, strict=True)
        ]

    def _collectors(self) -> list[CollectorEntry]:
        return [
            CollectorEntry(
                collector_id=self.grandmother,
                child_id=self.children[0],
                name="奶奶",
                relation="祖母",
                phone="1",
                born_year=1955,
                valid_from=date(2026, 9, 1),
                valid_until=date(2027, 1, 31),
                weekdays=[1, 3],
                removed=False,
            )
        ]

    def _term(self) -> TermEntry:
        days = [
            DayEntry(
                on=date(2026, 11, day), kind="workday", runs_as=date(2026, 11, day).isoweekday(), certain=True
            )
            for day in range(23, 28)
        ]
        days.append(DayEntry(on=date(2026, 11, 28), kind="weekend", runs_as=6, certain=True))
        return TermEntry(
            term_id=self.term,
            name="2026年秋",
            kind="term",
            starts_on=date(2026, 9, 1),
            ends_on=date(2027, 1, 31),
            days=days,
        )


async def settle(tx: AsyncSession, school: SmallSchool) -> None:
    """Put the roster into attendance's copy."""
    assert await apply_roster_page(tx, school.page())


async def settled_school(database: Database, clock: ManualClock, day: date = MONDAY) -> SmallSchool:
    """Return a small school whose day is laid out."""
    school = SmallSchool()
    async with database.transaction([school.school_id]) as tx:
        await settle(tx, school)
        await lay_out_day(tx, school.school_id, day, now=clock.now())
    return school
