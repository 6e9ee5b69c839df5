"""The account that the stand-in pretends to hold at WeChat and at Aliyun, and how much it remembers."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from services.kernel.settings import Settings

ANSWER_MS = 3.0
"""How long a send is held before it is answered; two at once for one openid then meet (43108)."""
KEPT_PHONES = 20_000
KEPT_MESSAGES = 60
"""Newest messages kept per phone; older ones are forgotten, the counts are not."""


@dataclass(frozen=True)
class CardTemplate:
    """A subscribe-message template as it stands in the account (wechat.md 3.2)."""

    template_id: str
    title: str
    labels: Mapping[str, str]
    """Key in the message (``thing1``) -> label printed on the card, in order."""
    long_term: bool = False

    @property
    def content(self) -> str:
        """The text of ``gettemplate``: one ``label:{{key.DATA}}`` per line."""
        return "".join(f"{label}:{{{{{key}.DATA}}}}\n" for key, label in self.labels.items())


@dataclass(frozen=True)
class Account:
    """What the two providers know of the customer."""

    appid: str
    secret: str
    mini_program: str
    cards: Mapping[str, CardTemplate]
    released_pages: frozenset[str]
    sms_keys: Mapping[str, str]
    """Access key id -> its secret."""
    sms_sign: str
    sms_texts: Mapping[str, str]
    """Template code -> approved text with ``${name}`` in it."""

    @classmethod
    def read(cls, settings: Settings) -> Self:
        """Read settings and providers file; ``KeyError`` on a missing entry, ``ValueError`` on a missing secret."""
        secret, key = settings.wechat_secret.get_secret_value(), settings.sms_key_secret.get_secret_value()
        if not (settings.wechat_appid and secret and settings.sms_key_id and key and settings.sms_sign_name):
            raise ValueError(
                "the stand-in needs the appid, the sign, the key id and both secrets of its customer"
            )
        book: dict[str, Any] = tomllib.loads(settings.providers_file.read_text(encoding="utf-8"))
        wechat, sms = book["wechat"], book["sms"]
        return cls(
            appid=settings.wechat_appid,
            secret=secret,
            mini_program=wechat["mini_program"],
            cards={entry["id"]: _card(entry) for entry in wechat["templates"]},
            released_pages=frozenset(wechat["released_pages"]),
            sms_keys={settings.sms_key_id: key},
            sms_sign=settings.sms_sign_name,
            sms_texts={entry["code"]: entry["text"] for entry in sms["templates"]},
        )


def _card(entry: Mapping[str, Any]) -> CardTemplate:
    fields: Sequence[Mapping[str, str]] = entry["fields"]
    return CardTemplate(
        template_id=entry["id"],
        title=entry["title"],
        labels={field["key"]: field["label"] for field in fields},
        long_term=entry["type"] == 3,
    )
