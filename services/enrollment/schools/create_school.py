"""Put a school on file, with the jurisdiction's terms and an invitation for its first officer."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.contracts.personas import OFFICERS
from services.enrollment.calendar.set_term import TermFacts, add_term
from services.enrollment.policy import Policy
from services.enrollment.schools.errors import SchoolExists, UnknownSchoolKind
from services.enrollment.schools.tables import Invitation, School, SchoolVersion
from services.kernel.database.transaction import set_scope
from services.kernel.ids import new_id

INVITATION_LIFE = timedelta(hours=72)
"""Real time. Others began with invitations of 30 days and had to shorten them."""
CODE_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 12
"""31^12: nobody guesses it in 72 hours."""


@dataclass(frozen=True)
class SchoolFacts:
    """What the bureau says about a school; ``kind`` is a key of the policy's school_kinds."""

    code: str
    name: str
    county: str
    kind: str
    boarding: str = "none"
    run_by_code: str | None = None
    releases_at: time = time(16, 30)
    work_ends_at: time = time(18, 0)


async def create_school(tx: AsyncSession, facts: SchoolFacts, *, policy: Policy, now: datetime) -> School:
    """Create a school and its terms. Widens this transaction's scope to it.

    Raises:
        SchoolExists: the code is taken.
        UnknownSchoolKind: the policy has no such kind.
    """
    if facts.kind not in policy.school_kinds:
        raise UnknownSchoolKind(kind=facts.kind)
    if await school_by_code(tx, facts.code) is not None:
        raise SchoolExists(code=facts.code)
    school = School(school_id=new_id(), created_at=now, **_columns(facts))
    if facts.run_by_code is not None and (central := await school_by_code(tx, facts.run_by_code)) is not None:
        school.run_by_id = central.school_id
    tx.add(school)
    await tx.flush()
    await set_scope(tx, [school.school_id])
    tx.add(SchoolVersion(school_id=school.school_id, version=0, stamped_by="0"))
    await tx.flush()
    for term in policy.terms:
        await add_term(tx, school.school_id, TermFacts(**term.model_dump()), policy=policy, now=now)
    return school


async def invite_officer(tx: AsyncSession, school_id: UUID, *, real_now: datetime) -> str:
    """Return a fresh invitation code (12 characters in groups of four). Only its hash is kept."""
    code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    tx.add(
        Invitation(
            school_id=school_id,
            invitation_id=new_id(),
            code_hash=hash_code(code),
            personas=list(OFFICERS),
            expires_at=real_now + INVITATION_LIFE,
        )
    )
    await tx.flush()
    return "-".join(code[start : start + 4] for start in range(0, CODE_LENGTH, 4))


def hash_code(code: str) -> bytes:
    """Hash a code as it may be typed: any case, with or without dashes and spaces."""
    plain = "".join(char for char in code.upper() if char in CODE_ALPHABET)
    return hashlib.sha256(plain.encode()).digest()


async def school_by_code(tx: AsyncSession, code: str) -> School | None:
    """Return the school with the bureau's code."""
    return (await tx.execute(select(School).where(col(School.code) == code))).scalar_one_or_none()


def _columns(facts: SchoolFacts) -> dict[str, Any]:
    return {name: value for name, value in vars(facts).items() if name != "run_by_code"}
