"""Offer the free places of an offering to those who waited: by tier, then time, one place each (R25)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.facts.enrollment import PlaceOffered
from services.enrollment.families.priority_tier import tier_of
from services.enrollment.policy import Policy
from services.enrollment.rounds.rules.phase import claim_bar
from services.enrollment.selection.free_places import free_places
from services.enrollment.selection.read_clubs import lock_clubs
from services.enrollment.selection.rules.judge_claim import Club
from services.enrollment.waiting.rules.offer_length import expires_at, next_meeting
from services.enrollment.waiting.soon_offer_places import soon_offer_places
from services.kernel.clock import school_day
from services.kernel.letters.announce import announce
from services.kernel.timers import set_timers

OFFER_EXPIRES = "offer_expires"

# Whoever left, or came by the place in another way, waits no more.
_MOOT = text(
    "UPDATE waiting_entry w SET state = 'moot', ended_at = :now"
    " WHERE w.school_id = :school_id AND w.offering_id = :offering_id AND w.state IN ('waiting', 'offered')"
    "   AND (:over OR EXISTS (SELECT FROM child c WHERE c.school_id = w.school_id AND c.child_id = w.child_id"
    "     AND c.removed) OR EXISTS (SELECT FROM place p WHERE p.school_id = w.school_id"
    "     AND p.offering_id = w.offering_id AND p.child_id = w.child_id AND p.until_on IS NULL))"
)
_WAITING = text(
    "SELECT entry_id, child_id, tier, since FROM waiting_entry"
    " WHERE school_id = :school_id AND offering_id = :offering_id AND state = 'waiting'"
    " ORDER BY entry_id FOR NO KEY UPDATE"
)
_DAYS = text(
    "SELECT t.days FROM term t JOIN offering o USING (school_id, term_id)"
    " WHERE o.school_id = :school_id AND o.offering_id = :offering_id"
)
_OFFER = text(
    "UPDATE waiting_entry SET state = 'offered', tier = :tier, offered_at = :now, expires_at = :expires_at"
    " WHERE school_id = :school_id AND entry_id = :entry_id"
)


async def offer_places(
    tx: AsyncSession, school_id: UUID, offering_id: UUID, *, policy: Policy, now: datetime
) -> int:
    """Offer each free place to the first who waits; returns how many were offered.

    Locks the offering: claims, acceptances and other offers of it come before or after, never between. A child
    whose priority group became known only after it joined stands where it belongs (R06). While a round of the
    offering is under way nothing is offered; the look is repeated when its results are out.
    """
    club = (await lock_clubs(tx, school_id, [offering_id], [], now=now)).get(offering_id)
    if club is None:
        return 0
    over = club.state != "published" or club.last_on < school_day(now)
    facts = {"school_id": school_id, "offering_id": offering_id, "now": now}
    await tx.execute(_MOOT, {**facts, "over": over})
    waiting = (await tx.execute(_WAITING, facts)).all()
    if not waiting:
        return 0
    if (again_at := _look_again(club, now)) is not None:
        await soon_offer_places(tx, school_id, [offering_id], due_at=again_at)
        return 0
    since = max(school_day(now), club.first_on)
    free = (await free_places(tx, school_id, [offering_id], since=since, now=now))[offering_id]
    if free <= 0:
        return 0
    tiers = await tier_of(tx, school_id, [row.child_id for row in waiting], policy=policy)
    queue = sorted(waiting, key=lambda row: (tiers[row.child_id], row.since, row.entry_id))
    chosen = [(row.entry_id, row.child_id, tiers[row.child_id]) for row in queue[:free]]
    await offer_to(tx, school_id, club, chosen, policy=policy, now=now)
    return len(chosen)


async def offer_to(
    tx: AsyncSession,
    school_id: UUID,
    club: Club,
    chosen: Sequence[tuple[UUID, UUID, int]],
    *,
    policy: Policy,
    now: datetime,
) -> None:
    """Reserve one place of the (locked) club for each (entry, child, tier), and tell the families."""
    days = await tx.scalar(_DAYS, {"school_id": school_id, "offering_id": club.offering_id})
    until = expires_at(
        now,
        term_starts_on=club.first_on,
        next_meeting=next_meeting(days, club.weekdays, club.starts, after=now),
        offers=policy.offers,
    )
    facts = {"school_id": school_id, "now": now, "expires_at": until}
    await tx.execute(_OFFER, [{**facts, "entry_id": entry, "tier": tier} for entry, _, tier in chosen])
    await set_timers(
        tx, school_id=school_id, kind=OFFER_EXPIRES, alarms=[(entry, until, {}) for entry, _, _ in chosen]
    )
    told = [
        PlaceOffered(
            school_id=school_id,
            child_id=child,
            entry_id=entry,
            offering_id=club.offering_id,
            expires_at=until,
            at=now,
        )
        for entry, child, _ in chosen
    ]
    await announce(tx, *told, now=now)


def _look_again(club: Club, now: datetime) -> datetime | None:
    """Return when the club's round has its results, which may be written a moment late; None: offer now."""
    if club.standing is None or claim_bar(club.standing, offering="", offering_id=club.offering_id) is None:
        return None
    return max(club.standing.results_at, now + timedelta(minutes=1))
