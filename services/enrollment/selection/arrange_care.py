"""Fit a child's places in basic care to what its family asked for and to its clubs (R03: nobody is refused)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.roster.take_version import take_version
from services.enrollment.selection.care_groups import CareGroups
from services.enrollment.selection.lock_children import ChosenFor
from services.enrollment.selection.rules.care_week import ClubTime, Slot, Span, care_spans
from services.enrollment.selection.tell_opened_groups import tell_opened_groups
from services.kernel.ids import new_id

_WISHES = text(
    "SELECT child_id, weekdays, until, asked_by FROM care_wish"
    " WHERE school_id = :school_id AND child_id = ANY(CAST(:children AS uuid[]))"
)
_PLACES = text(
    "SELECT p.place_id, p.child_id, p.offering_id, p.weekdays, p.from_on, p.until_on,"
    "       o.basic, o.starts, o.ends, o.weekdays AS offered"
    "  FROM place p JOIN offering o USING (school_id, offering_id)"
    " WHERE p.school_id = :school_id AND p.child_id = ANY(CAST(:children AS uuid[]))"
    "   AND (p.until_on IS NULL OR p.until_on > greatest(p.from_on, CAST(:since AS date)))"
    " ORDER BY p.place_id"
)
_END = text(
    "UPDATE place SET until_on = greatest(from_on, CAST(:since AS date)), version = :version"
    " WHERE school_id = :school_id AND place_id = ANY(CAST(:places AS uuid[]))"
)
_BEGIN = text(
    "INSERT INTO place (school_id, place_id, offering_id, child_id, weekdays, from_on, until_on, chosen_by,"
    " chosen_at, came_by, version) VALUES (:school_id, :place_id, :offering_id, :child_id, :weekdays, :from_on,"
    " :until_on, :chosen_by, :chosen_at, 'care', :version)"
)


@dataclass(frozen=True)
class _Wanted:
    """A place that shall stand: a span in the group that was found for it."""

    child_id: UUID
    offering_id: UUID
    span: Span
    chosen_by: UUID


async def arrange_care(
    tx: AsyncSession, school_id: UUID, children: ChosenFor, *, since: date, now: datetime
) -> int:
    """Make the care places of these (locked) children what their wishes and clubs ask for, from ``since`` on.

    Days before ``since`` stay as they were. A full group opens another, and the school is told. Returns how many
    places began.
    """
    facts = {"school_id": school_id, "children": list(children.classes), "since": since}
    wishes = {row.child_id: row for row in await tx.execute(_WISHES, facts)}
    if not wishes:
        return 0
    groups = await CareGroups.lock(
        tx, school_id, grades={children.grade(child) for child in wishes}, since=since
    )
    held = (await tx.execute(_PLACES, facts)).all()
    ended: list[UUID] = []
    begun: list[_Wanted] = []
    for child_id, wish in sorted(wishes.items()):
        own = [row for row in held if row.child_id == child_id]
        keep, wanted = _reconcile(child_id, wish, own, groups, children, since)
        begun += wanted
        ended += [row.place_id for row in own if row.basic and row.place_id not in keep]
    if ended or begun:
        version = await take_version(tx, school_id, now=now)
        opened = await groups.write_opened(tx, version=version)
        if ended:
            await tx.execute(_END, {**facts, "places": ended, "version": version})
        await _begin(tx, school_id, begun, version=version, now=now)
        newcomers: defaultdict[UUID, set[UUID]] = defaultdict(set)
        for place in begun:
            newcomers[place.offering_id].add(place.child_id)
        await tell_opened_groups(tx, school_id, opened, newcomers, now=now)
    return len(begun)


def _reconcile(
    child_id: UUID, wish: Any, own: Sequence[Any], groups: CareGroups, children: ChosenFor, since: date
) -> tuple[set[UUID], list[_Wanted]]:
    """Return the places to keep and those to begin."""
    grade, class_name = children.classes[child_id]
    clubs = [
        ClubTime(tuple(row.weekdays), row.starts, row.ends, row.from_on, row.until_on)
        for row in own
        if not row.basic
    ]
    needed = care_spans((wish.weekdays, wish.until), groups.slots(grade), clubs, since=since)
    keep: set[UUID] = set()
    wanted: list[_Wanted] = []
    for slot, spans in needed.items():
        in_slot = [row for row in own if row.basic and Slot(row.starts, row.ends, tuple(row.offered)) == slot]
        for span in spans:
            same = next((row for row in in_slot if _is(row, span, since)), None)
            if same is not None:
                keep.add(same.place_id)
                continue
            # Who is in a group stays there, whatever days change: its teacher and room are known at home.
            before = in_slot[0].offering_id if in_slot else None
            group = groups.find(slot, span.weekdays, grade=grade, class_name=class_name, before=before)
            wanted.append(_Wanted(child_id, group, span, wish.asked_by))
    return keep, wanted


def _is(row: Any, span: Span, since: date) -> bool:
    return (
        tuple(row.weekdays) == span.weekdays
        and max(row.from_on, since) == span.from_on
        and row.until_on == span.until_on
    )


async def _begin(
    tx: AsyncSession, school_id: UUID, begun: Sequence[_Wanted], *, version: int, now: datetime
) -> None:
    rows = [
        {
            "school_id": school_id,
            "place_id": new_id(),
            "offering_id": place.offering_id,
            "child_id": place.child_id,
            "weekdays": list(place.span.weekdays),
            "from_on": place.span.from_on,
            "until_on": place.span.until_on,
            "chosen_by": place.chosen_by,
            "chosen_at": now,
            "version": version,
        }
        for place in begun
    ]
    if rows:
        await tx.execute(_BEGIN, rows)
