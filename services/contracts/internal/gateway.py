"""What the gateway answers to its neighbours: who an account is.

Only with a service token, never through the gateway's public door.
"""

from uuid import UUID

from services.contracts.facts.gateway import BoundPerson
from services.contracts.wire import Wire


class AccountEntry(Wire):
    """``GET /internal/accounts/{account_id}``: an account, its WeChat user if it has one, and all its people."""

    account_id: UUID
    openid: str | None
    people: list[BoundPerson]
