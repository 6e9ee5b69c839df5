"""Scans and cards: ``/api/v1/scans`` and ``/api/v1/boards/cards``."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from pydantic import AfterValidator, AwareDatetime, BaseModel, Field

from services.attendance.custody.errors import UnknownChild
from services.attendance.custody.rules.take_step import HeldStay
from services.attendance.roster.staff_on_duty import StaffOnDuty
from services.attendance.scanning.cards_of_class import cards_of_class
from services.attendance.scanning.errors import BadCard, CardsNotSetUp
from services.attendance.scanning.rules.card_text import child_on_card
from services.attendance.scanning.scan_batch import Scan, Scanner, ScanResult
from services.attendance.scanning.take_scans import take_scans
from services.kernel.device_instant import DeviceInstant
from services.kernel.problems import Refusal
from services.kernel.web.answer import answer
from services.kernel.web.dependencies import Held, Now, Tx

router = APIRouter(prefix="/api/v1", tags=["scanning"])

MOST_SCANS = 200
MOST_OF_A_CARD = 200
"""Characters; ours have about fifty."""


async def card_key(held: Held) -> bytes:
    """Return the key of the cards' hashes, or nothing where there is none."""
    return held.settings.card_key.get_secret_value().encode()


CardKey = Annotated[bytes, Depends(card_key)]


def cut(card: str) -> str:
    """Return as much of a card's text as is ever read.

    Somebody else's QR code may hold a whole page: that scan is a bad card, and no reason to refuse its batch.
    """
    return card[:MOST_OF_A_CARD]


class ScanIn(BaseModel):
    """One scan: a card's text, or a child picked from the list. ``scan_id`` is made by the phone, once per scan."""

    scan_id: UUID
    child_id: UUID | None = None
    card: Annotated[str, AfterValidator(cut)] | None = None
    occurred_at: DeviceInstant
    method: Literal["card", "tap", "search"] = "card"

    def read(self, key: bytes, school_id: UUID) -> Scan:
        """Return the scan with the child that the card names."""
        child_id = self.child_id
        problem: type[Refusal] | None = None
        if child_id is None and self.card is not None:
            child_id = child_on_card(key, school_id, self.card) if key else None
            problem = None if child_id else (BadCard if key else CardsNotSetUp)
        elif child_id is None:
            problem = UnknownChild
        return Scan(self.scan_id, child_id, self.method, self.occurred_at, problem)


class ScansIn(BaseModel):
    """What a phone has in its queue. ``service_on`` is the day of its list, not of its clock.

    ``device_clock`` is what the phone's clock shows as it sends: up to an hour of error is taken out of the
    scans' instants. ``session_id`` only where a teacher stands in for another.
    """

    service_on: date
    device_clock: DeviceInstant | None = None
    session_id: UUID | None = None
    scans: list[ScanIn] = Field(min_length=1, max_length=MOST_SCANS)


class StayOut(BaseModel):
    """Where a child stands now. ``since``: its last move."""

    child_id: UUID
    state: Literal["expected", "in_care", "in_transit", "released", "absent", "excused"]
    adult_id: UUID | None
    room_id: UUID | None
    session_id: UUID | None
    since: AwareDatetime | None


class ScanOut(BaseModel):
    """What came of one scan: received, moved, already_yours, recorded_late, or refused with its problem."""

    scan_id: UUID
    outcome: Literal["received", "moved", "already_yours", "recorded_late", "refused"]
    flags: list[str]
    stay: StayOut | None
    problem: dict[str, Any] | None


class ScansOut(BaseModel):
    """A result for each scan, in the order in which they came."""

    results: list[ScanOut]


class CardOut(BaseModel):
    """What a child's card says as a QR code."""

    child_id: UUID
    student_no: str
    name: str
    card: str


class CardsOut(BaseModel):
    """The cards of a class."""

    cards: list[CardOut]


@router.post("/scans", response_model=ScansOut)
async def scan(body: ScansIn, staff: StaffOnDuty, key: CardKey, now: Now, tx: Tx) -> Response:
    """Take a batch of scans. Refused ones are told one by one; the rest is taken. Sent again, nothing is added."""
    scanner = Scanner(
        staff.school_id, body.service_on, staff.adult_id, staff.device_id, body.session_id, body.device_clock
    )
    scans = [each.read(key, staff.school_id) for each in body.scans]
    results = await take_scans(tx, scanner, scans, now=now)
    return answer({"results": [_shape(result) for result in results]})


@router.get("/boards/cards")
async def cards(
    staff: StaffOnDuty,
    key: CardKey,
    tx: Tx,
    grade: Annotated[int, Query(ge=1, le=12)],
    class_name: Annotated[str, Query(max_length=20)],
) -> CardsOut:
    """Return the texts of a class's cards, to be printed as QR codes."""
    if not key:
        raise CardsNotSetUp
    rows = await cards_of_class(tx, staff.school_id, key, grade=grade, class_name=class_name)
    return CardsOut(cards=[CardOut.model_validate(row, from_attributes=True) for row in rows])


def _shape(result: ScanResult) -> dict[str, Any]:
    """Return a result as JSON values; forty of them a request, so no model in between."""
    return {
        "scan_id": result.scan_id,
        "outcome": result.outcome,
        "flags": result.flags,
        "stay": stay_shape(result.stay),
        "problem": result.problem,
    }


def stay_shape(stay: HeldStay | None) -> dict[str, Any] | None:
    """Return `StayOut` as JSON values."""
    if stay is None:
        return None
    return {
        "child_id": stay.child_id,
        "state": stay.state,
        "adult_id": stay.adult_id,
        "room_id": stay.room_id,
        "session_id": stay.session_id,
        "since": stay.last_at,
    }
