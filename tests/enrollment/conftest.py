"""Two schools on file, from the sample spreadsheets, their menus published: made once, copied or rolled back."""

import base64
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.imports.import_file import Upload, import_file
from services.enrollment.imports.sheet_kinds import Desk
from services.enrollment.menu.publish_menu import publish_menu
from services.enrollment.outgoing.sheet import Desk as ExportDesk
from services.enrollment.policy import Policy, read_policy
from services.enrollment.schools.current_term import current_term
from services.enrollment.schools.tables import School
from services.kernel.cipher import FieldCipher
from services.kernel.clock import at_school_time, school_day
from services.kernel.database.migrate import migrate
from services.kernel.database.provision import provision
from services.kernel.database.transaction import Database, set_scope
from tests.conftest import Databases

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
FIELD_KEYS = "k1:" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
NOON: datetime = at_school_time(date(2026, 11, 23), time(12, 0))
"""Monday; the day of most tests."""
TEMPLATE = "sample_schools"
FAMILIES = text(
    "SELECT c.child_id, g.guardian_id, c.grade, c.class_name FROM child c"
    " JOIN guardianship g USING (school_id, child_id)"
    " WHERE c.school_id = :school_id AND g.rank = 1 AND c.grade = :grade"
    " AND (:class_name = '' OR c.class_name = :class_name) ORDER BY c.class_name, c.student_no"
)
OFFICER = text(
    "SELECT staff_id FROM staff WHERE school_id = :school_id AND 'enrolment_officer' = ANY(personas)"
    " ORDER BY staff_no LIMIT 1"
)


@pytest.fixture(scope="session")
def policy() -> Policy:
    return read_policy()


@pytest.fixture(scope="session")
def cipher() -> FieldCipher:
    return FieldCipher(FIELD_KEYS)


@dataclass(frozen=True)
class Schools:
    """The sample schools: their database, ids by code, and an officer of each."""

    database: Database
    ids: dict[str, UUID]
    officers: dict[str, UUID]

    @property
    def primary(self) -> UUID:
        return self.ids["S001"]

    @property
    def junior(self) -> UUID:
        return self.ids["S002"]


async def import_example(tx: AsyncSession, desk: Desk, kind: str, name: str) -> None:
    report = await import_file(tx, desk, kind, Upload(name, EXAMPLES / name))
    assert report.written


async def fill(database: Database, policy: Policy, cipher: FieldCipher) -> Schools:
    """Import what a county sends, through the same commands as everybody's."""
    async with database.transaction() as tx:
        await import_example(tx, Desk(None, policy, cipher, NOON), "schools", "schools.xlsx")
    async with database.transaction() as tx:
        ids = {one.code: one.school_id for one in await tx.scalars(select(School))}
    officers = {}
    for code, name in (("S001", "primary"), ("S002", "junior")):
        desk = Desk(ids[code], policy, cipher, NOON)
        async with database.transaction([ids[code]]) as tx:
            for kind in ("staff", "rooms", "roster", "menu", "collectors"):
                await import_example(tx, desk, kind, f"{name}-{kind}.xlsx")
            officers[code] = await tx.scalar(OFFICER, {"school_id": ids[code]})
            term = await current_term(tx, ids[code], on=school_day(NOON))
            await publish_menu(tx, ids[code], term.term_id, by=officers[code], policy=policy, now=NOON)
    return Schools(database, ids, officers)


@pytest.fixture(scope="session")
async def filled_template(databases: Databases, policy: Policy, cipher: FieldCipher) -> tuple[str, Schools]:
    """The name of a database with the sample schools, which is only ever copied."""
    prefix = f"kehou_test_{os.getpid()}_"
    urls = (await provision(databases.admin_url, databases.secrets, services=[TEMPLATE], prefix=prefix))[
        TEMPLATE
    ]
    await migrate("enrollment", urls.owner)
    database = Database(urls.app)
    try:
        schools = await fill(database, policy, cipher)
    finally:
        await database.close()
    await databases.adopt(TEMPLATE, urls)
    return TEMPLATE, schools


@pytest.fixture(scope="session")
async def filled(databases: Databases, filled_template: tuple[str, Schools]) -> AsyncIterator[Schools]:
    """The sample schools, for tests that take everything back."""
    name, schools = filled_template
    async with databases.fresh(name) as database:
        yield replace(schools, database=database)


@pytest.fixture
async def own_copy(databases: Databases, filled_template: tuple[str, Schools]) -> AsyncIterator[Schools]:
    """The sample schools, for one test that commits."""
    name, schools = filled_template
    async with databases.fresh(name) as database:
        yield replace(schools, database=database)


RolledBack = Callable[..., AbstractAsyncContextManager[AsyncSession]]


@pytest.fixture
def at(filled: Schools) -> RolledBack:
    """A transaction in the scope of some schools, taken back at the end."""

    @asynccontextmanager
    async def begin(*scope: UUID) -> AsyncIterator[AsyncSession]:
        async with filled.database.sessions() as tx:
            await tx.begin()
            await set_scope(tx, scope)
            yield tx
            await tx.rollback()

    return begin


@pytest.fixture
def desk(policy: Policy, cipher: FieldCipher) -> Callable[..., ExportDesk]:
    """A desk that writes lists at noon."""

    def make(school_id: UUID | None, **narrowed: Any) -> ExportDesk:
        return ExportDesk(school_id, policy, cipher, NOON, **narrowed)

    return make


@dataclass(frozen=True)
class Family:
    """A child and its first guardian."""

    child_id: UUID
    guardian_id: UUID
    grade: int
    class_name: str


@pytest.fixture
def families(filled: Schools) -> Callable[..., Awaitable[list[Family]]]:
    """Families of a grade, by class and student number."""

    async def of(tx: AsyncSession, school_id: UUID, grade: int, class_name: str = "") -> list[Family]:
        facts = {"school_id": school_id, "grade": grade, "class_name": class_name}
        return [Family(**row) for row in (await tx.execute(FAMILIES, facts)).mappings()]

    return of
