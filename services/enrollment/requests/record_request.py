"""Staff write a guardian's request down, and the platform carries it out: both or neither (R03)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.facts.enrollment import RequestCarriedOut
from services.enrollment.families.errors import ChildNotOnFile
from services.enrollment.policy import Policy
from services.enrollment.requests.acts import Act
from services.enrollment.requests.carry_out import Errand, carry_out
from services.enrollment.requests.errors import NotForTeachers, NotOwnHomeroom, NotThisChildsGuardian
from services.enrollment.requests.tables import FamilyRequest
from services.kernel.cipher import FieldCipher
from services.kernel.ids import new_id
from services.kernel.letters.announce import announce

_CHILD = text(
    "SELECT EXISTS (SELECT FROM guardianship g WHERE g.school_id = c.school_id AND g.child_id = c.child_id"
    "         AND g.guardian_id = :guardian_id AND NOT g.removed) AS is_guardian,"
    "       EXISTS (SELECT FROM staff s WHERE s.school_id = c.school_id AND s.staff_id = :staff_id"
    "         AND NOT s.removed AND s.homeroom_grade = c.grade AND s.homeroom_class = c.class_name) AS own_class"
    "  FROM child c WHERE c.school_id = :school_id AND c.child_id = :child_id AND NOT c.removed"
)


@dataclass(frozen=True)
class Asked:
    """What a guardian asked, how (in_person, phone, message, paper) and in which words."""

    child_id: UUID
    guardian_id: UUID
    how: str
    said: str
    act: Act


@dataclass(frozen=True)
class Clerk:
    """Who writes it down; an officer may for every child, everybody else for the class of which it is in charge."""

    staff_id: UUID
    officer: bool


async def record_request(
    tx: AsyncSession,
    school_id: UUID,
    asked: Asked,
    clerk: Clerk,
    *,
    policy: Policy,
    cipher: FieldCipher,
    now: datetime,
) -> UUID:
    """Keep the request, do what it says in the guardian's name, and tell the guardian; returns the request's id.

    Raises:
        ChildNotOnFile: no such child at this school.
        NotOwnHomeroom, NotForTeachers: this member of staff may not.
        NotThisChildsGuardian: somebody who is no guardian of the child cannot have asked.
        Refusal: whatever the act is refused for; then there is no request either.
    """
    for child_id in (asked.child_id, *asked.act.siblings()):
        await _check(tx, school_id, child_id, asked, clerk)
    request = FamilyRequest(
        school_id=school_id,
        request_id=new_id(),
        child_id=asked.child_id,
        guardian_id=asked.guardian_id,
        how=asked.how,
        said=asked.said,
        act=asked.act.kept(),
        staff_id=clerk.staff_id,
        recorded_at=now,
    )
    tx.add(request)
    await tx.flush()
    await carry_out(Errand(tx, request, policy, cipher, now), asked.act)
    told = RequestCarriedOut(
        school_id=school_id,
        request_id=request.request_id,
        child_id=asked.child_id,
        guardian_id=asked.guardian_id,
        at=now,
    )
    await announce(tx, told, now=now)
    return request.request_id


async def _check(tx: AsyncSession, school_id: UUID, child_id: UUID, asked: Asked, clerk: Clerk) -> None:
    facts: dict[str, Any] = {
        "school_id": school_id,
        "child_id": child_id,
        "guardian_id": asked.guardian_id,
        "staff_id": clerk.staff_id,
    }
    found = (await tx.execute(_CHILD, facts)).one_or_none()
    if found is None:
        raise ChildNotOnFile
    if not clerk.officer and not found.own_class:
        raise NotOwnHomeroom
    if not clerk.officer and asked.act.do == "transfer_out":
        raise NotForTeachers
    if not found.is_guardian:
        raise NotThisChildsGuardian
