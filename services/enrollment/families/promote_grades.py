"""At the year's end every child goes up a grade, and the highest leaves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import RowMapping, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.enrollment.families.errors import NotYearsEnd, PromotedAlready, TermStillRuns
from services.enrollment.families.rules.promotion import ClassStep, class_steps, in_summer, school_year
from services.enrollment.families.tables import GradePromotion
from services.enrollment.families.transfer_out import Leaving, transfer_out
from services.enrollment.imports.write_rows import import_alone
from services.enrollment.policy import Policy
from services.enrollment.roster.take_version import take_version
from services.enrollment.schools.errors import SchoolNotOnFile
from services.enrollment.schools.tables import School, Term
from services.enrollment.selection.end_places import end_places
from services.kernel.clock import school_day

_LOCK = text(
    "SELECT child_id, grade, class_name FROM child WHERE school_id = :school_id AND NOT removed"
    " ORDER BY child_id FOR NO KEY UPDATE"
)
_CLASSES = text(
    "SELECT grade, class_name, count(*) AS children FROM child WHERE school_id = :school_id AND NOT removed"
    " GROUP BY grade, class_name"
)
_UP = text(
    "UPDATE child SET grade = CAST(:next_grade AS int), version = :version WHERE school_id = :school_id"
    " AND child_id = ANY(CAST(:children AS uuid[]))"
)
_CARE = text(
    "SELECT p.place_id FROM place p JOIN offering o USING (school_id, offering_id)"
    " WHERE p.school_id = :school_id AND o.basic AND (p.until_on IS NULL OR p.until_on > :today)"
)
_FORGET_CARE = text("DELETE FROM care_wish WHERE school_id = :school_id")
_HOMEROOMS = text(
    "SELECT c.grade, c.class_name, min(s.name) AS teacher"
    "  FROM (SELECT DISTINCT grade, class_name FROM child WHERE school_id = :school_id AND NOT removed) c"
    "  LEFT JOIN staff s ON s.school_id = :school_id AND NOT s.removed"
    "   AND s.homeroom_grade = c.grade AND s.homeroom_class = c.class_name"
    " GROUP BY c.grade, c.class_name ORDER BY c.grade, length(c.class_name), c.class_name"
)


@dataclass(frozen=True)
class Promotion:
    """What a promotion does, class by class, and after it: who stands as homeroom teacher of which class."""

    school_year: str
    steps: list[ClassStep]
    homerooms: Sequence[RowMapping] = ()

    def children(self, *, graduate: bool) -> int:
        """How many graduate, or go up."""
        return sum(step.children for step in self.steps if (step.next_grade is None) is graduate)


async def plan_promotion(tx: AsyncSession, school_id: UUID, *, policy: Policy, now: datetime) -> Promotion:
    """Return what `promote_grades` would do today; changes nothing. Raises SchoolNotOnFile."""
    school = await tx.get(School, school_id)
    if school is None:
        raise SchoolNotOnFile
    classes = await tx.execute(_CLASSES, {"school_id": school_id})
    steps = class_steps(
        ((row.grade, row.class_name, row.children) for row in classes),
        policy.school_kinds[school.kind].grades,
    )
    return Promotion(school_year(school_day(now)), steps)


async def promote_grades(
    tx: AsyncSession,
    school_id: UUID,
    *,
    forced_because: str | None = None,
    by: UUID,
    policy: Policy,
    now: datetime,
) -> Promotion:
    """Move everybody up a grade, once a school year; the highest grade graduates. Classes keep their names.

    Care that was asked for ends: it is asked for anew each year. Homeroom teachers stay where the staff sheet put
    them, so a new sheet must follow; the answer says who stands where.

    Raises:
        PromotedAlready: it was done for this school year.
        TermStillRuns, NotYearsEnd: not now, unless forced with a reason.
    """
    today = school_day(now)
    await import_alone(tx, school_id)
    if await tx.get(GradePromotion, (school_id, school_year(today))) is not None:
        raise PromotedAlready(school_year=school_year(today))
    if forced_because is None:
        await _check_season(tx, school_id, today)
    children = (await tx.execute(_LOCK, {"school_id": school_id})).all()
    plan = await plan_promotion(tx, school_id, policy=policy, now=now)
    following = {(step.grade, step.class_name): step.next_grade for step in plan.steps}
    goes = {row.child_id: following[row.grade, row.class_name] for row in children}
    graduates = [child_id for child_id, next_grade in goes.items() if next_grade is None]
    if graduates:
        leaving = Leaving(graduates, today, f"毕业（{plan.school_year}前）", direction="graduated")
        await transfer_out(tx, school_id, leaving, by=by, now=now)
    await _end_care(tx, school_id, today, now=now)
    version = await take_version(tx, school_id, now=now)
    for next_grade in sorted({grade for grade in goes.values() if grade is not None}):
        moved = [child_id for child_id, grade in goes.items() if grade == next_grade]
        facts = {"school_id": school_id, "children": moved, "next_grade": next_grade, "version": version}
        await tx.execute(_UP, facts)
    tx.add(
        GradePromotion(
            school_id=school_id,
            school_year=plan.school_year,
            promoted=plan.children(graduate=False),
            graduated=plan.children(graduate=True),
            forced_because=forced_because,
            decided_by=by,
            decided_at=now,
        )
    )
    await tx.flush()
    homerooms = (await tx.execute(_HOMEROOMS, {"school_id": school_id})).mappings().all()
    return Promotion(plan.school_year, plan.steps, homerooms)


async def _check_season(tx: AsyncSession, school_id: UUID, today: date) -> None:
    running = await tx.scalars(
        select(Term).where(
            col(Term.school_id) == school_id, col(Term.starts_on) <= today, col(Term.ends_on) >= today
        )
    )
    for term in running:
        raise TermStillRuns(term=term.name, ends_on=term.ends_on.isoformat())
    if not in_summer(today):
        raise NotYearsEnd


async def _end_care(tx: AsyncSession, school_id: UUID, today: date, *, now: datetime) -> None:
    await tx.execute(_FORGET_CARE, {"school_id": school_id})
    places = list(await tx.scalars(_CARE, {"school_id": school_id, "today": today}))
    await end_places(tx, school_id, places, until=today, reason="withdrawn", now=now)
