"""A school of one class, one club and one care group: just enough to race for."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import text, update
from sqlmodel import col

from services.enrollment.imports.rules.roster_rows import ChildRecord, GuardianRecord
from services.enrollment.imports.spool import Spool
from services.enrollment.imports.take_menu import take_menu
from services.enrollment.imports.take_roster import take_roster
from services.enrollment.menu.rules.proposal import Proposal
from services.enrollment.menu.tables import Offering
from services.enrollment.policy import read_policy
from services.enrollment.schools.create_school import SchoolFacts, create_school
from services.enrollment.schools.current_term import current_term
from services.kernel.cipher import FieldCipher
from services.kernel.clock import at_school_time
from services.kernel.database.transaction import Database

NOON: datetime = at_school_time(date(2026, 11, 23), time(12, 0))
CIPHER = FieldCipher("k1:" + base64.b64encode(bytes(32)).decode())


@dataclass(frozen=True)
class SmallSchool:
    """``families`` are (child, first guardian, second guardian); offerings by code."""

    database: Database
    school_id: UUID
    families: Sequence[tuple[UUID, UUID, UUID]]
    offerings: dict[str, UUID]


def club(code: str, capacity: int) -> Proposal:
    return Proposal(
        code=code,
        title=f"社团{code}",
        kind="club",
        nature="regular",
        weekdays=(1, 2),
        starts=time(17, 30),
        ends=time(18, 30),
        grades=(1,),
        capacity=capacity,
    )


def care(code: str, capacity: int) -> Proposal:
    return Proposal(
        code=code,
        title="基本托管（一年级1组）",
        kind="basic_care",
        nature="regular",
        weekdays=(1, 2, 3, 4, 5),
        starts=time(17, 30),
        ends=time(18, 30),
        grades=(1,),
        capacity=capacity,
    )


def child(number: int) -> ChildRecord:
    guardians = tuple(
        GuardianRecord(rank, f"家长{number}", "父亲", f"13{rank}{number:08d}") for rank in (1, 2)
    )
    return ChildRecord(
        number, f"{number:06d}", f"孩子{number}", None, 1, "1班", boarder=False, guardians=guardians
    )


async def open_school(database: Database, families: int, menu: Sequence[Proposal]) -> SmallSchool:
    """Put the school on file with ``families`` children and publish ``menu``."""
    policy = read_policy()
    async with database.transaction() as tx:
        facts = SchoolFacts("S900", "小学", "潞州区", "primary")
        school_id = (await create_school(tx, facts, policy=policy, now=NOON)).school_id
        children = Spool[ChildRecord]()
        children.extend(child(number) for number in range(families))
        await (await take_roster(tx, school_id, children, cipher=CIPHER, now=NOON)).write()
        term = await current_term(tx, school_id, on=date(2026, 11, 23))
        await (await take_menu(tx, school_id, menu, term_id=term.term_id, policy=policy, now=NOON)).write()
        await tx.execute(
            update(Offering).where(col(Offering.school_id) == school_id).values(state="published")
        )
        offerings = {row.code: row.offering_id for row in await tx.execute(text("SELECT * FROM offering"))}
        bonds = await tx.execute(
            text(
                "SELECT a.child_id, a.guardian_id AS first, b.guardian_id AS second FROM guardianship a"
                " JOIN guardianship b USING (school_id, child_id) WHERE a.rank = 1 AND b.rank = 2 ORDER BY 1"
            )
        )
        found = [(row.child_id, row.first, row.second) for row in bonds]
    return SmallSchool(database, school_id, found, offerings)
