"""A guardian signs the agreement for children (R29)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.agreements.errors import AgreementChanged, NoAgreement, NoRightToSign
from services.enrollment.agreements.issue_agreement import agreement_in_force
from services.enrollment.agreements.tables import AgreementText
from services.enrollment.roster.take_version import take_version
from services.enrollment.selection.lock_children import lock_children
from services.kernel.ids import new_id
from services.kernel.problems import NotYours

_MAY = text(
    "SELECT child_id, g.may_sign, c.agreed_number FROM guardianship g JOIN child c USING (school_id, child_id)"
    " WHERE school_id = :school_id AND guardian_id = :guardian_id"
    " AND child_id = ANY(CAST(:children AS uuid[])) AND NOT g.removed AND NOT c.removed"
)
_SIGN = text(
    "INSERT INTO agreement_signature (school_id, signature_id, number, sha256, side, signer_id, child_id,"
    " signed_at, device_id, request_id) VALUES (:school_id, :signature_id, :number, :sha256, 'guardian',"
    " :guardian_id, :child_id, :signed_at, :device_id, :request_id)"
    " ON CONFLICT (school_id, number, side, child_id, signer_id) DO NOTHING"
)
_MARK = text(
    "UPDATE child SET agreed_number = :number, version = :version WHERE school_id = :school_id"
    " AND child_id = ANY(CAST(:children AS uuid[])) AND agreed_number IS DISTINCT FROM :number"
)


@dataclass(frozen=True)
class Signing:
    """Who signs what: the number and hash of the text that stood on the screen."""

    guardian_id: UUID
    children: Sequence[UUID]
    number: int
    sha256: str
    device_id: UUID | None = None
    request_id: UUID | None = None
    """The request on file, where it was signed on paper: then staff recorded it, and no device is known."""


async def sign_agreement(
    tx: AsyncSession, school_id: UUID, signing: Signing, *, now: datetime
) -> AgreementText:
    """Keep the signature for each child; signing again changes nothing.

    Raises:
        NoAgreement: nothing to sign.
        AgreementChanged: another text is in force than the one that was read.
        NotYours, NoRightToSign: a child of somebody else; a guardian without that right.
    """
    in_force = await agreement_in_force(tx, school_id)
    if in_force is None:
        raise NoAgreement
    if (signing.number, signing.sha256) != (in_force.number, in_force.sha256):
        raise AgreementChanged(number=in_force.number, sha256=in_force.sha256)
    facts = {
        "school_id": school_id,
        "guardian_id": signing.guardian_id,
        "children": list(signing.children),
        "number": in_force.number,
    }
    await lock_children(tx, school_id, signing.children)
    may = {row.child_id: row for row in await tx.execute(_MAY, facts)}
    for child_id in signing.children:
        if child_id not in may:
            raise NotYours
        if not may[child_id].may_sign:
            raise NoRightToSign
    if any(row.agreed_number != in_force.number for row in may.values()):
        version = await take_version(tx, school_id, now=now)
        await tx.execute(_MARK, {**facts, "version": version})
    await tx.execute(
        _SIGN,
        [
            {
                **facts,
                "signature_id": new_id(),
                "sha256": in_force.sha256,
                "child_id": child_id,
                "signed_at": now,
                "device_id": signing.device_id,
                "request_id": signing.request_id,
            }
            for child_id in signing.children
        ],
    )
    return in_force
