"""What somebody sees and says of the own account: consents, the phone, invitations, guardianship."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, StringConstraints

from services.contracts.internal.enrollment import GuardianshipRequestOut
from services.gateway.identity.claim_phone import claim_phone
from services.gateway.identity.consent_texts import VERSIONS, consent_text, consent_texts
from services.gateway.identity.consents_given import consents_given, newest_consents
from services.gateway.identity.desk import AtDesk
from services.gateway.identity.errors import UnknownAccount
from services.gateway.identity.forward_phone import Relation, accept_invitation, request_guardianship
from services.gateway.identity.keep_people import people_of
from services.gateway.identity.record_consent import record_consent, withdraw_consent
from services.gateway.identity.rules.hats import hats_of
from services.gateway.identity.session_routes import LOGIN_FREE, Code, RefreshToken, WishIn
from services.gateway.identity.shapes import (
    ConsentOut,
    ConsentTextOut,
    ConsentTextsOut,
    MeOut,
    PersonasOut,
    PersonOut,
    SessionOut,
    consents_out,
    masked,
    personas_out,
)
from services.gateway.identity.tables import Account
from services.kernel.web.dependencies import Caller, Now, Tx

Name = Annotated[str, StringConstraints(min_length=1, max_length=40, strip_whitespace=True)]


class ConsentIn(BaseModel):
    """Which text, in which version, was agreed to."""

    purpose: Annotated[str, StringConstraints(max_length=40)]
    version: Annotated[str, StringConstraints(max_length=40)]


class PhoneCodeIn(WishIn):
    """The code that WeChat's phone button gave; with the newest refresh token the session goes on at once."""

    code: Code
    refresh_token: RefreshToken | None = None


class AcceptanceIn(BaseModel):
    """An officer's invitation code, as it was printed, and the name to be shown in the school."""

    code: Annotated[str, StringConstraints(min_length=4, max_length=40)]
    name: Name


class GuardianshipIn(BaseModel):
    """Whose guardian somebody says to be. `request_id` (a UUIDv7) is made by the phone: again is the same."""

    request_id: UUID
    school_id: UUID
    name: Name
    relation: Name
    child_name: Name
    grade: int | None = None
    class_name: Name | None = None


router = APIRouter(prefix="/api/v1", tags=["me"])


@router.get("/consents", openapi_extra=LOGIN_FREE)
async def texts(desk: AtDesk) -> ConsentTextsOut:
    """Return the texts in force: what is collected, why, how long, who sees it, and what a refusal means."""
    return ConsentTextsOut(
        texts=[
            ConsentTextOut.model_validate(text, from_attributes=True) for text in consent_texts(desk.settings)
        ]
    )


@router.get("/me")
async def me(who: Caller, tx: Tx, desk: AtDesk) -> MeOut:
    """Return what the platform keeps of the caller's account."""
    if (account := await tx.get(Account, who.account_id)) is None:
        raise UnknownAccount
    given = await consents_given(tx, who.account_id)
    phone = None if account.phone_sealed is None else masked(desk.cipher.open(account.phone_sealed))
    return MeOut(
        account_id=who.account_id,
        persona=who.persona,
        people=[PersonOut(school_id=school, person_id=person) for school, person in who.people.items()],
        personas=personas_out(hats_of(people_of(account), given)),
        phone=phone,
        consents=consents_out(await newest_consents(tx, who.account_id)),
    )


@router.post("/me/consents", status_code=201)
async def agree(body: ConsentIn, who: Caller, tx: Tx, now: Now, desk: AtDesk) -> ConsentOut:
    """Record a consent to a text in force. Saying it twice is saying it once."""
    text = consent_text(body.purpose, body.version, desk.settings)
    return consents_out([await record_consent(tx, who.account_id, text, now=now)])[0]


@router.delete("/me/consents/{purpose}")
async def withdraw(purpose: str, who: Caller, tx: Tx, now: Now, desk: AtDesk) -> ConsentOut:
    """Withdraw a consent. Every session ends; with `account` the phone and the WeChat id leave the account."""
    text = consent_text(purpose, VERSIONS.get(purpose, ""), desk.settings)
    return consents_out([await withdraw_consent(tx, who.account_id, text, now=now)])[0]


@router.post("/me/phone")
async def bind(body: PhoneCodeIn, who: Caller, desk: AtDesk) -> SessionOut | PersonasOut:
    """Bind the phone that WeChat verified; answer with the session as it goes on, or as whom it may."""
    bound = await claim_phone(desk, who.account_id, body.code, token=body.refresh_token, wish=body.wish())
    return bound if isinstance(bound, SessionOut) else PersonasOut(personas=personas_out(bound))


@router.post("/invitations/acceptance")
async def accept(body: AcceptanceIn, who: Caller, desk: AtDesk) -> PersonasOut:
    """Take up the invitation of a school's first officer (72 hours); the account needs a phone."""
    wardrobe = await accept_invitation(desk, who.account_id, body.code, body.name)
    return PersonasOut(personas=personas_out(wardrobe))


@router.post("/guardianship-requests", status_code=201)
async def ask_for_guardianship(body: GuardianshipIn, who: Caller, desk: AtDesk) -> GuardianshipRequestOut:
    """Ask a school to put the caller's phone on file as a child's guardian; its officer decides."""
    return await request_guardianship(desk, who.account_id, Relation(**body.model_dump()))
