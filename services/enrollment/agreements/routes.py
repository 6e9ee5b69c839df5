"""The safety agreement, for both sides."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response
from sqlalchemy import RowMapping

from services.contracts.personas import OFFICERS, STAFF, Persona
from services.enrollment.agreements import shapes
from services.enrollment.agreements.errors import NoAgreement
from services.enrollment.agreements.issue_agreement import agreement_in_force, issue_agreement
from services.enrollment.agreements.remind_by_rhythm import soon_remind
from services.enrollment.agreements.remind_unsigned import remind_unsigned
from services.enrollment.agreements.sign_agreement import Signing, sign_agreement
from services.enrollment.agreements.signatures_on_file import (
    signatures_on_file,
    version_on_file,
    versions_on_file,
)
from services.enrollment.agreements.tables import AgreementText
from services.enrollment.agreements.unsigned_children import unsigned_by_class, unsigned_children
from services.kernel.clock import school_day
from services.kernel.web.dependencies import Caller, Now, Tx
from services.kernel.web.once import OnceOnly

router = APIRouter(prefix="/api/v1/agreements", tags=["agreements"])


@router.get("")
async def in_force(school_id: UUID, who: Caller, tx: Tx) -> shapes.AgreementOut:
    """Return the text in force of one of the caller's schools."""
    who.person_in(school_id)
    text = await agreement_in_force(tx, school_id)
    if text is None:
        raise NoAgreement
    return _out(text)


@router.post("", status_code=201, response_model=shapes.AgreementOut)
async def issue(
    body: shapes.AgreementIn, who: Caller, tx: Tx, now: Now, once: OnceOnly
) -> shapes.AgreementOut | Response:
    """Issue a version; everybody is asked to sign again."""
    who.require(*OFFICERS)
    by = who.person_in(body.school_id)

    async def make() -> shapes.AgreementOut:
        issued = await issue_agreement(
            tx,
            body.school_id,
            title=body.title,
            body=body.body,
            by=by,
            device_id=who.device_id,
            now=now,
        )
        await soon_remind(tx, issued)
        return _out(issued)

    return await once(make)


@router.get("/versions")
async def versions(school_id: UUID, who: Caller, tx: Tx) -> shapes.VersionsOut:
    """Return every version that was ever in force: anybody of the school may see what changed and when."""
    who.person_in(school_id)
    rows = await versions_on_file(tx, school_id)
    return shapes.VersionsOut(versions=[shapes.VersionOut.model_validate(dict(row)) for row in rows])


@router.get("/versions/{number}")
async def version(
    school_id: UUID, number: Annotated[int, Path(ge=1, le=100_000)], who: Caller, tx: Tx
) -> shapes.AgreementOut:
    """Return a version with its text, as it was signed."""
    who.person_in(school_id)
    return _out(await version_on_file(tx, school_id, number))


@router.post("/signatures", status_code=201, response_model=shapes.SignedOut)
async def sign(
    body: shapes.SigningIn, who: Caller, tx: Tx, now: Now, once: OnceOnly
) -> shapes.SignedOut | Response:
    """Sign for children; a text that changed meanwhile is refused."""
    who.require(Persona.GUARDIAN)
    guardian_id = who.person_in(body.school_id)

    async def make() -> shapes.SignedOut:
        signing = Signing(guardian_id, body.child_ids, body.number, body.sha256, who.device_id)
        signed = await sign_agreement(tx, body.school_id, signing, now=now)
        return shapes.SignedOut(number=signed.number, child_ids=body.child_ids)

    return await once(make)


@router.get("/signatures")
async def own_signatures(school_id: UUID, who: Caller, tx: Tx) -> shapes.SignaturesOut:
    """Return what the caller signed, and the school's signature on the same versions: each side's proof."""
    who.require(Persona.GUARDIAN)
    rows = await signatures_on_file(tx, school_id, guardian_id=who.person_in(school_id))
    return _signatures(rows)


@router.get("/children/{child_id}/signatures")
async def signatures_of_child(child_id: UUID, school_id: UUID, who: Caller, tx: Tx) -> shapes.SignaturesOut:
    """Return everything that was signed for a child, for the school's officers; a stranger's child has none."""
    who.require(*OFFICERS)
    who.person_in(school_id)
    return _signatures(await signatures_on_file(tx, school_id, child_id=child_id))


@router.get("/unsigned")
async def unsigned(school_id: UUID, who: Caller, tx: Tx, now: Now) -> shapes.UnsignedOut:
    """Return children in care whose guardians have not signed the text in force, and the figures by class."""
    who.require(*STAFF)
    who.person_in(school_id)
    text = await agreement_in_force(tx, school_id)
    if text is None:
        raise NoAgreement
    today = school_day(now)
    children = await unsigned_children(tx, school_id, number=text.number, today=today)
    classes = await unsigned_by_class(tx, school_id, number=text.number, today=today)
    return shapes.UnsignedOut(
        number=text.number,
        classes=[shapes.ClassFigureOut.model_validate(dict(row)) for row in classes],
        children=[shapes.UnsignedChildOut.model_validate(dict(row)) for row in children],
    )


@router.post("/reminders", status_code=201, response_model=shapes.ReminderOut)
async def remind(
    body: shapes.ReminderIn, who: Caller, tx: Tx, now: Now, once: OnceOnly
) -> shapes.ReminderOut | Response:
    """Remind the guardians who may sign for unsigned children in care, at most once a school day."""
    who.require(*OFFICERS)
    by = who.person_in(body.school_id)

    async def make() -> shapes.ReminderOut:
        reminded = await remind_unsigned(tx, body.school_id, by=by, now=now)
        return shapes.ReminderOut.model_validate(reminded, from_attributes=True)

    return await once(make)


def _signatures(rows: Sequence[RowMapping]) -> shapes.SignaturesOut:
    return shapes.SignaturesOut(signatures=[shapes.SignatureOut.model_validate(dict(row)) for row in rows])


def _out(text: AgreementText) -> shapes.AgreementOut:
    return shapes.AgreementOut.model_validate(text, from_attributes=True)
