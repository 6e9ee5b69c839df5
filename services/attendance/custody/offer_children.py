"""Offer children to the next adult: the homeroom teacher's offer opens their stays, a later one lets them walk."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.custody.append_entries import append_entries
from services.attendance.custody.errors import (
    AlreadyOffered,
    DayIsClosed,
    DayNotLaidOut,
    HandOverClockAstray,
    HandOverIdReused,
    HomeAlready,
    InAnothersCare,
    NothingToOffer,
    NotYourClass,
    UnknownChild,
    UnknownSession,
)
from services.attendance.custody.lock_stays import lock_stays
from services.attendance.custody.open_stays import admit_walk_ins
from services.attendance.custody.rules.take_step import HeldStay, Step
from services.attendance.custody.walk_stays import start_walk
from services.attendance.dismissal.day_timers import UNACCEPTED, set_late_timers
from services.attendance.roster.names_of import names_of
from services.attendance.roster.settings import SchoolSettings, settings_from
from services.attendance.safety.find_children import find_children, found_step
from services.kernel.clock import local_hhmm, school_day
from services.kernel.database.transaction import raw
from services.kernel.ids import new_id
from services.kernel.letters.announce import announce
from services.kernel.problems import Refusal
from services.kernel.timers import set_timer

GIVER = """
SELECT service_day.state, school.settings::text AS settings, adult.homeroom_grade, adult.homeroom_class,
       session.session_id, session.room_id, session.starts_at,
       (SELECT max(ends_at) FROM session AS last WHERE last.school_id = $1 AND last.service_on = $2) AS last_end
  FROM school JOIN service_day ON service_day.school_id = $1 AND service_day.service_on = $2
  LEFT JOIN adult ON adult.school_id = $1 AND adult.adult_id = $3
  LEFT JOIN session ON session.school_id = $1 AND session.service_on = $2 AND session.session_id = $4
 WHERE school.school_id = $1 FOR SHARE OF service_day
"""
CLASS_OF = """
SELECT child.child_id, child.grade, child.class_name FROM child
 WHERE school_id = $1 AND child_id = ANY($2::uuid[]) AND NOT removed
"""
KNOWN = """
SELECT giver_id, offered, taken_back, refused::text AS refused,
       ARRAY(SELECT child_id FROM stay WHERE stay.school_id = $1 AND stay.service_on = $2
                AND child_id = ANY($4::uuid[]) AND stay.hand_over_id = $3
              UNION SELECT child_id FROM entry WHERE entry.school_id = $1 AND entry.service_on = $2
                AND child_id = ANY($4::uuid[]) AND entry.hand_over_id = $3) AS carried
  FROM hand_over WHERE school_id = $1 AND service_on = $2 AND hand_over_id = $3
"""
"""Whom an offer of this id carries: on their way, or by the ledger; only those taken back leave no trace."""
WRITE = """
INSERT INTO hand_over (school_id, service_on, hand_over_id, giver_id, taker_id, session_id, room_id, offered,
                       accepted, taken_back, refused, offered_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, $9::text::jsonb, $10)
"""
GRACE = timedelta(minutes=30)
"""For a child that comes in when all is over."""


@dataclass(frozen=True)
class Offer:
    """What a teacher offers. ``session_id`` None: each child goes to its own next session."""

    hand_over_id: UUID
    school_id: UUID
    service_on: date
    giver_id: UUID
    device_id: UUID | None
    session_id: UUID | None
    taker_id: UUID | None
    child_ids: tuple[UUID, ...]
    occurred_at: datetime


@dataclass(frozen=True)
class Offered:
    """What came of it: the children under way, and the problem of each that is not."""

    hand_over_id: UUID
    children: list[UUID]
    refused: dict[UUID, dict[str, Any]]


@dataclass(frozen=True)
class _Ground:
    """What an offer stands on: the giver's own class among the children, and where and when they should arrive."""

    own: frozenset[UUID]
    room_id: UUID | None
    starts_at: datetime | None
    last_end: datetime | None
    settings: SchoolSettings


@dataclass
class _Sorted:
    """The children, by what their offer needs."""

    opening: list[Step] = field(default_factory=list)
    found: set[UUID] = field(default_factory=set)
    walking: list[UUID] = field(default_factory=list)
    refused: dict[UUID, type[Refusal]] = field(default_factory=dict)


async def offer_children(tx: AsyncSession, offer: Offer, *, now: datetime) -> Offered:
    """Let children set out; until each is accepted the giver answers for it (law 1).

    Idempotent by ``hand_over_id``. Children that cannot be offered are told one by one; the rest goes.

    Raises:
        DayNotLaidOut, DayIsClosed: nothing is handed over that day.
        UnknownSession: the session offered to does not meet.
        NothingToOffer: not one child can go; nothing is written.
        HandOverIdReused: the id came before, with another offer.
        HandOverClockAstray: it happened on another day than its list.
    """
    if school_day(offer.occurred_at) != offer.service_on:
        raise HandOverClockAstray(service_on=offer.service_on.isoformat())
    ground = await _ground(tx, offer)
    school_id, day = offer.school_id, offer.service_on
    due = max(ground.last_end or now, now + GRACE)
    if await admit_walk_ins(tx, school_id, day, ground.own, due_home_at=due):
        await set_late_timers(tx, school_id, day, {due})
    stays = await lock_stays(tx, school_id, day, offer.child_ids)
    if (known := await _known(tx, offer)) is not None:
        return known
    told = _sort(offer, stays, ground.own)
    problems = await _problems(tx, offer, told.refused, stays)
    going = [step.child_id for step in told.opening if step.kind == "received"] + told.walking
    if not going:
        raise NothingToOffer(children=[{"child_id": str(child), **each} for child, each in problems.items()])
    await append_entries(tx, stays, told.opening, school_id=school_id, service_on=day, now=now)
    await start_walk(
        tx, school_id, day, told.walking, hand_over_id=offer.hand_over_id, offered_at=offer.occurred_at
    )
    await _keep(tx, offer, ground, len(going), problems)
    cleared = await find_children(tx, school_id, day, told.found, actor_id=offer.giver_id, now=now)
    if cleared:
        await announce(tx, *cleared, now=now)
    await set_timer(
        tx,
        school_id=school_id,
        kind=UNACCEPTED,
        subject=offer.hand_over_id,
        due_at=max(ground.starts_at or now, now) + ground.settings.missing_after,
        facts={"service_on": day},
    )
    return Offered(offer.hand_over_id, going, problems)


async def _known(tx: AsyncSession, offer: Offer) -> Offered | None:
    """Return what this very offer was answered before."""
    connection = await raw(tx)
    stored = await connection.fetchrow(
        KNOWN, offer.school_id, offer.service_on, offer.hand_over_id, list(offer.child_ids)
    )
    if stored is None:
        return None
    refused = {UUID(child): problem for child, problem in orjson.loads(stored["refused"]).items()}
    going = [each for each in offer.child_ids if each not in refused]
    untraced = set(going) - set(stored["carried"])
    if (
        (stored["giver_id"], stored["offered"]) != (offer.giver_id, len(going))
        or not refused.keys() <= set(offer.child_ids)
        or len(untraced) > stored["taken_back"]
    ):
        raise HandOverIdReused
    return Offered(offer.hand_over_id, going, refused)


async def _ground(tx: AsyncSession, offer: Offer) -> _Ground:
    connection = await raw(tx)
    giver = await connection.fetchrow(
        GIVER, offer.school_id, offer.service_on, offer.giver_id, offer.session_id
    )
    if giver is None:
        raise DayNotLaidOut(service_on=offer.service_on.isoformat())
    if giver["state"] != "open":
        raise DayIsClosed(service_on=offer.service_on.isoformat())
    if offer.session_id is not None and giver["session_id"] is None:
        raise UnknownSession
    return _Ground(
        own=frozenset(
            row["child_id"]
            for row in await connection.fetch(CLASS_OF, offer.school_id, list(offer.child_ids))
            if (row["grade"], row["class_name"]) == (giver["homeroom_grade"], giver["homeroom_class"])
        ),
        room_id=giver["room_id"],
        starts_at=giver["starts_at"],
        last_end=giver["last_end"],
        settings=settings_from(giver["settings"]),
    )


async def _keep(
    tx: AsyncSession, offer: Offer, ground: _Ground, offered: int, problems: Mapping[UUID, dict[str, Any]]
) -> None:
    connection = await raw(tx)
    await connection.execute(
        WRITE,
        offer.school_id,
        offer.service_on,
        offer.hand_over_id,
        offer.giver_id,
        offer.taker_id,
        offer.session_id,
        ground.room_id,
        offered,
        orjson.dumps({str(child): problem for child, problem in problems.items()}).decode(),
        offer.occurred_at,
    )


def _sort(offer: Offer, stays: Mapping[UUID, HeldStay], own: Collection[UUID]) -> _Sorted:
    told = _Sorted()
    for child_id in dict.fromkeys(offer.child_ids):
        stay = stays.get(child_id)
        if stay is None:
            told.refused[child_id] = NotYourClass if child_id not in own else UnknownChild
        elif stay.state == "released":
            told.refused[child_id] = HomeAlready
        elif stay.adult_id is not None and stay.adult_id != offer.giver_id:
            told.refused[child_id] = InAnothersCare
        elif stay.state == "in_transit":
            told.refused[child_id] = AlreadyOffered
        elif stay.state == "in_care":
            told.walking.append(child_id)
        elif child_id not in own:
            told.refused[child_id] = NotYourClass
        else:
            opened = _opened(offer, child_id)
            if stay.missing:
                told.found.add(child_id)
                told.opening.append(found_step(opened))
            told.opening.append(opened)
    return told


def _opened(offer: Offer, child_id: UUID) -> Step:
    """Return the line by which the homeroom teacher is the adult, and the child on its way."""
    return Step(
        entry_id=new_id(),
        child_id=child_id,
        kind="received",
        method="offer",
        occurred_at=offer.occurred_at,
        actor_id=offer.giver_id,
        device_id=offer.device_id,
        state_after="in_transit",
        adult_after=offer.giver_id,
        hand_over_id=offer.hand_over_id,
        missing=False,
    )


async def _problems(
    tx: AsyncSession, offer: Offer, refused: Mapping[UUID, type[Refusal]], stays: Mapping[UUID, HeldStay]
) -> dict[UUID, dict[str, Any]]:
    if not refused:
        return {}
    theirs = [stays[child] for child in refused if child in stays]
    ids = {*refused, *(stay.adult_id for stay in theirs), *(stay.room_id for stay in theirs)}
    names = await names_of(tx, offer.school_id, ids)
    problems = {}
    for child_id, refusal in refused.items():
        facts = {"child": names.get(child_id, "这个孩子")}
        if (stay := stays.get(child_id)) is not None:
            facts |= {
                "adult": names.get(stay.adult_id, "—"),
                "room": "地点未登记" if stay.room_id is None else names.get(stay.room_id, "—"),
                "since": local_hhmm(stay.last_at) if stay.last_at else "—",
            }
        problems[child_id] = refusal(**facts).problem()
    return problems
