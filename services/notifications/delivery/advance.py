"""Take a batch of messages one step further, in one transaction: note the last tries, open the next ones."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.delivery.count_credits import give_back_credits, spend_credits, void_credits
from services.notifications.delivery.decide import Decision, decide
from services.notifications.delivery.read_cases import read_cases
from services.notifications.delivery.rules.outcomes import Channel
from services.notifications.delivery.steps import Case, Errand, Key, Round, Step, Wait
from services.notifications.delivery.write_decisions import write_decisions

TWICE_IN_ONE_ROUND = Wait(timedelta(seconds=1))


async def advance(tx: AsyncSession, look: Round, errands: Sequence[Errand]) -> list[Step]:
    """Return the step of each errand, in their order.

    The messages' rows are locked, so two workers never open a try at once. Two errands for one message in one
    batch: the second waits.
    """
    cases = await read_cases(tx, look, errands)
    await _count_last(tx, look, errands)
    busy = {key: Wait(case.busy_for) for key, case in cases.items() if case.busy_for}
    decided = {key: (case, decide(look, case)) for key, case in cases.items() if key not in busy}
    for key in await _without_credit(tx, look, decided):
        case, _ = decided[key]
        look.held.remove(case.message.openid)
        look.turns.give_back(case.message.openid)
        decided[key] = case, decide(look, case, credit=False)
    written = await write_decisions(tx, look, list(decided.values()))
    steps: dict[Key, Step] = {**busy, **dict(zip(decided, written, strict=True))}
    return [
        steps.get(errand.key) if errand.key not in seen else TWICE_IN_ONE_ROUND
        for errand, seen in _with_those_before(errands)
    ]


async def _without_credit(
    tx: AsyncSession, look: Round, decided: dict[Key, tuple[Case, Decision]]
) -> list[Key]:
    """Spend a credit for each card about to be opened; returns those for which none was left.

    One statement for all is exact: a user's turn was taken, so nobody stands twice in it.
    """
    wanted = {
        key: (case.message.account_id, look.template_ids[case.message.kind])
        for key, (case, decision) in decided.items()
        if decision.then is Channel.WECHAT
    }
    spent = await spend_credits(tx, list(wanted.values()), real=look.real)
    return [key for key, credit in wanted.items() if credit not in spent]


async def _count_last(tx: AsyncSession, look: Round, errands: Sequence[Errand]) -> None:
    """Set the credits right that the last cards did not use, or proved not to be there."""
    back, void = [], []
    for errand in errands:
        if errand.last and errand.last[0].account_id and errand.last[0].channel is Channel.WECHAT:
            opened, sent = errand.last
            credit = (errand.last[0].account_id, look.template_ids[opened.kind])
            if sent.credit == "back":
                back.append(credit)
            elif sent.credit == "none_left":
                void.append(credit)
    await give_back_credits(tx, back, real=look.real)
    await void_credits(tx, void, real=look.real)


def _with_those_before(errands: Sequence[Errand]) -> list[tuple[Errand, set[Key]]]:
    return [(errand, {before.key for before in errands[:n]}) for n, errand in enumerate(errands)]
