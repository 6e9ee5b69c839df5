"""Keep what enrollment says of an account, and tell neighbours when it changed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.contracts.facts.gateway import AccountBound, BoundPerson
from services.gateway.identity.consents_given import consents_given
from services.gateway.identity.errors import UnknownAccount
from services.gateway.identity.rules.consents import may_be_told
from services.gateway.identity.tables import Account
from services.kernel.letters.announce import announce


async def lock_account(tx: AsyncSession, account_id: UUID) -> Account:
    """Return an account, held until the transaction ends.

    Raises:
        UnknownAccount: there is none.
    """
    found = await tx.execute(select(Account).where(col(Account.account_id) == account_id).with_for_update())
    if (account := found.scalar_one_or_none()) is None:
        raise UnknownAccount
    return account


async def keep_people(
    tx: AsyncSession,
    account: Account,
    people: Sequence[BoundPerson],
    *,
    confirmed_at: datetime,
    now: datetime,
) -> None:
    """Keep the people for whom an account may act, as enrollment said at ``confirmed_at`` (real clock)."""
    account.people = written(people)
    account.people_confirmed_at = confirmed_at
    await tell_people(tx, account, now=now)


async def tell_people(tx: AsyncSession, account: Account, *, now: datetime) -> None:
    """Announce whom the account stands for, where that differs from what was told last.

    A guardian is told only once the consent for children's data is given (PIPL 29, 31).
    """
    given = await consents_given(tx, account.account_id)
    told = may_be_told(people_of(account), given)
    if written(told) != account.announced:
        before = {UUID(person["school_id"]) for person in account.announced}
        account.announced = written(told)
        fact = AccountBound(
            account_id=account.account_id,
            people=tuple(told),
            left_school_ids=tuple(sorted(before - {person.school_id for person in told})),
            at=now,
        )
        await announce(tx, fact, now=now)
    await tx.flush()


def people_of(account: Account) -> list[BoundPerson]:
    """Return what enrollment said last."""
    return [BoundPerson.model_validate(person) for person in account.people]


def written(people: Sequence[BoundPerson]) -> list[dict[str, str]]:
    """Return people as JSON values in an order of their own, so that lists can be compared."""
    values = [person.model_dump(mode="json") for person in people]
    return sorted(values, key=lambda value: (value["school_id"], value["persona"], value["person_id"]))
