"""How many cards each user still lets us send, per template (wechat.md 3.3)."""

from collections import OrderedDict

FOREVER = 1 << 30
"""The quota of a long-term template after one accept."""


class Quotas:
    """Accepted and unspent sends per (openid, template); the longest untouched are forgotten beyond ``limit``."""

    def __init__(self, limit: int = 200_000) -> None:
        self._limit = limit
        self._left: OrderedDict[tuple[str, str], int] = OrderedDict()

    def accept(self, openid: str, template_id: str, times: int, *, long_term: bool = False) -> int:
        """Count ``times`` taps on "allow"; what is left now."""
        left = FOREVER if long_term else self._left.get((openid, template_id), 0) + times
        self._put(openid, template_id, left)
        return left

    def refuse(self, openid: str, template_id: str) -> None:
        """Turn the template off: nothing is left."""
        self._put(openid, template_id, 0)

    def spend(self, openid: str, template_id: str) -> bool:
        """Use one up; ``False`` is 43101."""
        left = self._left.get((openid, template_id), 0)
        if left <= 0:
            return False
        if left < FOREVER:
            self._put(openid, template_id, left - 1)
        return True

    def left(self, openid: str, template_id: str) -> int:
        """What is left, for the page and for tests."""
        return self._left.get((openid, template_id), 0)

    def _put(self, openid: str, template_id: str, left: int) -> None:
        self._left[openid, template_id] = left
        self._left.move_to_end((openid, template_id))
        while len(self._left) > self._limit:
            self._left.popitem(last=False)
