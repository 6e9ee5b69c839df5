"""What the identity routes answer."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.gateway.identity.rules.hats import Hat, Wardrobe


class PersonOut(BaseModel):
    """The caller's id at one school."""

    school_id: UUID
    person_id: UUID


class PersonaOut(BaseModel):
    """One persona that the account may take. A guardian's spans all schools; a staff persona is one school's."""

    persona: str
    people: list[PersonOut]
    needs_consents: list[str] = Field(
        description="Purposes to be agreed to before this persona can be taken."
    )


class PersonasOut(BaseModel):
    """Everybody that the account may act as; empty where no school has the phone on file."""

    personas: list[PersonaOut]


class SessionOut(BaseModel):
    """A session: an access token for one persona, and the refresh token for the next one."""

    account_id: UUID
    access_token: str
    expires_in_seconds: int = Field(description="Real time.")
    refresh_token: str = Field(description="Good once; the answer to its use brings the next.")
    persona: str = Field(
        description="Whom the access token names; `guest` where there is a choice to make, or none."
    )
    people: list[PersonOut]
    personas: list[PersonaOut] = Field(description="All that can be chosen at the next refresh.")
    phone_bound: bool


class ConsentTextOut(BaseModel):
    """A text in force."""

    purpose: str
    version: str
    title: str
    text: str = Field(description="Plain Chinese text; paragraphs are separated by line breaks.")


class ConsentTextsOut(BaseModel):
    """All texts in force."""

    texts: list[ConsentTextOut]


class ConsentOut(BaseModel):
    """A consent as it was recorded; `given` is false where it was withdrawn."""

    purpose: str
    version: str
    given: bool
    recorded_at: datetime


class MeOut(BaseModel):
    """What the platform keeps of the caller's account."""

    account_id: UUID
    persona: str
    people: list[PersonOut]
    personas: list[PersonaOut]
    phone: str | None = Field(description="The middle digits are hidden.", examples=["138****0001"])
    consents: list[ConsentOut]


def people_out(hat: Hat) -> list[PersonOut]:
    """Return a hat's people."""
    return [PersonOut(school_id=school, person_id=person) for school, person in hat.people.items()]


def personas_out(wardrobe: Wardrobe) -> list[PersonaOut]:
    """Return all hats."""
    return [
        PersonaOut(persona=hat.persona, people=people_out(hat), needs_consents=list(hat.needs))
        for hat in wardrobe.hats
    ]


def masked(phone: str) -> str:
    """Hide a phone's middle digits."""
    return f"{phone[:3]}****{phone[-4:]}"


def consents_out(consents: Sequence[object]) -> list[ConsentOut]:
    """Return consents."""
    return [ConsentOut.model_validate(consent, from_attributes=True) for consent in consents]
