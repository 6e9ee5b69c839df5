"""What somebody asks of enrollment with the phone that WeChat verified: an invitation, a guardianship."""

from dataclasses import dataclass
from uuid import UUID

from services.contracts.internal.enrollment import (
    GuardianshipRequestIn,
    GuardianshipRequestOut,
    InvitationIn,
)
from services.gateway.identity.ask_people import bound
from services.gateway.identity.audit import Action, write_audit
from services.gateway.identity.desk import Desk
from services.gateway.identity.errors import PhoneNotBound
from services.gateway.identity.keep_people import lock_account
from services.gateway.identity.rules.hats import Wardrobe
from services.gateway.identity.tables import Account
from services.gateway.identity.take_hat import Answer, wardrobe_of
from services.kernel.clock import real_now


@dataclass(frozen=True)
class Relation:
    """Who somebody says to be, and of which child. ``request_id`` is made by the phone: again is the same."""

    request_id: UUID
    school_id: UUID
    name: str
    relation: str
    child_name: str
    grade: int | None = None
    class_name: str | None = None


async def accept_invitation(desk: Desk, account_id: UUID, code: str, name: str) -> Wardrobe:
    """Take up an officer's invitation; returns as whom the account may act from now on.

    Raises:
        PhoneNotBound, TooManyAttempts
        RemoteRefusal: enrollment's: no such code, used, or older than 72 hours.
    """
    await desk.limits.attempt("invitation", account_id)
    index, phone = await _phone_of(desk, account_id)
    found = await desk.enrollment.accept_invitation(
        InvitationIn(code=code, name=name, phone=phone, account_id=account_id)
    )
    now = desk.held.clock.now()
    async with desk.held.database.transaction() as tx:
        account = await lock_account(tx, account_id)
        await write_audit(tx, Action.INVITATION_ACCEPTED, account_id=account_id, persona="", now=now)
        return await wardrobe_of(tx, account, Answer(index, bound(found)), real_now=real_now(), now=now)


async def request_guardianship(desk: Desk, account_id: UUID, asked: Relation) -> GuardianshipRequestOut:
    """Put a request before the school's officer, who approves or refuses it in enrollment.

    Raises:
        PhoneNotBound, TooManyAttempts
        RemoteRefusal: enrollment's: no such school.
    """
    await desk.limits.attempt("guardianship", account_id)
    _, phone = await _phone_of(desk, account_id)
    told = await desk.enrollment.request_guardianship(
        GuardianshipRequestIn(**vars(asked), phone=phone, account_id=account_id)
    )
    async with desk.held.database.transaction() as tx:
        await write_audit(
            tx,
            Action.GUARDIANSHIP_REQUESTED,
            account_id=account_id,
            persona="",
            now=desk.held.clock.now(),
            request_id=told.request_id,
            school_id=told.school_id,
        )
    return told


async def _phone_of(desk: Desk, account_id: UUID) -> tuple[bytes, str]:
    async with desk.held.database.transaction() as tx:
        account = await tx.get(Account, account_id)
    if account is None or account.phone_sealed is None or account.phone_index is None:
        raise PhoneNotBound
    return account.phone_index, desk.cipher.open(account.phone_sealed)
