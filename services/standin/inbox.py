"""What each simulated phone received, and how often anything was sent."""

from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Received:
    """One card or one SMS on one phone."""

    channel: str
    phone: str
    openid: str
    template: str
    title: str
    lines: tuple[tuple[str, str], ...]
    """Label and value of a card; an SMS is one line without a label."""
    provider_id: str
    at: float
    page: str = ""
    out_id: str = ""

    def shown(self) -> dict[str, Any]:
        """The JSON form of the control API."""
        return asdict(self)


class Inboxes:
    """Messages by phone number: the newest ``per_phone`` of the ``phones`` last told."""

    def __init__(self, now: Callable[[], float], *, phones: int, per_phone: int) -> None:
        self.now = now
        self._phones = phones
        self._per_phone = per_phone
        self._boxes: OrderedDict[str, deque[Received]] = OrderedDict()
        self.counts: Counter[tuple[str, str, str]] = Counter()
        """(channel, template, status) -> how often; status is ``delivered`` or the provider's code."""

    def put(self, message: Received) -> None:
        """Let a phone receive a message."""
        box = self._boxes.setdefault(message.phone, deque(maxlen=self._per_phone))
        box.append(message)
        self._boxes.move_to_end(message.phone)
        while len(self._boxes) > self._phones:
            self._boxes.popitem(last=False)
        self.count(message.channel, message.template, "delivered")

    def count(self, channel: str, template: str, status: str) -> None:
        """Count a delivery or a refusal."""
        self.counts[channel, template, status] += 1

    def of(self, phone: str) -> list[Received]:
        """What ``phone`` received, oldest first."""
        return list(self._boxes.get(phone, ()))

    def newest_phones(self, limit: int) -> Iterator[tuple[str, list[Received]]]:
        """The phones told last, newest first."""
        for phone in list(reversed(self._boxes))[:limit]:
            yield phone, list(self._boxes[phone])
