"""Lists of children go out as they stand on that day, and say no more of a child than the list is for."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.agreements.issue_agreement import issue_agreement
from services.enrollment.agreements.unsigned_children import unsigned_children
from services.enrollment.menu.withdraw_offering import withdraw_offering
from services.kernel.ids import new_id
from tests.enrollment.conftest import NOON, RolledBack, Schools
from tests.enrollment.written_lists import MakeDesk, rows


async def test_a_roster_of_offerings_names_children_and_no_phone(
    at: RolledBack, filled: Schools, desk: MakeDesk
) -> None:
    async with at(filled.primary) as tx:
        offering = await _place(tx, filled.primary)
        title, header, *found = await rows(tx, desk(filled.primary), "club-rosters")
        teacher = await tx.scalar(
            text("SELECT teacher_id FROM offering WHERE offering_id = :id"), {"id": offering}
        )
        own = await rows(tx, desk(filled.primary, teacher_id=teacher), "club-rosters")
        nobodys = await rows(tx, desk(filled.primary, teacher_id=new_id()), "club-rosters")
        other = await rows(tx, desk(filled.primary, offering_id=new_id()), "club-rosters")
    assert title[0] == "实验小学 课后服务名单"
    assert header[:2] == ("课程编号", "课程名称")
    assert not {"手机", "健康提示", "优先保障类别"} & set(header)
    assert found == own[2:]
    assert [row[0] for row in found] == ["K058"]
    assert nobodys[2:] == other[2:] == []


IN_K058 = text("""
    INSERT INTO place (school_id, place_id, offering_id, child_id, weekdays, from_on, chosen_by, chosen_at,
                       came_by, version)
    SELECT o.school_id, :place, o.offering_id, c.child_id, o.weekdays, :on, b.guardian_id, now(), 'claim', 1
      FROM offering o JOIN child c USING (school_id) JOIN guardianship b USING (school_id, child_id)
     WHERE o.school_id = :school AND o.code = 'K058' AND c.grade = ANY(o.grades) ORDER BY c.student_no LIMIT 1
""")


async def _place(tx: AsyncSession, school_id: UUID) -> UUID:
    """One child in K058."""
    await tx.execute(IN_K058, {"place": new_id(), "on": NOON.date(), "school": school_id})
    found: UUID = await tx.scalar(
        text("SELECT offering_id FROM offering WHERE school_id = :id AND code = 'K058'"), {"id": school_id}
    )
    return found


async def test_a_withdrawn_offering_is_on_the_list_until_it_met_for_the_last_time(
    at: RolledBack, filled: Schools, desk: MakeDesk
) -> None:
    async with at(filled.primary) as tx:
        offering = await _place(tx, filled.primary)
        last_day = NOON.date() + timedelta(days=3)
        await withdraw_offering(tx, filled.primary, offering, from_on=last_day, reason="教师生病", now=NOON)
        before = await rows(tx, desk(filled.primary), "club-rosters")
        after = await rows(tx, replace(desk(filled.primary), now=NOON + timedelta(days=3)), "club-rosters")
    assert [row[0] for row in before[2:]] == ["K058"]
    assert [row for row in after[2:] if row[0] == "K058"] == []


async def test_the_list_of_the_unsigned_names_the_children_that_the_page_names(
    at: RolledBack, filled: Schools, desk: MakeDesk
) -> None:
    """On the day after the last place ended, a child is on neither."""
    async with at(filled.primary) as tx:
        await issue_agreement(
            tx, filled.primary, title="安全协议", body="双方责任……", by=filled.officers["S001"], now=NOON
        )
        await _place(tx, filled.primary)
        await tx.execute(text("UPDATE place SET until_on = :on"), {"on": NOON.date() + timedelta(days=1)})
        for now, many in ((NOON, 1), (NOON + timedelta(days=1), 0)):
            page = await unsigned_children(tx, filled.primary, number=1, today=now.date())
            _, _, *listed = await rows(tx, replace(desk(filled.primary), now=now), "unsigned")
            assert [row[1] for row in listed] == [one["student_no"] for one in page]
            assert len(listed) == many


async def test_the_waiting_list_is_in_order_and_names_no_tier(
    at: RolledBack, filled: Schools, desk: MakeDesk
) -> None:
    async with at(filled.primary) as tx:
        await tx.execute(
            text("INSERT INTO waiting_entry (school_id, entry_id, offering_id, child_id, tier, since, state, asked_by)"
                 " SELECT c.school_id, gen_random_uuid(), (SELECT offering_id FROM offering WHERE code = 'K058'),"
                 " c.child_id, 3 - row_number() OVER (ORDER BY c.student_no), now(), 'waiting', c.child_id"
                 " FROM (SELECT * FROM child ORDER BY student_no LIMIT 2) AS c"),
        )  # fmt: skip
        numbers = list(await tx.scalars(text("SELECT student_no FROM child ORDER BY student_no LIMIT 2")))
        _, header, *found = await rows(tx, desk(filled.primary), "waiting-lists")
    assert [row[5] for row in found] == list(reversed(numbers))
    assert [row[2] for row in found] == [1, 2]
    assert {row[6] for row in found} == {"候补中"}
    assert "类别" not in "".join(str(word) for word in header)
