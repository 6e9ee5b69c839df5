"""What enrollment tells, turned into what families are told.

What comes for a whole school goes once to each guardian; what comes for a child, once for each child.
"""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import uuid5

from services.contracts.facts.enrollment import (
    AgreementDue,
    CareGroupOpened,
    ClubMoved,
    CollectorChanged,
    MenuPublished,
    OfferLapsed,
    PlaceGiven,
    PlaceLost,
    PlaceOffered,
    RequestCarriedOut,
    ResultsOut,
    RoundAnnounced,
    SchoolDayChanged,
)
from services.contracts.wire import Fact
from services.kernel.clock import SHANGHAI, school_day
from services.notifications.messages.telling import Telling


def tell_round(fact: RoundAnnounced) -> list[Telling]:
    """To the school's guardians, while there is still something to choose; again when its times were changed."""
    times = f"{fact.opens_at.isoformat()} {fact.closes_at.isoformat()} {fact.results_at.isoformat()}"
    cause = fact.round_id if fact.cancelled else uuid5(fact.round_id, times)
    return [
        Telling(
            fact, "round_cancelled" if fact.cancelled else "round_announced",
            fact.school_id, None, cause, school_day(fact.at),
            true_until=None if fact.cancelled else fact.closes_at,
            more={
                "rule": fact.rule,
                "opens_at": fact.opens_at.isoformat(),
                "closes_at": fact.closes_at.isoformat(),
                "results_at": fact.results_at.isoformat(),
            },
        )
    ]  # fmt: skip


def tell_results(fact: ResultsOut) -> list[Telling]:
    """To the child's guardians: one message for all its wishes; one that had none did not take part."""
    if not fact.wishes:
        return []
    # One round has a cause for each child: a guardian of two reads two messages.
    cause = uuid5(fact.round_id, str(fact.child_id))
    return [
        Telling(
            fact, "results_out", fact.school_id, fact.child_id, cause, school_day(fact.at),
            offerings=fact.given, more={"wishes": fact.wishes},
        )
    ]  # fmt: skip


def tell_given(fact: PlaceGiven) -> list[Telling]:
    """To the child's guardians. A drawn place stands in the results; a claimed one its family just chose itself."""
    if fact.came_by == "draw":
        return []
    return [
        Telling(
            fact, "place_claimed" if fact.came_by == "claim" else "place_given",
            fact.school_id, fact.child_id, fact.place_id, school_day(fact.at),
            offerings=(fact.offering_id,), more={"came_by": fact.came_by, "day": fact.from_on.isoformat()},
        )
    ]  # fmt: skip


def tell_lost(fact: PlaceLost) -> list[Telling]:
    """To the child's guardians: of a swap they read what came for it, and whoever moved away is ours no more."""
    kind = {"withdrawn": "place_lost", "given_up": "place_given_up"}.get(fact.reason)
    if kind is None:
        return []
    return [
        Telling(
            fact, kind, fact.school_id, fact.child_id, fact.place_id, school_day(fact.at),
            offerings=(fact.offering_id,), more={"day": fact.until_on.isoformat()},
        )
    ]  # fmt: skip


def tell_moved(fact: ClubMoved) -> list[Telling]:
    """To the child's guardians, once for each menu that moves the club."""
    cause = uuid5(fact.offering_id, f"{fact.child_id} {fact.number}")
    return [
        Telling(
            fact, "club_moved", fact.school_id, fact.child_id, cause, school_day(fact.at),
            offerings=(fact.offering_id,),
            more={
                "day": fact.from_on.isoformat(),
                "weekdays": fact.weekdays,
                "starts": f"{fact.starts:%H:%M}",
                "ends": f"{fact.ends:%H:%M}",
            },
        )
    ]  # fmt: skip


def tell_offered(fact: PlaceOffered) -> list[Telling]:
    """To the child's guardians, as long as it can be taken."""
    # An entry may be offered a place more than once: each offer has a deadline of its own.
    cause = uuid5(fact.entry_id, fact.expires_at.isoformat())
    return [
        Telling(
            fact, "place_offered", fact.school_id, fact.child_id, cause, school_day(fact.at),
            offerings=(fact.offering_id,), true_until=fact.expires_at,
            more={"expires_at": fact.expires_at.isoformat()},
        )
    ]  # fmt: skip


def tell_lapsed(fact: OfferLapsed) -> list[Telling]:
    """To the child's guardians."""
    return [
        Telling(
            fact, "offer_lapsed", fact.school_id, fact.child_id, fact.entry_id, school_day(fact.at),
            offerings=(fact.offering_id,),
        )
    ]  # fmt: skip


def tell_school_day(fact: SchoolDayChanged) -> list[Telling]:
    """To the school's guardians, until that day is over."""
    kind = "day_closed" if fact.runs_as is None else "day_changed"
    over = datetime.combine(fact.service_on + timedelta(days=1), time(), SHANGHAI)
    return [
        Telling(
            fact, kind, fact.school_id, None, fact.change_id, fact.service_on, true_until=over,
            more={"day": fact.service_on.isoformat(), "runs_as": fact.runs_as, "reason": fact.reason},
        )
    ]  # fmt: skip


def tell_opened_group(fact: CareGroupOpened) -> list[Telling]:
    """To the school's officers and leaders on duty, once for each group."""
    return [
        Telling(
            fact, "care_group_opened", fact.school_id, None, fact.offering_id, school_day(fact.at),
            recipients=fact.staff, offerings=(fact.offering_id,),
            more={
                "grades": fact.grades,
                "weekdays": fact.weekdays,
                "starts": f"{fact.starts:%H:%M}",
                "ends": f"{fact.ends:%H:%M}",
                "children": fact.children,
                "lacks": fact.lacks,
            },
        )
    ]  # fmt: skip


def tell_agreement(fact: AgreementDue) -> list[Telling]:
    """To those who may sign."""
    cause = uuid5(fact.reminder_id, str(fact.child_id))
    return [
        Telling(
            fact, "agreement_due", fact.school_id, fact.child_id, cause, school_day(fact.at),
            recipients=fact.guardians, more={"number": fact.number},
        )
    ]  # fmt: skip


def tell_collector(fact: CollectorChanged) -> list[Telling]:
    """To all the child's guardians, also to the one who did it: nobody may name a collector unseen."""
    return [
        Telling(
            fact, "collector_changed", fact.school_id, fact.child_id, fact.collector_id, school_day(fact.at),
            step_no=0 if fact.change == "named" else 1,
            collector_id=fact.collector_id, more={"change": fact.change},
        )
    ]  # fmt: skip


def tell_menu(fact: MenuPublished) -> list[Telling]:
    """To the school's guardians."""
    return [
        Telling(
            fact, "menu_published", fact.school_id, None, fact.term_id, school_day(fact.at),
            step_no=fact.number, more={"number": fact.number},
        )
    ]  # fmt: skip


def tell_request(fact: RequestCarriedOut) -> list[Telling]:
    """To the guardian who asked."""
    return [
        Telling(
            fact, "request_carried_out", fact.school_id, fact.child_id, fact.request_id, school_day(fact.at),
            recipients=(fact.guardian_id,),
        )
    ]  # fmt: skip


ENROLLMENT: dict[type[Fact], Any] = {
    RoundAnnounced: tell_round,
    ResultsOut: tell_results,
    PlaceGiven: tell_given,
    PlaceLost: tell_lost,
    ClubMoved: tell_moved,
    PlaceOffered: tell_offered,
    OfferLapsed: tell_lapsed,
    SchoolDayChanged: tell_school_day,
    CareGroupOpened: tell_opened_group,
    AgreementDue: tell_agreement,
    CollectorChanged: tell_collector,
    MenuPublished: tell_menu,
    RequestCarriedOut: tell_request,
}
"""How each fact is told."""
