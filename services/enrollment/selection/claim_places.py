"""Claim places in one offering, first come, first served, exactly (R03, R25)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.menu.errors import UnknownOffering
from services.enrollment.roster.take_version import take_version
from services.enrollment.selection.arrange_care import arrange_care
from services.enrollment.selection.effective_day import effective_day
from services.enrollment.selection.errors import CareIsAskedFor, OfferingFull, OfferingNotOpen
from services.enrollment.selection.free_alternatives import free_alternatives
from services.enrollment.selection.lock_children import ChosenFor, lock_children
from services.enrollment.selection.rules.claim_objection import Held, Wish, claim_objection
from services.enrollment.selection.tables import Place
from services.kernel.ids import new_id
from services.kernel.problems import Refusal

# The lock on the offering is what makes the capacity exact; tests/races takes it away to show that.
LOCK_OFFERING = (
    "SELECT * FROM offering WHERE school_id = :school_id AND offering_id = :offering_id FOR NO KEY UPDATE"
)
_TAKEN = text(
    "SELECT count(DISTINCT child_id) FROM place WHERE school_id = :school_id AND offering_id = :offering_id"
    " AND (until_on IS NULL OR until_on > greatest(from_on, CAST(:since AS date)))"
)
_HELD = text(
    "SELECT p.place_id, p.child_id, p.offering_id, p.weekdays, o.starts, o.ends, o.title"
    "  FROM place p JOIN offering o USING (school_id, offering_id)"
    " WHERE p.school_id = :school_id AND p.child_id = ANY(CAST(:children AS uuid[])) AND NOT o.basic"
    "   AND (p.until_on IS NULL OR p.until_on > greatest(p.from_on, CAST(:since AS date)))"
)


@dataclass(frozen=True)
class Claim:
    """A guardian wants a place for a child."""

    child_id: UUID
    guardian_id: UUID


async def claim_places(
    tx: AsyncSession,
    school_id: UUID,
    offering_id: UUID,
    claims: Sequence[Claim],
    *,
    from_on: date | None = None,
    now: datetime,
) -> list[Place | Refusal]:
    """Answer each claim, in the order given, with a place from ``from_on`` (default: today) on, or a refusal.

    Locks the children, then the offering, then counts live places: a place that was given up frees itself. Exact
    under READ COMMITTED only. A club takes precedence over basic care in the hours that it covers.

    Refusals in the answer: NotYours, NoRightToChoose, NotForThisGrade, PlaceHeld, ChildBusy, OfferingFull.

    Raises:
        UnknownOffering, OfferingNotOpen, CareIsAskedFor, DateNotPossible: for all claims alike.
    """
    children = await lock_children(tx, school_id, [claim.child_id for claim in claims])
    offering = await _lock_offering(tx, school_id, offering_id)
    since = await effective_day(tx, school_id, from_on, now=now)
    facts = {"school_id": school_id, "offering_id": offering_id, "since": since}
    taken = int(await tx.scalar(_TAKEN, facts) or 0)
    held = await _held(tx, {**facts, "children": list(children.classes)})
    answers: list[Place | Refusal] = []
    rows: list[dict[str, Any]] = []
    for claim in claims:
        own = held.setdefault(claim.child_id, [])
        refusal = _refusal(claim, children, own, offering, free=offering["capacity"] - taken)
        if refusal is not None:
            answers.append(refusal)
            continue
        place = _place(offering, claim, since, now)
        taken += 1
        own.append(_as_held(place, offering))
        rows.append(place)
        answers.append(Place(**place))
    if rows:
        await _write(tx, school_id, rows, children, since=since, now=now)
        for answer, row in zip((a for a in answers if isinstance(a, Place)), rows, strict=True):
            answer.version = row["version"]
    await _offer_alternatives(tx, offering, answers, claims, children, since)
    return answers


async def _lock_offering(tx: AsyncSession, school_id: UUID, offering_id: UUID) -> Mapping[str, Any]:
    found = await tx.execute(text(LOCK_OFFERING), {"school_id": school_id, "offering_id": offering_id})
    offering = found.mappings().one_or_none()
    if offering is None or offering["state"] == "draft":
        raise UnknownOffering
    if offering["state"] != "published":
        raise OfferingNotOpen(offering=offering["title"], offering_id=offering_id)
    if offering["basic"]:
        raise CareIsAskedFor(offering=offering["title"], offering_id=offering_id)
    return dict(offering)


async def _held(tx: AsyncSession, facts: dict[str, Any]) -> dict[UUID, list[Held]]:
    held: dict[UUID, list[Held]] = {}
    for row in await tx.execute(_HELD, facts):
        known = Held(row.place_id, row.offering_id, row.title, tuple(row.weekdays), row.starts, row.ends)
        held.setdefault(row.child_id, []).append(known)
    return held


def _refusal(
    claim: Claim, children: ChosenFor, own: Sequence[Held], offering: Mapping[str, Any], *, free: int
) -> Refusal | None:
    try:
        children.check(claim.child_id, claim.guardian_id)
    except Refusal as refusal:
        return refusal
    wish = Wish(
        offering["offering_id"],
        offering["title"],
        tuple(offering["weekdays"]),
        offering["starts"],
        offering["ends"],
        tuple(offering["grades"]),
    )
    objection = claim_objection(wish, children.grade(claim.child_id), own)
    if objection is None and free <= 0:
        return OfferingFull(
            offering=offering["title"], offering_id=wish.offering_id, capacity=offering["capacity"]
        )
    return objection


def _place(offering: Mapping[str, Any], claim: Claim, since: date, now: datetime) -> dict[str, Any]:
    return {
        "school_id": offering["school_id"],
        "place_id": new_id(),
        "offering_id": offering["offering_id"],
        "child_id": claim.child_id,
        "weekdays": list(offering["weekdays"]),
        "from_on": since,
        "until_on": None,
        "chosen_by": claim.guardian_id,
        "chosen_at": now,
        "version": 0,
    }


def _as_held(place: Mapping[str, Any], offering: Mapping[str, Any]) -> Held:
    return Held(
        place["place_id"],
        place["offering_id"],
        offering["title"],
        tuple(place["weekdays"]),
        offering["starts"],
        offering["ends"],
    )


async def _write(
    tx: AsyncSession,
    school_id: UUID,
    rows: list[dict[str, Any]],
    children: ChosenFor,
    *,
    since: date,
    now: datetime,
) -> None:
    """Write the places under one version, and let care make room for them."""
    version = await take_version(tx, school_id, now=now)
    for row in rows:
        row["version"] = version
    await tx.execute(insert(Place.metadata.tables["place"]), rows)
    await arrange_care(tx, school_id, children, since=since, now=now)


async def _offer_alternatives(
    tx: AsyncSession,
    offering: Mapping[str, Any],
    answers: Sequence[Place | Refusal],
    claims: Sequence[Claim],
    children: ChosenFor,
    since: date,
) -> None:
    """Tell who met a full offering where there is still room."""
    for claim, answer in zip(claims, answers, strict=True):
        if isinstance(answer, OfferingFull):
            found = await free_alternatives(
                tx, offering, child_id=claim.child_id, grade=children.grade(claim.child_id), since=since
            )
            names = "、".join(f"“{one['title']}”" for one in found)
            answer.facts["alternatives"] = found
            answer.facts["hint"] = (
                f"同一时间还有空位的有：{names}。" if found else "孩子仍然可以参加基本托管，不会没有地方去。"
            )
