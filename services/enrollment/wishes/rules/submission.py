"""What a family hands in, and what stands against it apart from whose children they are. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from services.enrollment.selection.rules.eligibility import Audience, unfit
from services.enrollment.wishes.errors import (
    ChildNamedTwice,
    LinkNotPossible,
    NotInThisRound,
    SameWishTwice,
    TooManyWishes,
)
from services.kernel.problems import Refusal


@dataclass(frozen=True)
class ChildWishes:
    """One child's list, best first; an empty one withdraws. ``most_clubs``: the family's own limit."""

    child_id: UUID
    offerings: Sequence[UUID]
    most_clubs: int | None = None


@dataclass(frozen=True)
class Together:
    """Siblings that are to be placed together, and what counts where that cannot be."""

    children: Sequence[UUID]
    link: Literal["same_day", "same_end"]
    if_apart: Literal["each", "neither"]


@dataclass(frozen=True)
class Submission:
    """Lists of one guardian's children at one school; ``request_id``: staff did it on that request (R03)."""

    guardian_id: UUID
    lists: Sequence[ChildWishes]
    together: Sequence[Together] = ()
    request_id: UUID | None = None


@dataclass(frozen=True)
class Chooser:
    """A child as the school knows it, and which offerings by invitation it is invited to."""

    grade: int
    class_name: str
    invited: frozenset[UUID] = field(default=frozenset())

    def fits(self, audience: Audience) -> Refusal | None:
        """Return what keeps the child out of an offering, or None."""
        return unfit(
            audience,
            grade=self.grade,
            class_name=self.class_name,
            invited=audience.offering_id in self.invited,
        )


def list_objection(
    wishes: ChildWishes, chooser: Chooser, on_offer: Mapping[UUID, Audience], *, most_wishes: int
) -> Refusal | None:
    """Return the first objection to a child's list: too long, twice, another round's, or not meant for the child."""
    about = {"child_id": wishes.child_id}
    if len(wishes.offerings) > most_wishes:
        return TooManyWishes(most=most_wishes, count=len(wishes.offerings), **about)
    seen: set[UUID] = set()
    for offering_id in wishes.offerings:
        audience = on_offer.get(offering_id)
        if audience is None:
            return NotInThisRound(offering_id=offering_id, **about)
        if offering_id in seen:
            return SameWishTwice(offering=audience.title, offering_id=offering_id, **about)
        seen.add(offering_id)
        objection = chooser.fits(audience)
        if objection is not None:
            objection.facts.update(about)
            return objection
    return None


def link_objection(submission: Submission) -> Refusal | None:
    """Return the first objection to who is handed in and linked: twice, alone, or without a list.

    That they are siblings need not be looked up: every list in a submission is of a child of the same guardian.
    """
    named = Counter(wishes.child_id for wishes in submission.lists)
    linked = Counter(child for together in submission.together for child in together.children)
    twice = [child for counts in (named, linked) for child, count in counts.items() if count > 1]
    if twice:
        return ChildNamedTwice(child_id=twice[0])
    listed = {wishes.child_id for wishes in submission.lists if wishes.offerings}
    if any(len(one.children) < 2 or not set(one.children) <= listed for one in submission.together):
        return LinkNotPossible()
    return None
