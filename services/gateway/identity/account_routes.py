"""What neighbours may ask of an account."""

from uuid import UUID

from fastapi import APIRouter

from services.contracts.facts.gateway import BoundPerson
from services.contracts.internal.gateway import AccountEntry
from services.gateway.identity.desk import AtDesk
from services.gateway.identity.errors import UnknownAccount
from services.gateway.identity.recognise_account import openid_of
from services.gateway.identity.tables import Account
from services.kernel.web.dependencies import InternalTx

router = APIRouter(prefix="/internal/accounts", tags=["internal"])


@router.get("/{account_id}")
async def account_entry(account_id: UUID, tx: InternalTx, desk: AtDesk) -> AccountEntry:
    """Return an account's WeChat user and the people whom neighbours may connect with it."""
    if (account := await tx.get(Account, account_id)) is None:
        raise UnknownAccount
    return AccountEntry(
        account_id=account_id,
        openid=await openid_of(tx, account_id, desk.cipher),
        people=[BoundPerson.model_validate(person) for person in account.announced],
    )
