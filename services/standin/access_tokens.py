"""Access tokens, stable and classic (wechat.md 2)."""

import secrets
from collections import OrderedDict, deque
from collections.abc import Callable
from enum import StrEnum

LIFE_SECONDS = 7200
OVERLAP_SECONDS = 300
"""The old token stays good this long beside its successor."""
FORCED_PER_DAY = 20
FORCED_APART_SECONDS = 30
KEPT_TOKENS = 1_000


class TokenState(StrEnum):
    """How an offered token stands."""

    GOOD = "good"
    MISSING = "missing"
    EXPIRED = "expired"
    INVALID = "invalid"


class AccessTokens:
    """The tokens of one account. Stable and classic ones live apart (wechat.md 2, isolation)."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._ends_at: OrderedDict[str, float] = OrderedDict()
        self._stable = ""
        self._classic = ""
        self._forced: deque[float] = deque(maxlen=FORCED_PER_DAY)

    def stable(self, *, force: bool = False) -> tuple[str, int] | None:
        """The stable token and its remaining seconds; nothing when a forced refresh is over its limit."""
        now = self._now()
        if force:
            if self._over_force_limit(now):
                return None
            if not self._forced or now - self._forced[-1] >= FORCED_APART_SECONDS:
                self._forced.append(now)
                self.revoke(self._stable)
                self._stable = self._issue(now)
        remaining = self._ends_at.get(self._stable, 0.0) - now
        if remaining <= OVERLAP_SECONDS:
            self._stable = self._issue(now)
            remaining = LIFE_SECONDS
        return self._stable, int(remaining)

    def classic(self) -> tuple[str, int]:
        """A new classic token; the one before lives on for the overlap only."""
        now = self._now()
        if self._classic in self._ends_at:
            self._ends_at[self._classic] = min(self._ends_at[self._classic], now + OVERLAP_SECONDS)
        self._classic = self._issue(now)
        return self._classic, LIFE_SECONDS

    def state_of(self, token: str | None) -> TokenState:
        """Judge a token that came with a call."""
        if not token:
            return TokenState.MISSING
        ends_at = self._ends_at.get(token)
        if ends_at is None:
            return TokenState.INVALID
        return TokenState.GOOD if self._now() < ends_at else TokenState.EXPIRED

    def revoke(self, token: str) -> None:
        """Make a token worthless at once, as a leak's forced refresh or another replica would."""
        self._ends_at.pop(token, None)

    def expire_all(self) -> None:
        """Let every token end now: the control API's 42001 in mid-flight."""
        now = self._now()
        for token in self._ends_at:
            self._ends_at[token] = now

    def _issue(self, now: float) -> str:
        token = f"{secrets.randbelow(90) + 10}_{secrets.token_urlsafe(110)}"
        self._ends_at[token] = now + LIFE_SECONDS
        while len(self._ends_at) > KEPT_TOKENS:
            self._ends_at.popitem(last=False)
        return token

    def _over_force_limit(self, now: float) -> bool:
        return len(self._forced) == FORCED_PER_DAY and now - self._forced[0] < 86_400
