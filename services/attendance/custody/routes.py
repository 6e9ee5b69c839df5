"""Hand-overs: ``/api/v1/hand-overs``."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.attendance.custody.accept_hand_over import Acceptance, accept_hand_over
from services.attendance.custody.hand_over_counts import HandOverCounts
from services.attendance.custody.hand_overs import HandOverShown, hand_overs
from services.attendance.custody.offer_children import Offer, offer_children
from services.attendance.custody.take_back import take_back
from services.attendance.roster.staff_on_duty import StaffOnDuty
from services.kernel.device_instant import DeviceInstant
from services.kernel.web.dependencies import Now, Tx
from services.kernel.web.once import OnceOnly

router = APIRouter(prefix="/api/v1/hand-overs", tags=["hand-overs"])

Children = Annotated[list[UUID], Field(min_length=1, max_length=200)]


class OfferIn(BaseModel):
    """Children who set out. ``hand_over_id`` is made by the phone; ``session_id`` none: each to its next session."""

    hand_over_id: UUID
    service_on: date
    session_id: UUID | None = None
    taker_id: UUID | None = None
    child_ids: Children
    occurred_at: DeviceInstant


class AcceptanceIn(BaseModel):
    """The children who arrived, by the taker's roll-call. ``counted``: heads in the room."""

    service_on: date
    child_ids: Children
    counted: int = Field(ge=0, le=1000)
    occurred_at: DeviceInstant


class TakingBackIn(BaseModel):
    """The children whom the giver keeps after all."""

    service_on: date
    child_ids: Children


class CountsOut(BaseModel):
    """Counts on both sides. ``settled_at``: accepted + taken back = offered."""

    model_config = ConfigDict(from_attributes=True)

    hand_over_id: UUID
    giver_id: UUID
    taker_id: UUID | None
    session_id: UUID | None
    room_id: UUID | None
    offered: int
    accepted: int
    taken_back: int
    offered_at: AwareDatetime
    settled_at: AwareDatetime | None


class HandedChildOut(BaseModel):
    """What became of one child."""

    child_id: UUID
    outcome: Literal["offered", "accepted", "refused"]
    problem: dict[str, Any] | None = None


class OfferedOut(BaseModel):
    """The offer as it stands: sent again, the same."""

    hand_over_id: UUID
    offered: int
    children: list[HandedChildOut]


class AcceptedOut(BaseModel):
    """Counts, the taker's own beside them: ``agrees`` when as many were counted as were accepted."""

    counts: CountsOut
    counted: int
    agrees: bool
    children: list[HandedChildOut]


class ChildUnderWayOut(BaseModel):
    """A child that was offered and not accepted yet."""

    child_id: UUID
    name: str
    class_name: str


class HandOverOut(CountsOut):
    """A hand-over as a phone lists it."""

    giver: str | None
    taker: str | None
    session: str | None
    room: str | None
    under_way: list[ChildUnderWayOut]


class HandOversOut(BaseModel):
    """Hand-overs, oldest first."""

    hand_overs: list[HandOverOut]


@router.post("", status_code=201)
async def offer(body: OfferIn, staff: StaffOnDuty, now: Now, tx: Tx) -> OfferedOut:
    """Offer children to the next adult. A homeroom teacher's offer of her class opens their day."""
    told = await offer_children(
        tx,
        Offer(
            hand_over_id=body.hand_over_id,
            school_id=staff.school_id,
            service_on=body.service_on,
            giver_id=staff.adult_id,
            device_id=staff.device_id,
            session_id=body.session_id,
            taker_id=body.taker_id,
            child_ids=tuple(dict.fromkeys(body.child_ids)),
            occurred_at=min(body.occurred_at, now),
        ),
        now=now,
    )
    return OfferedOut(
        hand_over_id=told.hand_over_id,
        offered=len(told.children),
        children=_children("offered", told.children, told.refused),
    )


@router.post("/{hand_over_id}/acceptance", response_model=AcceptedOut)
async def accept(
    hand_over_id: UUID, body: AcceptanceIn, staff: StaffOnDuty, once: OnceOnly, now: Now, tx: Tx
) -> AcceptedOut | Response:
    """Take over the children who arrived; the others remain the giver's until they are found."""
    acceptance = Acceptance(
        school_id=staff.school_id,
        service_on=body.service_on,
        hand_over_id=hand_over_id,
        taker_id=staff.adult_id,
        leader=staff.leader,
        device_id=staff.device_id,
        child_ids=tuple(dict.fromkeys(body.child_ids)),
        occurred_at=body.occurred_at,
    )

    async def make() -> AcceptedOut:
        told = await accept_hand_over(tx, acceptance, now=now)
        return AcceptedOut(
            counts=_counts(told.counts),
            counted=body.counted,
            agrees=body.counted == len(told.children),
            children=_children("accepted", told.children, told.refused),
        )

    return await once(make)


@router.post("/{hand_over_id}/taking-back", response_model=CountsOut)
async def keep(
    hand_over_id: UUID, body: TakingBackIn, staff: StaffOnDuty, once: OnceOnly, now: Now, tx: Tx
) -> CountsOut | Response:
    """Keep children that nobody has accepted."""

    async def make() -> CountsOut:
        return _counts(await take_back(tx, staff, body.service_on, hand_over_id, body.child_ids, now=now))

    return await once(make)


@router.get("")
async def show(
    service_on: date, staff: StaffOnDuty, tx: Tx, *, only_open: Annotated[bool, Query(alias="open")] = True
) -> HandOversOut:
    """List the hand-overs from and to the caller; a leader sees all."""
    adult_id = None if staff.leader else staff.adult_id
    found = await hand_overs(tx, staff.school_id, service_on, adult_id=adult_id, only_open=only_open)
    return HandOversOut(hand_overs=[_shown(each) for each in found])


def _counts(counts: HandOverCounts) -> CountsOut:
    return CountsOut.model_validate(counts)


def _children(
    outcome: Literal["offered", "accepted"], children: list[UUID], refused: dict[UUID, dict[str, Any]]
) -> list[HandedChildOut]:
    told = [HandedChildOut(child_id=child, outcome=outcome) for child in children]
    return told + [
        HandedChildOut(child_id=child, outcome="refused", problem=problem)
        for child, problem in refused.items()
    ]


def _shown(each: HandOverShown) -> HandOverOut:
    return HandOverOut(
        **_counts(each.counts).model_dump(),
        giver=each.giver,
        taker=each.taker,
        session=each.session,
        room=each.room,
        under_way=[ChildUnderWayOut(**dict(child)) for child in each.under_way],
    )
