"""Note which account, and which WeChat user, reads for whom."""

from datetime import datetime

from sqlalchemy import delete, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.contracts.internal.gateway import AccountEntry
from services.notifications.directory.tables import Binding


async def bind_account(tx: AsyncSession, account: AccountEntry, *, now: datetime) -> None:
    """Let the account stand for its people and for nobody else in the transaction's schools.

    A person bound to another account before reads with the newer one from now on.
    """
    people = sorted({(person.school_id, person.person_id) for person in account.people})
    stale = delete(Binding).where(col(Binding.account_id) == account.account_id)
    if people:
        stale = stale.where(tuple_(col(Binding.school_id), col(Binding.person_id)).not_in(people))
    await tx.execute(stale)
    if not people:
        return
    statement = insert(Binding).values(
        [
            {
                "school_id": school_id,
                "person_id": person_id,
                "account_id": account.account_id,
                "openid": account.openid,
                "bound_at": now,
            }
            for school_id, person_id in people
        ]
    )
    newest = {name: statement.excluded[name] for name in ("account_id", "openid", "bound_at")}
    await tx.execute(statement.on_conflict_do_update(index_elements=["school_id", "person_id"], set_=newest))
