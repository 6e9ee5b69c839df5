"""What a family may have the school do for it: each the same as the family could do itself on its phone."""

from collections.abc import Sequence
from datetime import date, time
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.enrollment.draw.rules.siblings import MOST_TOGETHER
from services.enrollment.families.person_name import PersonName
from services.enrollment.imports.difference import masked


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Act(_Part):
    def kept(self) -> dict[str, Any]:
        """Return what stays on file of it, for the family and the school to read."""
        return self.model_dump(mode="json")

    def siblings(self) -> Sequence[UUID]:
        """Return the children whom it concerns beside the one that the request is for."""
        return ()


class ClaimAct(_Act):
    """Claim a place; from ``from_on`` (default: today) on."""

    do: Literal["claim"]
    offering_id: UUID
    from_on: date | None = None


class CareAct(_Act):
    """Ask for basic care on weekdays 1 (Monday) to 7 until a time; no weekdays end it."""

    do: Literal["care"]
    weekdays: list[Annotated[int, Field(ge=1, le=7)]] = Field(max_length=7)
    until: time = time(18, 30)
    from_on: date | None = None


class EndPlaceAct(_Act):
    """Give a place up; ``until_on`` (default: today) is the first day without it."""

    do: Literal["end_place"]
    place_id: UUID
    until_on: date | None = None


class SiblingWishes(_Part):
    """A sibling's list, handed in with the child's."""

    child_id: UUID
    offering_ids: list[UUID] = Field(max_length=1000)
    most_clubs: Annotated[int, Field(ge=1, le=14)] | None = None


class TogetherAsked(_Part):
    """On the same days, or so that they end together; and what counts where that cannot be."""

    siblings: list[SiblingWishes] = Field(min_length=1, max_length=MOST_TOGETHER - 1)
    link: Literal["same_day", "same_end"]
    if_apart: Literal["each", "neither"] = "each"


class WishesAct(_Act):
    """Hand in a list of wishes, best first; an empty one withdraws.

    ``together`` asks that the siblings whose lists it brings are placed with the child, as a family asks it.
    """

    do: Literal["wishes"]
    round_id: UUID
    offering_ids: list[UUID] = Field(max_length=1000)
    most_clubs: Annotated[int, Field(ge=1, le=14)] | None = None
    together: TogetherAsked | None = None

    def siblings(self) -> Sequence[UUID]:
        """Return the siblings whose lists it brings."""
        return [] if self.together is None else [one.child_id for one in self.together.siblings]


class JoinWaitingAct(_Act):
    """Wait for an offering."""

    do: Literal["join_waiting"]
    offering_id: UUID


class AnswerOfferAct(_Act):
    """Take the place that is reserved, let it go, or stop waiting."""

    do: Literal["accept_offer", "decline_offer", "leave_waiting"]
    entry_id: UUID


class ProposeSwapAct(_Act):
    """Offer a place for one in another offering."""

    do: Literal["propose_swap"]
    place_id: UUID
    wants_id: UUID


class TakeUpSwapAct(_Act):
    """Give a place for the one that another family proposes."""

    do: Literal["take_up_swap"]
    swap_id: UUID
    place_id: UUID


class WithdrawSwapAct(_Act):
    """Take a proposal back."""

    do: Literal["withdraw_swap"]
    swap_id: UUID


class TransferOutAct(_Act):
    """Leave the school; ``effective_on`` is the first day on which the child is no longer there."""

    do: Literal["transfer_out"]
    effective_on: date
    other_school: Annotated[str, Field(max_length=100)] | None = None


class NameCollectorAct(_Act):
    """Let an adult collect the child; both days are in it, weekdays 1 (Monday) to 7."""

    do: Literal["name_collector"]
    name: PersonName
    relation: Annotated[str, Field(min_length=1, max_length=20)]
    phone: Annotated[str, Field(max_length=20)]
    born_year: Annotated[int, Field(ge=1900, le=2100)]
    valid_from: date
    valid_until: date
    weekdays: list[Annotated[int, Field(ge=1, le=7)]] = Field(min_length=1, max_length=7)

    def kept(self) -> dict[str, Any]:
        """Without the phone: it stands sealed with the collector."""
        return {**super().kept(), "phone": masked(self.phone)}


class SignAgreementAct(_Act):
    """Record the safety agreement that a guardian signed on paper: the number of the text on it."""

    do: Literal["sign_agreement"]
    number: Annotated[int, Field(ge=1, le=100_000)]


Act = Annotated[
    ClaimAct
    | CareAct
    | EndPlaceAct
    | WishesAct
    | JoinWaitingAct
    | AnswerOfferAct
    | ProposeSwapAct
    | TakeUpSwapAct
    | WithdrawSwapAct
    | TransferOutAct
    | NameCollectorAct
    | SignAgreementAct,
    Field(discriminator="do"),
]
