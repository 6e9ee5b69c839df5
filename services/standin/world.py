"""Everything the stand-in remembers, in one bounded place. It is lost when the process ends."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from services.kernel.settings import Settings
from services.standin.access_tokens import AccessTokens
from services.standin.account import ANSWER_MS, KEPT_MESSAGES, KEPT_PHONES, Account
from services.standin.codes import Codes
from services.standin.faults import Faults
from services.standin.inbox import Inboxes
from services.standin.people import People
from services.standin.quotas import Quotas
from services.standin.sms_limits import SmsCounters
from services.standin.verify_acs3 import Nonces


@dataclass
class World:
    """The two providers' side of the world. Runs on real time: tokens and signatures do too."""

    account: Account
    people: People
    codes: Codes
    tokens: AccessTokens
    quotas: Quotas
    inboxes: Inboxes
    sms_counters: SmsCounters
    nonces: Nonces
    answer_ms: float = ANSWER_MS
    faults: Faults = field(default_factory=Faults)
    busy_openids: set[str] = field(default_factory=set)
    """Users to whom a card is on its way this moment (43108)."""


def new_world(settings: Settings, now: Callable[[], float] = time.time) -> World:
    """An empty world: nobody has a phone yet."""
    account = Account.read(settings)
    return World(
        account=account,
        people=People(account.appid, KEPT_PHONES),
        codes=Codes(now),
        tokens=AccessTokens(now),
        quotas=Quotas(),
        inboxes=Inboxes(now, phones=KEPT_PHONES, per_phone=KEPT_MESSAGES),
        sms_counters=SmsCounters(now),
        nonces=Nonces(now),
    )
