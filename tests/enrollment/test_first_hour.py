"""The first hour of a school: created by the operator, taken up by its first officer, staff known by phone."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.enrollment.imports.import_file import Upload, import_file
from services.enrollment.imports.sheet_kinds import Desk
from services.enrollment.policy import Policy
from services.enrollment.schools.accept_invitation import accept_invitation
from services.enrollment.schools.create_school import SchoolFacts, create_school, invite_officer
from services.enrollment.schools.errors import (
    InvitationOver,
    InvitationUnknown,
    SchoolExists,
    UnknownSchoolKind,
)
from services.enrollment.schools.people_by_phone import people_by_phone
from services.kernel.cipher import FieldCipher
from services.kernel.clock import real_now
from tests.enrollment.conftest import EXAMPLES, NOON, RolledBack, Schools

FACTS = SchoolFacts(code="S100", name="新城小学", county="潞州区", kind="primary")
OFFICER = "13900000001"


async def test_a_school_begins_with_the_jurisdictions_term(at: RolledBack, policy: Policy) -> None:
    async with at() as tx:
        school = await create_school(tx, FACTS, policy=policy, now=NOON)
        terms = await tx.execute(text("SELECT name, version FROM term"))
        assert [tuple(row) for row in terms] == [("2026—2027学年第一学期", 1)]
        assert school.run_by_id is None


async def test_a_code_is_given_once_and_a_kind_must_be_the_policys(at: RolledBack, policy: Policy) -> None:
    async with at() as tx:
        await create_school(tx, FACTS, policy=policy, now=NOON)
        with pytest.raises(SchoolExists):
            await create_school(tx, FACTS, policy=policy, now=NOON)
        with pytest.raises(UnknownSchoolKind):
            await create_school(tx, SchoolFacts("S101", "x", "y", "幼儿园"), policy=policy, now=NOON)


async def test_an_invitation_makes_an_officer_once(
    at: RolledBack, policy: Policy, cipher: FieldCipher
) -> None:
    async with at() as tx:
        school = await create_school(tx, FACTS, policy=policy, now=NOON)
        code = await invite_officer(tx, school.school_id, real_now=real_now())
        kept = (await tx.execute(text("SELECT * FROM invitation"))).mappings().one()
        assert code.replace("-", "") not in str(kept)
        taken: Any = {"name": "李丽", "phone": OFFICER, "cipher": cipher, "now": NOON, "real_now": real_now()}
        officer = await accept_invitation(tx, code=code.lower().replace("-", " "), **taken)
        assert officer.personas == ["enrolment_officer", "school_admin"]
        with pytest.raises(InvitationOver):
            await accept_invitation(tx, code=code, **taken)
        assert await tx.scalar(text("SELECT used_by FROM invitation")) == officer.staff_id


async def test_an_invitation_lives_seventy_two_hours(
    at: RolledBack, policy: Policy, cipher: FieldCipher
) -> None:
    async with at() as tx:
        school = await create_school(tx, FACTS, policy=policy, now=NOON)
        code = await invite_officer(tx, school.school_id, real_now=real_now())
        late = real_now() + timedelta(hours=72, minutes=1)
        with pytest.raises(InvitationOver):
            await accept_invitation(
                tx, code=code, name="李丽", phone=OFFICER, cipher=cipher, now=NOON, real_now=late
            )
        with pytest.raises(InvitationUnknown):
            await accept_invitation(
                tx, code="AAAA-AAAA-AAAA", name="李丽", phone=OFFICER, cipher=cipher, now=NOON, real_now=late
            )


async def test_the_invited_officer_on_the_staff_sheet_stays_an_officer(
    at: RolledBack, policy: Policy, cipher: FieldCipher
) -> None:
    async with at() as tx:
        school = await create_school(tx, FACTS, policy=policy, now=NOON)
        code = await invite_officer(tx, school.school_id, real_now=real_now())
        officer = await accept_invitation(
            tx, code=code, name="鲁杰月", phone="19900050001", cipher=cipher, now=NOON, real_now=real_now()
        )
        desk = Desk(school.school_id, policy, cipher, NOON)
        for added in (82, 0):
            report = await import_file(tx, desk, "staff", Upload("s", EXAMPLES / "primary-staff.xlsx"))
            assert report.added == added
        row = (await tx.execute(text("SELECT staff_id, personas FROM staff WHERE staff_no = 'T001'"))).one()
        assert (row.staff_id, row.personas) == (
            officer.staff_id,
            ["enrolment_officer", "school_admin", "teacher"],
        )


async def test_a_phone_stands_for_people_in_all_schools_before_any_scope(
    filled: Schools, at: RolledBack, cipher: FieldCipher
) -> None:
    async with at() as tx:
        shared = await people_by_phone(tx, await shared_phone(filled, cipher), cipher=cipher)
        assert {(row.school_id, row.persona) for row in shared} == {
            (filled.primary, "guardian"),
            (filled.junior, "guardian"),
        }
        assert len({row.person_id for row in shared}) == 2
        teacher = await people_by_phone(tx, "19900050001", cipher=cipher)
        assert [(row.school_id, row.persona) for row in teacher] == [(filled.primary, "teacher")]
        assert await people_by_phone(tx, "13000000000", cipher=cipher) == []
        assert await people_by_phone(tx, "not a phone", cipher=cipher) == []
        assert await tx.scalar(text("SELECT count(*) FROM guardian")) == 0


async def shared_phone(filled: Schools, cipher: FieldCipher) -> str:
    """A phone that is a guardian's in both schools."""
    async with filled.database.transaction([filled.primary, filled.junior]) as tx:
        sealed = await tx.scalar(
            text(
                "SELECT a.phone_sealed FROM guardian a JOIN guardian b USING (phone_index)"
                " WHERE a.school_id = :primary AND b.school_id = :junior LIMIT 1"
            ),
            {"primary": filled.primary, "junior": filled.junior},
        )
        return cipher.open(sealed)


async def test_an_ended_right_is_not_found_by_phone(
    filled: Schools, at: RolledBack, cipher: FieldCipher
) -> None:
    async with at(filled.primary) as tx:
        await tx.execute(text("UPDATE staff SET removed = true WHERE staff_no = 'T001'"))
        await tx.execute(text("UPDATE guardianship SET removed = true"))
        assert await people_by_phone(tx, "19900050001", cipher=cipher) == []
        left = await people_by_phone(tx, "19900000001", cipher=cipher)
        assert filled.primary not in [row.school_id for row in left]
