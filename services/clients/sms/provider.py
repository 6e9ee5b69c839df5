"""What the platform needs of whoever sends SMS, and what may go wrong, by what we do about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class Sms:
    """One notice to one phone, by an approved template."""

    phone: str = field(repr=False)
    template: str
    values: Mapping[str, str] = field(repr=False)
    out_id: str
    """Our own id; it comes back in the provider's receipt."""


class SmsProvider(Protocol):
    """A provider of SMS."""

    name: str

    async def send(self, sms: Sms) -> str:
        """Submit and return the provider's id of it. Never idempotent: only `SmsTryAgain` may be repeated.

        Raises:
            SmsFault: by class, what to do about it.
        """
        ...


class SmsFault(Exception):  # noqa: N818 - mostly an answer, not an error
    """The provider refused, or did not answer. ``code`` is its own word; the text holds no phone."""

    def __init__(self, code: str = "") -> None:
        super().__init__(f"{type(self).__name__} {code}".rstrip())
        self.code = code


class NumberRefused(SmsFault):
    """This number takes no SMS: not a number, or blocked."""


class NumberLimited(SmsFault):
    """This number had its share of SMS for now."""


class AccountSpent(SmsFault):
    """The account has no money or no share left: a person must act."""


class TextRefused(SmsFault):
    """Sign, template, parameters or content are not what was approved: a person must act."""


class CallerRefused(SmsFault):
    """Key, signature, right or address of the caller: a person must act."""


class SmsTryAgain(SmsFault):
    """A passing fault, and nothing was sent."""


class SmsAnswerLost(SmsFault):
    """The submit left and no answer was read: it may be on its way. Never sent again blindly (wechat.md 5.1)."""
