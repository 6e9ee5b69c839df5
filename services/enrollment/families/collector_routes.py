"""Who may collect a child in a guardian's place: named by guardians, seen by staff."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlmodel import col

from services.contracts.personas import OFFICERS, STAFF, Persona
from services.enrollment.families.collector_photo import (
    collector_in_sight,
    collector_to_show,
    photo_of,
    set_photo,
)
from services.enrollment.families.errors import PhoneInvalid
from services.enrollment.families.name_collector import end_collector, name_collector
from services.enrollment.families.person_name import PersonName
from services.enrollment.families.rules.collector_terms import NewCollector
from services.enrollment.families.tables import Collector, CollectorPhoto
from services.enrollment.given import Cipher
from services.enrollment.imports.difference import masked
from services.enrollment.imports.rules.plain_cells import phone_of
from services.kernel.tokens import Identity
from services.kernel.web.dependencies import Caller, Now, Tx
from services.kernel.web.once import OnceOnly

router = APIRouter(prefix="/api/v1/collectors", tags=["collectors"])

Weekday = Annotated[int, Field(ge=1, le=7)]


class CollectorIn(BaseModel):
    """An adult who may collect the child; both days are in it, a year at most; weekdays 1 (Monday) to 7."""

    school_id: UUID
    child_id: UUID
    name: PersonName
    relation: Annotated[str, Field(min_length=1, max_length=20)]
    phone: Annotated[str, Field(max_length=20)]
    born_year: Annotated[int, Field(ge=1900, le=2100)]
    valid_from: date
    valid_until: date
    weekdays: Annotated[list[Weekday], Field(min_length=1, max_length=7)]


class CollectorOut(BaseModel):
    """A collector as it stands."""

    collector_id: UUID
    child_id: UUID
    name: str
    relation: str
    valid_from: date
    valid_until: date
    weekdays: list[int]
    removed: bool


class CollectorSeenOut(BaseModel):
    """A collector as staff see one; the phone with its middle hidden."""

    collector_id: UUID
    name: str
    relation: str
    phone: str
    valid_from: date
    valid_until: date
    weekdays: list[int]
    has_photo: bool


class CollectorsOut(BaseModel):
    """A child's collectors, those of the past among them."""

    collectors: list[CollectorSeenOut]


class PhotoOut(BaseModel):
    """What was kept."""

    collector_id: UUID
    media_type: str
    size: int


@router.get("")
async def collectors(school_id: UUID, child_id: UUID, who: Caller, tx: Tx, cipher: Cipher) -> CollectorsOut:
    """Return who may collect a child, for staff."""
    who.require(*STAFF)
    who.person_in(school_id)
    rows = await tx.execute(
        select(Collector, col(CollectorPhoto.collector_id))
        .outerjoin(
            CollectorPhoto,
            (col(CollectorPhoto.school_id) == col(Collector.school_id))
            & (col(CollectorPhoto.collector_id) == col(Collector.collector_id)),
        )
        .where(
            col(Collector.school_id) == school_id,
            col(Collector.child_id) == child_id,
            ~col(Collector.removed),
        )
        .order_by(col(Collector.valid_from), col(Collector.collector_id))
    )
    return CollectorsOut(
        collectors=[
            CollectorSeenOut.model_validate(
                {
                    **one.model_dump(),
                    "phone": masked(cipher.open(one.phone_sealed)),
                    "has_photo": photo is not None,
                }
            )
            for one, photo in rows
        ]
    )


@router.post("", status_code=201, response_model=CollectorOut)
async def name(
    body: CollectorIn, who: Caller, tx: Tx, cipher: Cipher, now: Now, once: OnceOnly
) -> CollectorOut | Response:
    """Let an adult collect the own child; all its guardians are told."""
    who.require(Persona.GUARDIAN)
    guardian_id = who.person_in(body.school_id)
    phone = phone_of(body.phone)
    if phone is None:
        raise PhoneInvalid
    named = NewCollector(**{**body.model_dump(exclude={"school_id", "child_id"}), "phone": phone})

    async def make() -> CollectorOut:
        collector = await name_collector(
            tx, body.school_id, body.child_id, named, guardian_id=guardian_id, cipher=cipher, now=now
        )
        return CollectorOut.model_validate(collector, from_attributes=True)

    return await once(make)


@router.delete("/{collector_id}", response_model=CollectorOut)
async def end(
    collector_id: UUID, school_id: UUID, who: Caller, tx: Tx, now: Now, once: OnceOnly
) -> CollectorOut | Response:
    """End a collector at once: by a guardian of the child, or by an officer."""
    who.require(Persona.GUARDIAN, *OFFICERS)

    async def make() -> CollectorOut:
        collector = await end_collector(
            tx, school_id, collector_id, guardian_id=_guardian(who, school_id), now=now
        )
        return CollectorOut.model_validate(collector, from_attributes=True)

    return await once(make)


@router.put(
    "/{collector_id}/photo",
    response_model=PhotoOut,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                kind: {"schema": {"type": "string", "format": "binary"}}
                for kind in ("image/jpeg", "image/png")
            },
        }
    },
)
async def give_photo(
    collector_id: UUID, school_id: UUID, request: Request, who: Caller, tx: Tx, now: Now, once: OnceOnly
) -> PhotoOut | Response:
    """Keep a photo (JPEG or PNG, 300 KB at most) of a collector of the own child."""
    who.require(Persona.GUARDIAN)
    guardian_id = who.person_in(school_id)
    photo = await request.body()

    async def make() -> PhotoOut:
        collector = await collector_to_show(tx, school_id, collector_id, guardian_id=guardian_id)
        kept = await set_photo(tx, collector, photo, now=now)
        return PhotoOut(collector_id=collector_id, media_type=kept.media_type, size=len(photo))

    return await once(make)


@router.get("/{collector_id}/photo", response_class=Response)
async def show_photo(collector_id: UUID, school_id: UUID, who: Caller, tx: Tx) -> Response:
    """Return a collector's photo: to the child's guardians and to staff."""
    who.require(Persona.GUARDIAN, *STAFF)
    collector = await collector_in_sight(tx, school_id, collector_id, guardian_id=_guardian(who, school_id))
    kept = await photo_of(tx, collector)
    headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
    return Response(kept.photo, media_type=kept.media_type, headers=headers)


def _guardian(who: Identity, school_id: UUID) -> UUID | None:
    """Return the calling guardian's id in the school; None for staff."""
    person = who.person_in(school_id)
    return person if who.persona == Persona.GUARDIAN else None
