"""What was signed, by whom and when: the versions of the text, and the proof for one guardian or one child."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.agreements.errors import NoAgreement
from services.enrollment.agreements.tables import AgreementText

_VERSIONS = text(
    "SELECT t.number, t.title, t.sha256, t.issued_at, s.signer_id AS issued_by, st.name AS issued_by_name,"
    " (SELECT count(DISTINCT g.child_id) FROM agreement_signature g WHERE g.school_id = t.school_id"
    "   AND g.number = t.number AND g.side = 'guardian') AS children"
    " FROM agreement_text t"
    " JOIN agreement_signature s ON s.school_id = t.school_id AND s.number = t.number AND s.side = 'school'"
    " LEFT JOIN staff st ON st.school_id = t.school_id AND st.staff_id = s.signer_id"
    " WHERE t.school_id = :school_id ORDER BY t.number DESC"
)
_SIGNATURES = text(
    "SELECT s.signature_id, s.number, t.title, s.sha256, s.sha256 = t.sha256 AS unchanged, s.side, s.signer_id,"
    " COALESCE(g.name, st.name) AS signer_name, s.child_id, s.signed_at, s.device_id, s.request_id"
    " FROM agreement_signature s JOIN agreement_text t USING (school_id, number)"
    " LEFT JOIN guardian g ON s.side = 'guardian' AND g.school_id = s.school_id AND g.guardian_id = s.signer_id"
    " LEFT JOIN staff st ON s.side = 'school' AND st.school_id = s.school_id AND st.staff_id = s.signer_id"
    " WHERE s.school_id = :school_id AND ("
    "   (CAST(:child_id AS uuid) IS NULL OR s.child_id = :child_id)"
    "   AND (CAST(:guardian_id AS uuid) IS NULL OR s.signer_id = :guardian_id) AND s.side = 'guardian'"
    "   OR s.side = 'school' AND EXISTS (SELECT FROM agreement_signature o WHERE o.school_id = s.school_id"
    "     AND o.number = s.number AND o.side = 'guardian'"
    "     AND (CAST(:child_id AS uuid) IS NULL OR o.child_id = :child_id)"
    "     AND (CAST(:guardian_id AS uuid) IS NULL OR o.signer_id = :guardian_id)))"
    " ORDER BY s.number, s.side DESC, s.signed_at, s.signature_id"
)


async def versions_on_file(tx: AsyncSession, school_id: UUID) -> Sequence[RowMapping]:
    """Return every version ever in force, newest first, and for how many children each was signed."""
    return (await tx.execute(_VERSIONS, {"school_id": school_id})).mappings().all()


async def version_on_file(tx: AsyncSession, school_id: UUID, number: int) -> AgreementText:
    """Return a version with its text.

    Raises:
        NoAgreement: the school never issued it.
    """
    found = await tx.get(AgreementText, (school_id, number))
    if found is None:
        raise NoAgreement
    return found


async def signatures_on_file(
    tx: AsyncSession, school_id: UUID, *, guardian_id: UUID | None = None, child_id: UUID | None = None
) -> Sequence[RowMapping]:
    """Return the signatures of a guardian, or those for a child, each with the school's own on the same version."""
    about = {"school_id": school_id, "guardian_id": guardian_id, "child_id": child_id}
    return (await tx.execute(_SIGNATURES, about)).mappings().all()
