"""What a family may have the school do for it: each the same as the family could do itself on its phone."""

from datetime import date, time
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class _Act(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


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


class WishesAct(_Act):
    """Hand in a list of wishes, best first; an empty one withdraws."""

    do: Literal["wishes"]
    round_id: UUID
    offering_ids: list[UUID] = Field(max_length=1000)
    most_clubs: Annotated[int, Field(ge=1, le=14)] | None = None


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
    | SignAgreementAct,
    Field(discriminator="do"),
]
