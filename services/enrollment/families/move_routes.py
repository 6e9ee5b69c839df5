"""Children who come, leave or go up a grade."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field

from services.contracts.personas import OFFICERS
from services.enrollment.families.promote_grades import Promotion, plan_promotion, promote_grades
from services.enrollment.families.transfer_in import Newcomer, transfer_in
from services.enrollment.families.transfer_out import Leaving, transfer_out
from services.enrollment.given import Cipher, PolicyInForce
from services.enrollment.imports.finding import Finding
from services.enrollment.imports.sheet_kinds import Desk
from services.kernel.web.dependencies import Caller, Now, Tx
from services.kernel.web.once import OnceOnly

router = APIRouter(prefix="/api/v1/families", tags=["families"])

Reason = Annotated[str, Field(min_length=1, max_length=200)]
Cell = Annotated[str, Field(max_length=200)]


class NewGuardianIn(BaseModel):
    """A guardian as a roster's row names one."""

    name: Cell
    relation: Cell = ""
    phone: Cell


class NewcomerIn(BaseModel):
    """A child as a roster's row would say it: grade 3, 三年级 or 初一, class 1班, （1）班 or 1."""

    school_id: UUID
    student_no: Cell
    name: Cell
    sex: Cell = ""
    grade: Cell
    class_name: Cell
    boarder: bool = False
    guardians: Annotated[list[NewGuardianIn], Field(min_length=1, max_length=2)]
    priority_group: Cell = ""
    health_note: Annotated[str, Field(max_length=1000)] = ""
    effective_on: date
    reason: Reason
    other_school: Cell | None = None


class NewcomerOut(BaseModel):
    """The child; ``returned``: it was here before, under the same number. ``findings``: what was put right."""

    child_id: UUID
    returned: bool
    findings: list[Finding]


class LeavingIn(BaseModel):
    """Children who leave; ``effective_on`` is the first day no longer there.

    Those whom a roster's difference lists as missing can be sent here as they are, once somebody has read the list.
    """

    school_id: UUID
    child_ids: Annotated[list[UUID], Field(min_length=1, max_length=300)]
    effective_on: date
    reason: Reason
    other_school: Cell | None = None


class LeavingOut(BaseModel):
    """Who leaves, and from when."""

    child_ids: list[UUID]
    effective_on: date


class PromotionIn(BaseModel):
    """``forced_because``: why it is done while a term runs, or out of season."""

    school_id: UUID
    dry_run: bool = False
    forced_because: Reason | None = None


class ClassStepOut(BaseModel):
    """A class that goes up; ``next_grade`` None: it graduates."""

    grade: int
    class_name: str
    children: int
    next_grade: int | None


class HomeroomOut(BaseModel):
    """Who stands as homeroom teacher of a class now, by the staff sheet that was last imported."""

    grade: int
    class_name: str
    teacher: str | None


class PromotionOut(BaseModel):
    """What was done, or in a dry run would be. ``homerooms`` are to be checked: a new staff sheet sets them."""

    school_year: str
    dry_run: bool
    promoted: int
    graduated: int
    steps: list[ClassStepOut]
    homerooms: list[HomeroomOut]
    next_steps: list[str]


NEXT_STEPS = [
    "班主任仍按上次的教职工名册登记，请导入新学年的教职工名册。",
    "一年级（或起始年级）新生请用学生名册导入。",
    "基本托管每学年重新申请，请通知家长。",
]


async def desk_maker(policy: PolicyInForce, cipher: Cipher, now: Now) -> Desk:
    """Return a desk of no school yet."""
    return Desk(None, policy, cipher, now)


AtDesk = Annotated[Desk, Depends(desk_maker)]


@router.post("/transfers-in", status_code=201, response_model=NewcomerOut)
async def come(body: NewcomerIn, who: Caller, tx: Tx, desk: AtDesk, once: OnceOnly) -> NewcomerOut | Response:
    """Put one child on the roster from a day on, with its guardians; judged as a roster's row is."""
    who.require(*OFFICERS)
    by = who.person_in(body.school_id)
    at_school = Desk(body.school_id, desk.policy, desk.cipher, desk.now)
    newcomer = Newcomer(_cells(body), body.effective_on, body.reason, body.other_school)

    async def make() -> NewcomerOut:
        taken = await transfer_in(tx, at_school, newcomer, by=by)
        return NewcomerOut.model_validate(taken, from_attributes=True)

    return await once(make)


@router.post("/transfers-out", status_code=201, response_model=LeavingOut)
async def leave(body: LeavingIn, who: Caller, tx: Tx, now: Now, once: OnceOnly) -> LeavingOut | Response:
    """Take children off the roster from a day on: all of them or none."""
    who.require(*OFFICERS)
    by = who.person_in(body.school_id)
    leaving = Leaving(set(body.child_ids), body.effective_on, body.reason, body.other_school)

    async def make() -> LeavingOut:
        await transfer_out(tx, body.school_id, leaving, by=by, now=now)
        return LeavingOut(child_ids=sorted(leaving.child_ids), effective_on=leaving.effective_on)

    return await once(make)


@router.post("/promotion", response_model=PromotionOut)
async def promote(
    body: PromotionIn, who: Caller, tx: Tx, policy: PolicyInForce, now: Now, once: OnceOnly
) -> PromotionOut | Response:
    """Move everybody up a grade at the year's end, once a school year; a dry run shows it class by class."""
    who.require(*OFFICERS)
    by = who.person_in(body.school_id)

    async def make() -> PromotionOut:
        if body.dry_run:
            plan = await plan_promotion(tx, body.school_id, policy=policy, now=now)
        else:
            plan = await promote_grades(
                tx, body.school_id, forced_because=body.forced_because, by=by, policy=policy, now=now
            )
        return _promotion(plan, dry_run=body.dry_run)

    return await once(make)


def _promotion(plan: Promotion, *, dry_run: bool) -> PromotionOut:
    return PromotionOut(
        school_year=plan.school_year,
        dry_run=dry_run,
        promoted=plan.children(graduate=False),
        graduated=plan.children(graduate=True),
        steps=[ClassStepOut.model_validate(step, from_attributes=True) for step in plan.steps],
        homerooms=[HomeroomOut.model_validate(dict(row)) for row in plan.homerooms],
        next_steps=NEXT_STEPS,
    )


def _cells(body: NewcomerIn) -> dict[str, str]:
    cells = {
        "学号": body.student_no,
        "姓名": body.name,
        "性别": body.sex,
        "年级": body.grade,
        "班级": body.class_name,
        "是否住校": "是" if body.boarder else "否",
        "优先保障类别": body.priority_group,
        "健康提示": body.health_note,
    }
    for number, guardian in enumerate(body.guardians, start=1):
        relation = "与学生关系" if number == 1 else "与学生关系2"
        cells |= {
            f"监护人{number}姓名": guardian.name,
            relation: guardian.relation,
            f"监护人{number}手机": guardian.phone,
        }
    return cells
