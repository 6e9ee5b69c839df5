"""Claim places, first come, first served, exactly: many families at once, in one transaction (R03, R25)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.menu.errors import UnknownOffering
from services.enrollment.selection.free_alternatives import Missed, tell_alternatives
from services.enrollment.selection.free_places import Seats, seats_of
from services.enrollment.selection.held_clubs import held_clubs
from services.enrollment.selection.lock_children import ChosenFor, lock_children
from services.enrollment.selection.read_clubs import lock_clubs
from services.enrollment.selection.rules.claim_objection import Held, kept_ahead
from services.enrollment.selection.rules.judge_claim import (
    Club,
    begins_on,
    judge_claim,
    no_seat,
    not_claimable,
)
from services.enrollment.selection.write_places import NewPlace, write_places
from services.kernel.clock import school_day
from services.kernel.problems import Refusal


@dataclass(frozen=True, slots=True)
class Claim:
    """A guardian wants a place for a child, from ``from_on`` (default: as soon as it can be) on.

    ``asked_at`` (domain clock) is when it arrived, where that was before the transaction began.
    """

    child_id: UUID
    guardian_id: UUID
    offering_id: UUID
    from_on: date | None = None
    request_id: UUID | None = None
    asked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """The place that came of a claim; it has no end yet."""

    school_id: UUID
    place_id: UUID
    offering_id: UUID
    child_id: UUID
    weekdays: tuple[int, ...]
    from_on: date
    chosen_at: datetime
    until_on: date | None = None


async def claim_places(
    tx: AsyncSession,
    school_id: UUID,
    claims: Sequence[Claim],
    *,
    children: ChosenFor | None = None,
    now: datetime,
) -> list[Given | Refusal]:
    """Answer each claim, in the order given, with a place or a refusal.

    Locks the children (unless the caller did), then the offerings, then counts: about fifteen statements, however
    many claims. Exact under READ COMMITTED only. A club takes precedence over basic care in the hours that it covers.

    Refusals: NotYours, NoRightToChoose, UnknownOffering, OfferingNotOpen, CareIsAskedFor, RoundNotOpenYet,
    WishesInstead, RoundClosedForNow, DateNotPossible, NotForThisGrade, NotForThisClass, ForInvitedOnly, PlaceHeld,
    ChildBusy, MostClubsHeld, OfferingFull, WaitingAhead.
    """
    wanted = {claim.child_id for claim in claims}
    if children is None:
        children = await lock_children(tx, school_id, wanted)
    clubs = await lock_clubs(tx, school_id, {claim.offering_id for claim in claims}, wanted, now=now)
    days = [_begins_on(clubs.get(claim.offering_id), claim, now=now) for claim in claims]
    book = await _open_book(tx, school_id, clubs, children, days, now=now)
    answers = [book.judge(claim, day) for claim, day in zip(claims, days, strict=True)]
    places = [answer for answer in answers if isinstance(answer, NewPlace)]
    await write_places(tx, school_id, places, since=school_day(now), now=now)
    await tell_alternatives(tx, school_id, book.missed, now=now)
    return [
        answer if isinstance(answer, Refusal) else _given(school_id, answer, now=now) for answer in answers
    ]


def _begins_on(club: Club | None, claim: Claim, *, now: datetime) -> date | Refusal:
    if (closed := not_claimable(club, asked_at=claim.asked_at or now)) is not None or club is None:
        return closed or UnknownOffering()
    return begins_on(club, claim.from_on, today=school_day(now))


async def _open_book(
    tx: AsyncSession,
    school_id: UUID,
    clubs: Mapping[UUID, Club],
    children: ChosenFor,
    days: Iterable[date | Refusal],
    *,
    now: datetime,
) -> "_Book":
    since = {day for day in days if isinstance(day, date)}
    today = school_day(now)
    if not since:
        return _Book(clubs, children, {}, {}, today)
    held = await held_clubs(tx, school_id, children.classes, since=today)
    seats = {day: await seats_of(tx, school_id, clubs, since=day, now=now) for day in since}
    return _Book(clubs, children, held, seats, today)


class _Book:
    """Who has what, as each claim finds it: ``seats`` by the day from which they are counted, clubs by child."""

    def __init__(
        self,
        clubs: Mapping[UUID, Club],
        children: ChosenFor,
        held: dict[UUID, list[Held]],
        seats: Mapping[date, Mapping[UUID, Seats]],
        today: date,
    ) -> None:
        self.missed: list[Missed] = []
        self._clubs = clubs
        self._children = children
        self._held = held
        self._seats = seats
        self._today = today
        self._given: Counter[UUID] = Counter()

    def judge(self, claim: Claim, since: date | Refusal) -> NewPlace | Refusal:
        """Answer one claim, and note what it takes."""
        if (objection := self._children.objection(claim.child_id, claim.guardian_id)) is not None:
            return objection
        if isinstance(since, Refusal):
            return since
        club = self._clubs[claim.offering_id]
        held = self._held.setdefault(claim.child_id, [])
        in_class = self._children.classes[claim.child_id]
        kept = kept_ahead(held, today=self._today, first_on=club.first_on)
        if (objection := judge_claim(club, claim.child_id, in_class, kept, since=since)) is not None:
            return objection
        seats = self._seats[since][claim.offering_id]
        free = seats.free - self._given[claim.offering_id]
        if (missing := no_seat(club, free=free, waited_for=seats.waited_for)) is not None:
            self.missed.append(Missed(missing, club, claim.child_id, in_class, held, since))
            return missing
        return self._take(club, claim, since)

    def _take(self, club: Club, claim: Claim, since: date) -> NewPlace:
        place = NewPlace(
            child_id=claim.child_id,
            offering_id=club.offering_id,
            weekdays=club.weekdays,
            chosen_by=claim.guardian_id,
            came_by="claim",
            round_id=None if club.standing is None else club.standing.round_id,
            request_id=claim.request_id,
            from_on=since,
        )
        self._given[club.offering_id] += 1
        self._held[claim.child_id].append(
            Held(
                place.place_id,
                club.offering_id,
                club.title,
                club.weekdays,
                club.starts,
                club.ends,
                since,
                club.last_on + timedelta(days=1),
            )
        )
        return place


def _given(school_id: UUID, place: NewPlace, *, now: datetime) -> Given:
    return Given(
        school_id=school_id,
        place_id=place.place_id,
        offering_id=place.offering_id,
        child_id=place.child_id,
        weekdays=tuple(place.weekdays),
        from_on=place.from_on or school_day(now),
        chosen_at=now,
    )
