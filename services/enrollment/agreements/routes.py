"""The safety agreement, for both sides."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, BaseModel, Field

from services.contracts.personas import OFFICERS, STAFF, Persona
from services.enrollment.agreements.errors import NoAgreement
from services.enrollment.agreements.issue_agreement import agreement_in_force, issue_agreement
from services.enrollment.agreements.sign_agreement import Signing, sign_agreement
from services.enrollment.agreements.tables import AgreementText
from services.enrollment.agreements.unsigned_children import unsigned_children
from services.kernel.web.dependencies import Caller, Now, Tx
from services.kernel.web.once import OnceOnly

router = APIRouter(prefix="/api/v1/agreements", tags=["agreements"])


class AgreementIn(BaseModel):
    """A new version of the text; issuing it is the school's signature."""

    school_id: UUID
    title: Annotated[str, Field(min_length=1, max_length=200)]
    body: Annotated[str, Field(min_length=1, max_length=50_000)]


class AgreementOut(BaseModel):
    """The text in force; ``sha256`` of title, a line feed, and body."""

    school_id: UUID
    number: int
    title: str
    body: str
    sha256: str
    issued_at: AwareDatetime


class SigningIn(BaseModel):
    """A guardian signs the text that was read (number and hash) for children of one school."""

    school_id: UUID
    number: int
    sha256: Annotated[str, Field(min_length=64, max_length=64)]
    children: list[UUID] = Field(min_length=1, max_length=20)


class SignedOut(BaseModel):
    """What stands signed now."""

    number: int
    children: list[UUID]


class UnsignedChildOut(BaseModel):
    """A child in care whose guardians have not signed the text in force."""

    child_id: UUID
    student_no: str
    name: str
    grade: int
    class_name: str
    agreed_number: int | None


class UnsignedOut(BaseModel):
    """Who has not signed; they are cared for all the same."""

    number: int
    children: list[UnsignedChildOut]


@router.get("")
async def in_force(school_id: UUID, who: Caller, tx: Tx) -> AgreementOut:
    """Return the text in force of one of the caller's schools."""
    who.person_in(school_id)
    text = await agreement_in_force(tx, school_id)
    if text is None:
        raise NoAgreement
    return _out(text)


@router.post("", status_code=201, response_model=AgreementOut)
async def issue(body: AgreementIn, who: Caller, tx: Tx, now: Now, once: OnceOnly) -> AgreementOut | Response:
    """Issue a version; everybody is asked to sign again."""
    who.require(*OFFICERS)
    by = who.person_in(body.school_id)

    async def make() -> AgreementOut:
        return _out(
            await issue_agreement(
                tx,
                body.school_id,
                title=body.title,
                body=body.body,
                by=by,
                device_id=who.device_id,
                now=now,
            )
        )

    return await once(make)


@router.post("/signatures", status_code=201, response_model=SignedOut)
async def sign(body: SigningIn, who: Caller, tx: Tx, now: Now, once: OnceOnly) -> SignedOut | Response:
    """Sign for children; a text that changed meanwhile is refused."""
    who.require(Persona.GUARDIAN)
    guardian_id = who.person_in(body.school_id)

    async def make() -> SignedOut:
        signing = Signing(guardian_id, body.children, body.number, body.sha256, who.device_id)
        signed = await sign_agreement(tx, body.school_id, signing, now=now)
        return SignedOut(number=signed.number, children=body.children)

    return await once(make)


@router.get("/unsigned")
async def unsigned(school_id: UUID, who: Caller, tx: Tx) -> UnsignedOut:
    """Return children in care whose guardians have not signed the text in force."""
    who.require(*STAFF)
    who.person_in(school_id)
    text = await agreement_in_force(tx, school_id)
    if text is None:
        raise NoAgreement
    rows = await unsigned_children(tx, school_id, number=text.number)
    return UnsignedOut(
        number=text.number, children=[UnsignedChildOut.model_validate(dict(row)) for row in rows]
    )


def _out(text: AgreementText) -> AgreementOut:
    return AgreementOut.model_validate(text, from_attributes=True)
