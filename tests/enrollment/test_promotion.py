"""At the year's end everybody goes up a grade, once, between terms."""

import asyncio
from datetime import date, time
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.families.errors import NotYearsEnd, PromotedAlready, TermStillRuns
from services.enrollment.families.promote_grades import plan_promotion, promote_grades
from services.enrollment.families.rules.promotion import ClassStep, class_steps, in_summer, school_year
from services.enrollment.policy import Policy
from services.enrollment.selection.ask_for_care import CareAsked, ask_for_care
from services.kernel.clock import at_school_time
from tests.enrollment.conftest import NOON, RolledBack, Schools

AUGUST = at_school_time(date(2027, 8, 27), time(9, 0))


async def by_grade(tx: AsyncSession) -> dict[int, int]:
    rows = await tx.execute(text("SELECT grade, count(*) AS n FROM child WHERE NOT removed GROUP BY grade"))
    return {row.grade: row.n for row in rows}


async def done(tx: AsyncSession, filled: Schools, policy: Policy, **wanted: Any) -> Any:
    facts: dict[str, Any] = {"by": filled.officers["S001"], "policy": policy, "now": AUGUST, **wanted}
    return await promote_grades(tx, filled.primary, **facts)


def test_a_class_keeps_its_name_and_the_last_grade_taught_graduates() -> None:
    steps = class_steps([(6, "1班", 40), (1, "10班", 38), (1, "2班", 39)], [1, 2, 3, 4, 5, 6])
    assert steps == [
        ClassStep(1, "2班", 39, 2),
        ClassStep(1, "10班", 38, 2),
        ClassStep(6, "1班", 40, None),
    ]


def test_a_school_year_begins_in_september_and_is_named_from_june_on() -> None:
    assert school_year(date(2027, 6, 30)) == school_year(date(2027, 9, 30)) == "2027—2028学年"
    assert school_year(date(2027, 2, 10)) == "2026—2027学年"
    assert in_summer(date(2027, 8, 20))
    assert not in_summer(date(2027, 2, 10))


async def test_a_dry_run_shows_each_class_and_changes_nothing(
    filled: Schools, at: RolledBack, policy: Policy
) -> None:
    async with at(filled.primary) as tx:
        before = await by_grade(tx)
        plan = await plan_promotion(tx, filled.primary, policy=policy, now=AUGUST)
        assert plan.children(graduate=True) == before[6]
        assert plan.children(graduate=False) == sum(before.values()) - before[6]
        assert await by_grade(tx) == before


async def test_everybody_goes_up_and_the_highest_leaves(
    filled: Schools, at: RolledBack, policy: Policy
) -> None:
    async with at(filled.primary) as tx:
        before = await by_grade(tx)
        promotion = await done(tx, filled, policy)
        assert await by_grade(tx) == {grade + 1: count for grade, count in before.items() if grade < 6}
        graduated = await tx.scalar(text("SELECT count(*) FROM child_move WHERE direction = 'graduated'"))
        assert graduated == before[6] == promotion.children(graduate=True)
        kept = await tx.execute(text("SELECT promoted, graduated, school_year FROM grade_promotion"))
        assert tuple(kept.one()) == (1184 - before[6], before[6], "2027—2028学年")


async def test_care_is_asked_for_anew_each_year(
    filled: Schools, at: RolledBack, policy: Policy, families: Any
) -> None:
    async with at(filled.primary) as tx:
        family = (await families(tx, filled.primary, 1))[0]
        wish = [CareAsked(family.child_id)]
        await ask_for_care(tx, filled.primary, wish, guardian_id=family.guardian_id, now=NOON)
        await done(tx, filled, policy)
        assert not await tx.scalar(text("SELECT count(*) FROM care_wish"))
        assert not await tx.scalar(
            text("SELECT count(*) FROM place JOIN offering USING (school_id, offering_id)"
                 " WHERE basic AND until_on IS NULL")
        )  # fmt: skip


async def test_a_second_time_in_the_year_is_refused(filled: Schools, at: RolledBack, policy: Policy) -> None:
    async with at(filled.primary) as tx:
        await done(tx, filled, policy)
        with pytest.raises(PromotedAlready) as caught:
            await done(tx, filled, policy, forced_because="再来一次")
        assert caught.value.facts == {"school_year": "2027—2028学年"}


async def test_it_is_not_done_in_a_term_nor_in_winter_unless_with_a_reason(
    filled: Schools, at: RolledBack, policy: Policy
) -> None:
    async with at(filled.primary) as tx:
        with pytest.raises(TermStillRuns):
            await done(tx, filled, policy, now=NOON)
        await tx.execute(
            text("DELETE FROM term WHERE kind <> 'term' AND term_id NOT IN (SELECT term_id FROM offering)")
        )
        with pytest.raises(NotYearsEnd):
            await done(tx, filled, policy, now=at_school_time(date(2027, 2, 10), time(9)))
        await done(tx, filled, policy, now=NOON, forced_because="教育局要求")
        assert await tx.scalar(text("SELECT forced_because FROM grade_promotion")) == "教育局要求"


async def test_of_two_officers_at_the_same_moment_one_does_it(own_copy: Schools, policy: Policy) -> None:
    async def officer() -> str:
        async with own_copy.database.transaction([own_copy.primary]) as tx:
            try:
                await done(tx, own_copy, policy)
            except PromotedAlready:
                return "refused"
            return "done"

    assert sorted(await asyncio.gather(officer(), officer())) == ["done", "refused"]
    async with own_copy.database.transaction([own_copy.primary]) as tx:
        assert set(await by_grade(tx)) == {2, 3, 4, 5, 6}


async def test_the_answer_names_the_homerooms_that_stand_by_the_old_sheet(
    filled: Schools, at: RolledBack, policy: Policy
) -> None:
    async with at(filled.primary) as tx:
        await tx.execute(text("UPDATE staff SET homeroom_grade = NULL WHERE homeroom_grade = 2"))
        promotion = await done(tx, filled, policy)
        without = {row["grade"] for row in promotion.homerooms if row["teacher"] is None}
        assert without == {2}
        assert {row["grade"] for row in promotion.homerooms} == {2, 3, 4, 5, 6}
