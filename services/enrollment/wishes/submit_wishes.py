"""A guardian hands in lists of wishes; when within the round plays no part in the draw."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.families.siblings import siblings_of
from services.enrollment.menu.invitations_of import invitations_of
from services.enrollment.rounds.errors import RoundCancelled, RoundClosed, RoundNotOpenYet, UnknownRound
from services.enrollment.rounds.rules.phase import phase_of
from services.enrollment.selection.lock_children import ChosenFor, lock_children
from services.enrollment.wishes.errors import ClaimInstead
from services.enrollment.wishes.lists_on_file import lists_on_file
from services.enrollment.wishes.on_offer_in import on_offer_in
from services.enrollment.wishes.rules.submission import Chooser, Submission, link_objection, list_objection
from services.enrollment.wishes.tables import WishList
from services.enrollment.words import moment_text
from services.kernel.ids import new_id

TICKET_BYTES = 16

# Shared: families do not wait for each other, and closing waits for all of them. tests/enrollment takes it away.
HOLD_ROUND = "SELECT * FROM round WHERE school_id = :school_id AND round_id = :round_id FOR SHARE"
_UNLINK = text(
    "UPDATE wish_list SET linked_id = NULL, link = NULL, if_apart = NULL"
    " WHERE school_id = :school_id AND round_id = :round_id AND linked_id IN (SELECT linked_id FROM wish_list"
    "   WHERE school_id = :school_id AND round_id = :round_id AND child_id = ANY(CAST(:children AS uuid[])))"
)
_WITHDRAW = text(
    "DELETE FROM wish_list WHERE school_id = :school_id AND round_id = :round_id"
    " AND child_id = ANY(CAST(:children AS uuid[]))"
)
# The ticket is made with the first list and stays.
_WRITE = text(
    "INSERT INTO wish_list (school_id, round_id, child_id, offerings, most_clubs, linked_id, link, if_apart, ticket,"
    " submitted_by, request_id, submitted_at) VALUES (:school_id, :round_id, :child_id, :offerings, :most_clubs,"
    " :linked_id, :link, :if_apart, :ticket, :submitted_by, :request_id, :submitted_at)"
    " ON CONFLICT (school_id, round_id, child_id) DO UPDATE SET offerings = excluded.offerings,"
    " most_clubs = excluded.most_clubs, linked_id = excluded.linked_id, link = excluded.link,"
    " if_apart = excluded.if_apart, submitted_by = excluded.submitted_by, request_id = excluded.request_id,"
    " submitted_at = excluded.submitted_at"
)


async def submit_wishes(
    tx: AsyncSession, school_id: UUID, round_id: UUID, submission: Submission, *, now: datetime
) -> Sequence[WishList]:
    """Replace the children's lists, all or none; returns them as they stand. An empty list withdraws a child's.

    Links are part of the lists: who hands one child in again without its sibling takes the link back.

    Raises:
        UnknownRound, RoundCancelled, ClaimInstead, RoundNotOpenYet, RoundClosed: the round takes no lists now.
        NotYours, NoRightToChoose: somebody else's child; a guardian without that right.
        ChildNamedTwice, LinkNotPossible: who is handed in and linked.
        TooManyWishes, SameWishTwice, NotInThisRound: the list itself.
        NotForThisGrade, NotForThisClass, ForInvitedOnly: an offering that is not meant for the child.
    """
    own = [wishes.child_id for wishes in submission.lists]
    # Siblings too: a link may have to be taken from a list that is not handed in.
    related = await siblings_of(tx, school_id, own)
    children = await lock_children(
        tx, school_id, {*own, *(one for found in related.values() for one in found)}
    )
    told = await _open_round(tx, school_id, round_id, now=now)
    for child_id in own:
        children.check(child_id, submission.guardian_id)
    await _check(tx, told, submission, children)
    facts = {"school_id": school_id, "round_id": round_id}
    await tx.execute(_UNLINK, {**facts, "children": own})
    withdrawn = [wishes.child_id for wishes in submission.lists if not wishes.offerings]
    if withdrawn:
        await tx.execute(_WITHDRAW, {**facts, "children": withdrawn})
    rows = _rows(submission, now)
    if rows:
        await tx.execute(_WRITE, [{**facts, **row} for row in rows])
    return await lists_on_file(tx, school_id, round_id, own)


async def _open_round(tx: AsyncSession, school_id: UUID, round_id: UUID, *, now: datetime) -> Any:
    """Hold the round shared and see that it takes lists. The clock and what has happened must both allow it."""
    found = await tx.execute(text(HOLD_ROUND), {"school_id": school_id, "round_id": round_id})
    told = found.one_or_none()
    if told is None:
        raise UnknownRound
    phase = phase_of(told, now=now)
    if phase == "hidden":
        raise UnknownRound
    if told.cancelled_at is not None:
        raise RoundCancelled(round_id=round_id, reason=told.cancel_reason)
    if told.kind != "preference":
        raise ClaimInstead(round_id=round_id)
    if phase == "visible":
        opens = told.opens_at
        raise RoundNotOpenYet(round_id=round_id, opens_at=opens.isoformat(), opens=moment_text(opens))
    if phase != "open" or told.closed_at is not None:
        closes = told.closes_at
        raise RoundClosed(round_id=round_id, closes_at=closes.isoformat(), closes=moment_text(closes))
    return told


async def _check(tx: AsyncSession, told: Any, submission: Submission, children: ChosenFor) -> None:
    on_offer = await on_offer_in(tx, told.school_id, told.round_id)
    own = [wishes.child_id for wishes in submission.lists]
    invited = await invitations_of(tx, told.school_id, own)
    objections = [link_objection(submission)]
    for wishes in submission.lists:
        grade, class_name = children.classes[wishes.child_id]
        chooser = Chooser(grade, class_name, invited.get(wishes.child_id, frozenset()))
        objections.append(list_objection(wishes, chooser, on_offer, most_wishes=told.most_wishes))
    for objection in objections:
        if objection is not None:
            raise objection


def _rows(submission: Submission, now: datetime) -> list[dict[str, Any]]:
    links = {
        child: {"linked_id": linked_id, "link": together.link, "if_apart": together.if_apart}
        for together in submission.together
        for linked_id in [new_id()]
        for child in together.children
    }
    alone = {"linked_id": None, "link": None, "if_apart": None}
    return [
        {
            "child_id": wishes.child_id,
            "offerings": list(wishes.offerings),
            "most_clubs": wishes.most_clubs,
            **links.get(wishes.child_id, alone),
            "ticket": secrets.token_hex(TICKET_BYTES),
            "submitted_by": submission.guardian_id,
            "request_id": submission.request_id,
            "submitted_at": now,
        }
        for wishes in submission.lists
        if wishes.offerings
    ]
