"""One send at a time to each WeChat user of this process (43108); between replicas the retry does it."""

import asyncio


class OneAtATime:
    """Who is being sent to this moment, and who waits for it to end."""

    def __init__(self) -> None:
        self._taken: dict[str, asyncio.Event] = {}

    def take(self, key: str) -> bool:
        """Take ``key`` if nobody has it."""
        if key in self._taken:
            return False
        self._taken[key] = asyncio.Event()
        return True

    def give_back(self, key: str) -> None:
        """Let the next one have it."""
        self._taken.pop(key).set()

    async def until_free(self, key: str) -> None:
        """Wait until whoever has ``key`` now gives it back."""
        if taken := self._taken.get(key):
            await taken.wait()
