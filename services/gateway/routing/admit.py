"""Who is calling? A public token is verified once and exchanged for an internal one, which services verify again."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta

from services.kernel.clock import real_now
from services.kernel.tokens import INTERNAL, PUBLIC, SERVICE, BadToken, Identity, Signer, Verifier

ISSUER = "gateway"
"""The only one whose public tokens count."""
REMEMBERED = 20_000
"""Tokens in mind at once (about 2 kB each); beyond, the longest unused is verified again when it returns."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A caller who was let in. ``key`` names the account and its device; ``until`` is a real instant (seconds)."""

    identity: Identity
    authorization: str
    key: str
    until: float


class Admission:
    """Exchanges tokens, and remembers an exchange until the token expires."""

    def __init__(self, signer: Signer, verifier: Verifier, *, remember: int = REMEMBERED) -> None:
        self._signer = signer
        self._verifier = verifier
        self._known: OrderedDict[str, Visitor] = OrderedDict()
        self._remember = remember

    def admit(self, token: str) -> Visitor:
        """Return the visitor behind a public token.

        Raises:
            BadToken: forged, expired, meant for somebody else, or not issued by the gateway.
        """
        now = real_now().timestamp()
        visitor = self._known.get(token)
        if visitor is None or visitor.until <= now:
            visitor = self._exchange(token, now)
            self._known[token] = visitor
            if len(self._known) > self._remember:
                self._known.popitem(last=False)
        self._known.move_to_end(token)
        return visitor

    def _exchange(self, token: str, now: float) -> Visitor:
        claims = self._verifier.verify(token, audience=PUBLIC)
        identity = self._verifier.identity(token, audience=PUBLIC)
        # A service's own key may sign its own persona, for neighbours; at this door it is nobody.
        if claims["iss"] != ISSUER or identity.persona == SERVICE:
            raise BadToken
        until = float(claims["exp"])
        inner = self._signer.sign_identity(
            identity, audience=INTERNAL, ttl=timedelta(seconds=max(1.0, until - now))
        )
        key = f"{identity.account_id}:{identity.device_id or ''}"
        return Visitor(identity, f"Bearer {inner}", key, until)
