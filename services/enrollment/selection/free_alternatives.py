"""Where else could these children still go at that time?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.selection.free_places import seats_of
from services.enrollment.selection.read_clubs import clubs_beside
from services.enrollment.selection.rules.claim_objection import Held
from services.enrollment.selection.rules.judge_claim import Club, beside, judge_claim, no_seat, not_claimable
from services.kernel.problems import Refusal

MOST = 5
CARE_IS_LEFT = "孩子仍然可以参加基本托管，不会没有地方去。"


@dataclass(frozen=True, slots=True)
class Missed:
    """A child that found no seat, and the refusal that is to tell it where else there are some."""

    refusal: Refusal
    club: Club
    child_id: UUID
    in_class: tuple[int, str]
    held: Sequence[Held]
    since: date


async def tell_alternatives(
    tx: AsyncSession, school_id: UUID, missed: Sequence[Missed], *, now: datetime
) -> None:
    """Fill ``alternatives`` and ``hint`` of each refusal: up to five clubs with room that the child could have.

    Read once for all, without a lock: a hint, not a promise.
    """
    if not missed:
        return
    offerings = {one.club.offering_id for one in missed}
    clubs = await clubs_beside(tx, school_id, offerings, {one.child_id for one in missed}, now=now)
    since = min(one.since for one in missed)
    seats = await seats_of(tx, school_id, clubs, since=since, now=now)
    open_clubs = [
        (club, seats[key].free)
        for key, club in clubs.items()
        if not_claimable(club, asked_at=now) is None
        and no_seat(club, free=seats[key].free, waited_for=seats[key].waited_for) is None
    ]
    near = {one.club.offering_id: beside(one.club, open_clubs) for one in missed}
    for one in missed:
        fitting = (
            (club, free)
            for club, free in near[one.club.offering_id]
            if judge_claim(club, one.child_id, one.in_class, one.held, since=max(one.since, club.first_on))
            is None
        )
        found = list(islice(fitting, MOST))
        names = "、".join(f"“{club.title}”" for club, _ in found)
        one.refusal.facts["alternatives"] = [_told(club, free) for club, free in found]
        one.refusal.facts["hint"] = f"同一时间还有空位的有：{names}。" if found else CARE_IS_LEFT


def _told(club: Club, free: int) -> dict[str, Any]:
    return {
        "offering_id": club.offering_id,
        "title": club.title,
        "weekdays": list(club.weekdays),
        "starts": f"{club.starts:%H:%M}",
        "ends": f"{club.ends:%H:%M}",
        "free": free,
    }
