"""The answers that boards and phones get."""

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict


class Shown(BaseModel):
    """Read from rows."""

    model_config = ConfigDict(from_attributes=True)


class GroupOut(Shown):
    """An adult with a session in a room, now. ``not_coming``: expected ones who are absent or excused."""

    room_id: UUID | None
    room: str | None
    adult_id: UUID | None
    adult: str | None
    session_id: UUID | None
    session: str | None
    starts_at: AwareDatetime | None
    ends_at: AwareDatetime | None
    expected: int
    not_coming: int
    present: int
    setting_out: int


class OpenHandOverOut(Shown):
    """An offer that is not settled: offered = accepted + taken back + still the giver's."""

    hand_over_id: UUID
    giver_id: UUID
    giver: str | None
    taker_id: UUID | None
    taker: str | None
    session: str | None
    offered: int
    accepted: int
    taken_back: int
    offered_at: AwareDatetime
    minutes: int


class MissingOnBoardOut(Shown):
    """A child that was expected and is not there."""

    case_id: UUID
    child_id: UUID
    child: str
    grade: int
    class_name: str
    session: str | None
    last_adult: str | None
    raised_at: AwareDatetime
    told_at: AwareDatetime | None


class LateOnBoardOut(Shown):
    """A child that nobody came for; ``paused_until``: its family is on the way."""

    case_id: UUID
    child_id: UUID
    child: str
    grade: int
    class_name: str
    late_since: AwareDatetime
    minutes_late: int = 0
    paused_until: AwareDatetime | None
    next_step_at: AwareDatetime | None
    steps_climbed: int
    adult: str | None
    room: str | None


class RecentLineOut(Shown):
    """One of the ledger's newest lines."""

    entry_id: UUID
    child_id: UUID
    child: str
    kind: str
    method: str
    occurred_at: AwareDatetime
    adult_before: str | None
    adult_after: str | None
    room: str | None
    relation: str | None


class DutyBoardOut(Shown):
    """A school at one moment. ``counts`` as in ``GET /days/{service_on}``."""

    school_id: UUID
    service_on: date
    now: AwareDatetime
    state: str
    counts: dict[str, int]
    rooms: list[GroupOut]
    open_hand_overs: list[OpenHandOverOut]
    missing: list[MissingOnBoardOut]
    late: list[LateOnBoardOut]
    recent: list[RecentLineOut]


class BundleSessionOut(Shown):
    """A session of the day; ``mine``: the phone's owner teaches it."""

    session_id: UUID
    name: str
    kind: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    room_id: UUID | None
    room: str | None
    mine: bool | None


class TakerOut(Shown):
    """Somebody who may take the child today."""

    collector_id: UUID
    name: str
    relation: str


class BundleChildOut(Shown):
    """A child, where it stands, who may take it today and who must never. ``session_ids`` in their order.

    ``unsigned``: nobody has signed the safety agreement in force for it; it is cared for all the same (R29).
    """

    child_id: UUID
    student_no: str
    name: str
    initials: str
    grade: int
    class_name: str
    state: str
    adult_id: UUID | None
    adult: str | None
    room_id: UUID | None
    room: str | None
    hand_over_id: UUID | None
    received: bool
    missing: bool
    due_home_at: AwareDatetime
    last_at: AwareDatetime | None
    last_number: int
    session_ids: list[UUID]
    collectors: list[TakerOut]
    blocked: list[str]
    may_go_alone: bool
    unsigned: bool


class BundleOut(Shown):
    """A phone's day. ``pass_key`` is the public key (JWK, ES256) by which QR passes are checked offline."""

    school_id: UUID
    service_on: date
    adult_id: UUID
    now: AwareDatetime
    pass_key: dict[str, Any]
    sessions: list[BundleSessionOut]
    children: list[BundleChildOut]


class WhereaboutsOut(Shown):
    """One child on one day; ``state`` null: no service."""

    school_id: UUID
    school: str
    child_id: UUID
    child: str
    grade: int
    class_name: str
    state: str | None
    since: AwareDatetime | None
    adult: str | None
    room: str | None
    session: str | None
    due_home_at: AwareDatetime | None
    missing_since: AwareDatetime | None
    late_case_id: UUID | None
    late_since: AwareDatetime | None
    paused_until: AwareDatetime | None
    left_by: str | None
    taken_by: str | None


class StaysOut(Shown):
    """Where children are."""

    service_on: date
    now: AwareDatetime
    children: list[WhereaboutsOut]
