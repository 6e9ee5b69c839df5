"""Turn what an officer wants placed, and the menu as it stands, into a question."""

from collections.abc import Mapping, Sequence
from datetime import time
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.enrollment.menu.errors import UnknownOffering, UnknownStaffOrRoom
from services.enrollment.menu.menu_on_file import OnMenu, menu_on_file
from services.enrollment.menu.rules.timetable import timetable
from services.enrollment.schools.tables import Room, Staff
from services.enrollment.timetable.errors import NothingToPlace, QuestionTooLarge
from services.enrollment.timetable.rules.question import (
    Away,
    Line,
    Question,
    RoomFacts,
    Slot,
    Taken,
    Wanted,
    minute_of,
    product,
)

LIVE = ("proposed", "draft", "published")
MOST_WANTED = 300
MOST_CHOICES = 150_000
"""Offerings × slots × rooms; a school of a hundred offerings has half of it, and 300 MB go to it."""


class Choose(StrEnum):
    """Which offerings are to be placed."""

    LISTED = "listed"
    DRAFTS = "drafts"
    """Every draft and everything that teachers put forward."""
    ROOMLESS = "roomless"
    CLASHING = "clashing"
    """Every side of every clash of the menu as it stands."""


class Slots(BaseModel):
    """Each of these weekdays with each of these hours to begin."""

    weekdays: list[int] = Field(min_length=1, max_length=7)
    starts: list[time] = Field(min_length=1, max_length=24)


class OfferingWanted(BaseModel):
    """An offering and what is special about it; what is left out is as it stands on the menu."""

    offering_id: UUID
    rooms: list[UUID] | None = Field(default=None, description="Left out: every room that is large enough.")
    slots: list[Slots] | None = Field(default=None, description="Left out: the slots of the whole question.")
    minutes: int | None = Field(default=None, ge=10, le=480)
    times_per_week: int | None = Field(default=None, ge=1, le=7)
    size: int | None = Field(default=None, ge=1, le=5_000)


class Asked(BaseModel):
    """What an officer asks for."""

    choose: Choose = Choose.LISTED
    offerings: list[OfferingWanted] = Field(default=[], max_length=MOST_WANTED)
    slots: list[Slots] = Field(
        default=[], max_length=20, description="Left out: the weekdays and hours that the menu uses today."
    )
    away: list[Away] = Field(default=[], max_length=500)


async def question_from_menu(tx: AsyncSession, school_id: UUID, term_id: UUID, asked: Asked) -> Question:
    """Read the term's menu; what is not to be placed stays where it is.

    Raises:
        UnknownOffering, UnknownStaffOrRoom: nothing of that id on this school's menu.
        NothingToPlace, QuestionTooLarge: there is no offering of the kind that was asked for, or too much of it.
    """
    menu = {one.offering.offering_id: one for one in await menu_on_file(tx, school_id, term_id, states=LIVE)}
    ground = await _ground(tx, school_id)
    special = {one.offering_id: one for one in asked.offerings}
    asked_for = {room for one in asked.offerings for room in one.rooms or ()}
    if not special.keys() <= menu.keys():
        raise UnknownOffering
    if (
        not asked_for <= ground.rooms.keys()
        or not {one.teacher_id for one in asked.away} <= ground.teachers.keys()
    ):
        raise UnknownStaffOrRoom
    some = list(menu.values())
    chosen = _chosen(asked.choose, some) | special.keys()
    if not chosen:
        raise NothingToPlace
    everywhere = _slots(asked.slots) or _slots_in_use(some)
    wanted = [
        _wanted(one, special.get(key, OfferingWanted(offering_id=key)), ground.rooms, everywhere)
        for key, one in menu.items()
        if key in chosen
    ]
    choices = sum(len(one.slots) * len(one.rooms) for one in wanted)
    if choices > MOST_CHOICES:
        raise QuestionTooLarge(choices=choices, limit=MOST_CHOICES)
    return Question(
        wanted=tuple(wanted),
        taken=standing(some, chosen),
        away=tuple(asked.away),
        rooms=ground.rooms,
        teachers=ground.teachers,
    )


async def question_today(tx: AsyncSession, school_id: UUID, term_id: UUID, asked: Question) -> Question:
    """Return a question with the menu as it is now: it may have changed since, and what was withdrawn is gone."""
    ground = await _ground(tx, school_id)
    menu = {one.offering.offering_id: one for one in await menu_on_file(tx, school_id, term_id, states=LIVE)}
    chosen = {one.offering_id for one in asked.wanted}
    return asked.model_copy(
        update={
            "wanted": tuple(
                one.model_copy(update={"stands": _line(menu[one.offering_id])})
                for one in asked.wanted
                if one.offering_id in menu
            ),
            "taken": standing(list(menu.values()), chosen),
            "rooms": asked.rooms | ground.rooms,
            "teachers": asked.teachers | ground.teachers,
        }
    )


def standing(menu: Sequence[OnMenu], chosen: set[UUID]) -> tuple[Taken, ...]:
    """Return everything on the menu that is not to be placed."""
    return tuple(
        Taken(
            code=one.offering.code,
            title=one.offering.title,
            teacher_id=one.offering.teacher_id,
            grades=tuple(one.offering.grades),
            line=_line(one),
        )
        for one in menu
        if one.offering.offering_id not in chosen
    )


class _Ground(NamedTuple):
    rooms: dict[UUID, RoomFacts]
    teachers: dict[UUID, str]


async def _ground(tx: AsyncSession, school_id: UUID) -> _Ground:
    rooms = await tx.scalars(
        select(Room).where(col(Room.school_id) == school_id, ~col(Room.removed)).order_by(col(Room.name))
    )
    staff = await tx.execute(
        select(col(Staff.staff_id), col(Staff.name)).where(col(Staff.school_id) == school_id)
    )
    return _Ground(
        {room.room_id: RoomFacts(name=room.name, capacity=room.capacity) for room in rooms},
        {row.staff_id: row.name for row in staff},
    )


def _chosen(choose: Choose, some: Sequence[OnMenu]) -> set[UUID]:
    if choose is Choose.DRAFTS:
        return {one.offering.offering_id for one in some if one.offering.state != "published"}
    if choose is Choose.ROOMLESS:
        return {one.offering.offering_id for one in some if one.offering.room_id is None}
    if choose is Choose.CLASHING:
        sides = {
            code for objection in timetable([one.proposal() for one in some]) for code in objection.offerings
        }
        return {one.offering.offering_id for one in some if one.offering.code in sides}
    return set()


def _wanted(
    one: OnMenu, special: OfferingWanted, rooms: Mapping[UUID, RoomFacts], everywhere: tuple[Slot, ...]
) -> Wanted:
    offering = one.offering
    size = special.size or offering.capacity
    allowed = rooms if special.rooms is None else special.rooms
    length = minute_of(offering.ends) - minute_of(offering.starts)
    return Wanted(
        offering_id=offering.offering_id,
        code=offering.code,
        title=offering.title,
        teacher_id=offering.teacher_id,
        grades=tuple(offering.grades),
        size=size,
        minutes=special.minutes or length,
        times_per_week=special.times_per_week or len(offering.weekdays),
        rooms=tuple(room for room in allowed if rooms[room].capacity >= size),
        slots=everywhere if special.slots is None else _slots(special.slots),
        stands=_line(one),
    )


def _line(one: OnMenu) -> Line:
    offering = one.offering
    return Line(
        offering_id=offering.offering_id,
        room_id=offering.room_id,
        weekdays=tuple(offering.weekdays),
        starts=offering.starts,
        ends=offering.ends,
    )


def _slots(some: Sequence[Slots]) -> tuple[Slot, ...]:
    found = {slot for one in some for slot in product(one.weekdays, one.starts)}
    return tuple(sorted(found, key=lambda slot: (slot.weekday, slot.starts)))


def _slots_in_use(menu: Sequence[OnMenu]) -> tuple[Slot, ...]:
    return _slots([Slots(weekdays=one.offering.weekdays, starts=[one.offering.starts]) for one in menu])
