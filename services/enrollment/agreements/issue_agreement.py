"""The school issues a version of the agreement's text, and by that signs it (R29)."""

import hashlib
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.enrollment.agreements.tables import AgreementSignature, AgreementText
from services.enrollment.roster.take_version import take_version
from services.kernel.ids import new_id


def hash_of(title: str, body: str) -> str:
    """SHA-256 of title, a line feed, and body, in UTF-8; hexadecimal."""
    return hashlib.sha256(f"{title}\n{body}".encode()).hexdigest()


async def issue_agreement(
    tx: AsyncSession,
    school_id: UUID,
    *,
    title: str,
    body: str,
    by: UUID,
    device_id: UUID | None = None,
    now: datetime,
) -> AgreementText:
    """Put a new version in force; guardians who signed an older one are asked to sign again."""
    version = await take_version(tx, school_id, now=now)
    last = await tx.scalar(
        select(func.max(col(AgreementText.number))).where(col(AgreementText.school_id) == school_id)
    )
    issued = AgreementText(
        school_id=school_id,
        number=(last or 0) + 1,
        title=title,
        body=body,
        sha256=hash_of(title, body),
        issued_at=now,
        version=version,
    )
    tx.add(issued)
    await tx.flush()
    tx.add(
        AgreementSignature(
            school_id=school_id,
            signature_id=new_id(),
            number=issued.number,
            sha256=issued.sha256,
            side="school",
            signer_id=by,
            signed_at=now,
            device_id=device_id,
        )
    )
    await tx.flush()
    return issued


async def agreement_in_force(tx: AsyncSession, school_id: UUID) -> AgreementText | None:
    """Return the newest text of a school."""
    found = await tx.execute(
        select(AgreementText)
        .where(col(AgreementText.school_id) == school_id)
        .order_by(col(AgreementText.number).desc())
        .limit(1)
    )
    return found.scalar_one_or_none()
