"""Wishes: families hand in ranked lists and keep a receipt; officers see how many are in."""

from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, BaseModel, Field

from services.contracts.personas import OFFICERS, Persona
from services.enrollment.draw.rules.entries_root import entry_leaf
from services.enrollment.draw.rules.siblings import MOST_TOGETHER
from services.enrollment.rounds.round_on_file import round_on_file
from services.enrollment.wishes.own_lists import own_lists
from services.enrollment.wishes.round_entries import entry_of
from services.enrollment.wishes.rules.submission import ChildWishes, Submission, Together
from services.enrollment.wishes.submission_figures import submission_figures
from services.enrollment.wishes.submit_wishes import submit_wishes
from services.enrollment.wishes.tables import WishList
from services.kernel.web.dependencies import Caller, Now, Tx
from services.kernel.web.once import OnceOnly

router = APIRouter(prefix="/api/v1/rounds", tags=["rounds"])

MOST_READ = 1000
"""Longer lists are not read at all; a round's own limit refuses by name what lies between."""


class ChildWishesIn(BaseModel):
    """One child's list, best first; it replaces the earlier one, an empty one withdraws it."""

    child_id: UUID
    offering_ids: list[UUID] = Field(max_length=MOST_READ)
    most_clubs: Annotated[int, Field(ge=1, le=14)] | None = Field(
        default=None, description="The family's own limit, under the round's."
    )


class TogetherIn(BaseModel):
    """Siblings to be placed on the same days, or so that they end together; and what counts where that fails."""

    child_ids: list[UUID] = Field(min_length=1, max_length=MOST_TOGETHER)
    link: Literal["same_day", "same_end"]
    if_apart: Literal["each", "neither"] = "each"


class WishesIn(BaseModel):
    """Lists of the caller's children at one school. When within the round they come plays no part in the draw."""

    school_id: UUID
    children: list[ChildWishesIn] = Field(min_length=1, max_length=20)
    together: list[TogetherIn] = Field(default=[], max_length=10)


class WishListOut(BaseModel):
    """A receipt. ``leaf`` is the list's hash under the ``entries_root``; ``ticket`` is the family's alone."""

    child_id: UUID
    offering_ids: list[UUID]
    most_clubs: int | None
    linked_id: UUID | None
    link: Literal["same_day", "same_end"] | None
    if_apart: Literal["each", "neither"] | None
    ticket: str
    leaf: str
    submitted_at: AwareDatetime


class WishListsOut(BaseModel):
    """Lists as they stand; a child without one has none."""

    round_id: UUID
    lists: list[WishListOut]


class OfferingWishesOut(BaseModel):
    """How many wishes an offering has, and how many of them are first ones."""

    offering_id: UUID
    code: str
    title: str
    capacity: int
    wishes: int
    first_wishes: int


class ChildWithoutListOut(BaseModel):
    """A child who could choose and has no list; nobody has to (R03)."""

    child_id: UUID
    student_no: str
    name: str
    grade: int
    class_name: str


class SubmissionFiguresOut(BaseModel):
    """How far a round has come."""

    round_id: UUID
    lists: int
    offerings: list[OfferingWishesOut]
    missing: list[ChildWithoutListOut]


@router.put("/{round_id}/wishes", response_model=WishListsOut)
async def submit(
    round_id: UUID, body: WishesIn, who: Caller, tx: Tx, now: Now, once: OnceOnly
) -> WishListsOut | Response:
    """Hand in lists for own children, all or none; the answer is the receipt."""
    who.require(Persona.GUARDIAN)
    submission = submission_of(body, who.person_in(body.school_id))

    async def make() -> WishListsOut:
        return receipt(round_id, await submit_wishes(tx, body.school_id, round_id, submission, now=now))

    return await once(make)


@router.get("/{round_id}/wishes")
async def own(round_id: UUID, school_id: UUID, who: Caller, tx: Tx) -> WishListsOut:
    """Return the lists of the caller's children."""
    who.require(Persona.GUARDIAN)
    guardian_id = who.person_in(school_id)
    return receipt(round_id, await own_lists(tx, school_id, round_id, guardian_id=guardian_id))


@router.get("/{round_id}/submissions")
async def submissions(round_id: UUID, school_id: UUID, who: Caller, tx: Tx) -> SubmissionFiguresOut:
    """Return how many lists and wishes are in, and which children have none."""
    who.require(*OFFICERS)
    who.person_in(school_id)
    await round_on_file(tx, school_id, round_id)
    figures = await submission_figures(tx, school_id, round_id)
    return SubmissionFiguresOut(
        round_id=round_id,
        lists=figures.lists,
        offerings=[OfferingWishesOut.model_validate(row, from_attributes=True) for row in figures.offerings],
        missing=[ChildWithoutListOut.model_validate(row, from_attributes=True) for row in figures.missing],
    )


def submission_of(body: WishesIn, guardian_id: UUID) -> Submission:
    """Shape what came over the wire."""
    return Submission(
        guardian_id=guardian_id,
        lists=[ChildWishes(one.child_id, one.offering_ids, one.most_clubs) for one in body.children],
        together=[Together(one.child_ids, one.link, one.if_apart) for one in body.together],
    )


def receipt(round_id: UUID, lists: Sequence[WishList]) -> WishListsOut:
    """Shape lists for the family that they belong to."""
    return WishListsOut(
        round_id=round_id,
        lists=[
            WishListOut.model_validate(
                {
                    **one.model_dump(),
                    "offering_ids": one.offerings,
                    "leaf": entry_leaf(entry_of(one)).hex(),
                }
            )
            for one in lists
        ],
    )
