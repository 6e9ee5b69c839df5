"""Do what a family asked for, by the commands that its own phone would use: they judge it as they judge the family."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.agreements.errors import SignatureNotOnPaper
from services.enrollment.agreements.sign_agreement import Signing, sign_agreement
from services.enrollment.agreements.signatures_on_file import version_on_file
from services.enrollment.families.errors import PhoneInvalid
from services.enrollment.families.name_collector import name_collector
from services.enrollment.families.rules.collector_terms import NewCollector
from services.enrollment.families.transfer_out import Leaving, transfer_out
from services.enrollment.imports.rules.plain_cells import phone_of
from services.enrollment.policy import Policy
from services.enrollment.requests.errors import CollectorByTelephone
from services.enrollment.requests.tables import FamilyRequest
from services.enrollment.selection.ask_for_care import CareAsked, ask_for_care
from services.enrollment.selection.claim_places import Claim, claim_places
from services.enrollment.selection.give_up_place import give_up_place
from services.enrollment.swaps.propose_swap import propose_swap
from services.enrollment.swaps.take_up_swap import take_up_swap
from services.enrollment.swaps.withdraw_swap import withdraw_swap
from services.enrollment.waiting.accept_offer import accept_offer
from services.enrollment.waiting.decline_offer import decline_offer
from services.enrollment.waiting.join_waiting_list import Joining, join_waiting_list
from services.enrollment.waiting.leave_waiting_list import leave_waiting_list
from services.enrollment.wishes.rules.submission import ChildWishes, Submission, Together
from services.enrollment.wishes.submit_wishes import submit_wishes
from services.kernel.cipher import FieldCipher
from services.kernel.problems import NotYours, Refusal

_IS_OF_CHILD = {
    "place_id": text(
        "SELECT child_id = :child_id FROM place WHERE school_id = :school_id AND place_id = :subject"
    ),
    "entry_id": text(
        "SELECT child_id = :child_id FROM waiting_entry WHERE school_id = :school_id AND entry_id = :subject"
    ),
}
_SWAP_OF_CHILD = text(
    "SELECT child_id = :child_id FROM swap_proposal WHERE school_id = :school_id AND swap_id = :subject"
)


IN_WRITING_OR_PERSON = {"in_person", "paper"}
"""A voice on the telephone, or somebody who holds the phone, names nobody to whom a child is handed."""


@dataclass(frozen=True)
class Errand:
    """A request being carried out."""

    tx: AsyncSession
    request: FamilyRequest
    policy: Policy
    cipher: FieldCipher
    now: datetime

    @property
    def by(self) -> tuple[AsyncSession, UUID]:
        """What every command takes first."""
        return self.tx, self.request.school_id


async def carry_out(errand: Errand, act: Any) -> None:
    """Do it; raises whatever the command refuses, and NotYours for a place or entry of another child."""
    for name, statement in _IS_OF_CHILD.items():
        if (subject := getattr(act, name, None)) is not None:
            await _check_child(errand, statement, subject)
    await _DOES[act.do](errand, act)


async def _check_child(errand: Errand, statement: TextClause, subject: UUID) -> None:
    """See that it is of the child that the request is for: a teacher acts for the own class, not for siblings."""
    request = errand.request
    facts = {"school_id": request.school_id, "child_id": request.child_id, "subject": subject}
    if not await errand.tx.scalar(statement, facts):
        raise NotYours


async def _claim(errand: Errand, act: Any) -> None:
    asked = errand.request
    claim = Claim(
        asked.child_id, asked.guardian_id, act.offering_id, from_on=act.from_on, request_id=asked.request_id
    )
    (answer,) = await claim_places(*errand.by, [claim], now=errand.now)
    if isinstance(answer, Refusal):
        raise answer


async def _care(errand: Errand, act: Any) -> None:
    asked = [CareAsked(errand.request.child_id, act.weekdays, act.until)]
    guardian_id = errand.request.guardian_id
    await ask_for_care(*errand.by, asked, guardian_id=guardian_id, from_on=act.from_on, now=errand.now)


async def _end_place(errand: Errand, act: Any) -> None:
    guardian_id = errand.request.guardian_id
    await give_up_place(
        *errand.by, act.place_id, guardian_id=guardian_id, until_on=act.until_on, now=errand.now
    )


async def _wishes(errand: Errand, act: Any) -> None:
    asked = errand.request
    lists = [ChildWishes(asked.child_id, act.offering_ids, act.most_clubs)]
    together: list[Together] = []
    if act.together is not None:
        lists += [
            ChildWishes(one.child_id, one.offering_ids, one.most_clubs) for one in act.together.siblings
        ]
        together.append(Together([one.child_id for one in lists], act.together.link, act.together.if_apart))
    submission = Submission(asked.guardian_id, lists, together, request_id=asked.request_id)
    await submit_wishes(*errand.by, act.round_id, submission, now=errand.now)


async def _join_waiting(errand: Errand, act: Any) -> None:
    asked = errand.request
    joining = Joining(act.offering_id, asked.child_id, asked.guardian_id, asked.request_id)
    await join_waiting_list(*errand.by, joining, policy=errand.policy, now=errand.now)


async def _accept_offer(errand: Errand, act: Any) -> None:
    asked = errand.request
    await accept_offer(
        *errand.by,
        act.entry_id,
        guardian_id=asked.guardian_id,
        request_id=asked.request_id,
        now=errand.now,
    )


async def _decline_offer(errand: Errand, act: Any) -> None:
    await decline_offer(*errand.by, act.entry_id, guardian_id=errand.request.guardian_id, now=errand.now)


async def _leave_waiting(errand: Errand, act: Any) -> None:
    await leave_waiting_list(*errand.by, act.entry_id, guardian_id=errand.request.guardian_id, now=errand.now)


async def _propose_swap(errand: Errand, act: Any) -> None:
    guardian_id = errand.request.guardian_id
    await propose_swap(*errand.by, act.place_id, act.wants_id, guardian_id=guardian_id, now=errand.now)


async def _take_up_swap(errand: Errand, act: Any) -> None:
    asked = errand.request
    await take_up_swap(
        *errand.by,
        act.swap_id,
        act.place_id,
        guardian_id=asked.guardian_id,
        request_id=asked.request_id,
        now=errand.now,
    )


async def _withdraw_swap(errand: Errand, act: Any) -> None:
    await _check_child(errand, _SWAP_OF_CHILD, act.swap_id)
    await withdraw_swap(*errand.by, act.swap_id, guardian_id=errand.request.guardian_id, now=errand.now)


async def _transfer_out(errand: Errand, act: Any) -> None:
    asked = errand.request
    leaving = Leaving(
        [asked.child_id],
        act.effective_on,
        asked.said,
        other_school=act.other_school,
        request_id=asked.request_id,
    )
    await transfer_out(*errand.by, leaving, by=asked.staff_id, now=errand.now)


async def _name_collector(errand: Errand, act: Any) -> None:
    asked = errand.request
    if asked.how not in IN_WRITING_OR_PERSON:
        raise CollectorByTelephone
    if (phone := phone_of(act.phone)) is None:
        raise PhoneInvalid
    named = NewCollector(**act.model_dump(exclude={"do", "phone"}), phone=phone)
    await name_collector(
        *errand.by,
        asked.child_id,
        named,
        guardian_id=asked.guardian_id,
        cipher=errand.cipher,
        now=errand.now,
    )


async def _sign_agreement(errand: Errand, act: Any) -> None:
    asked = errand.request
    if asked.how != "paper":
        raise SignatureNotOnPaper
    signed = await version_on_file(*errand.by, act.number)
    signing = Signing(
        asked.guardian_id, [asked.child_id], signed.number, signed.sha256, request_id=asked.request_id
    )
    await sign_agreement(*errand.by, signing, now=errand.now)


_DOES: dict[str, Callable[[Errand, Any], Awaitable[None]]] = {
    "claim": _claim,
    "care": _care,
    "end_place": _end_place,
    "wishes": _wishes,
    "join_waiting": _join_waiting,
    "accept_offer": _accept_offer,
    "decline_offer": _decline_offer,
    "leave_waiting": _leave_waiting,
    "propose_swap": _propose_swap,
    "take_up_swap": _take_up_swap,
    "withdraw_swap": _withdraw_swap,
    "transfer_out": _transfer_out,
    "name_collector": _name_collector,
    "sign_agreement": _sign_agreement,
}
