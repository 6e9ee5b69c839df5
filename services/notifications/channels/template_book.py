"""Which template of our accounts carries which kind of message, and under which keys."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from services.kernel.unable import Unable
from services.notifications.messages.catalogue import KINDS
from services.notifications.messages.rules.fit_field import fit_card_value, fit_sms_value
from services.notifications.messages.words import Words

_PARAMETER = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True)
class CardTemplate:
    """A subscribe-message template: ``fields`` says what stands under which key."""

    template_id: str
    title: str
    page: str
    fields: Mapping[str, str]
    """Key (``thing1``) -> meaning (``child``)."""

    def values(self, words: Words) -> dict[str, str]:
        """Return the card's values, cut to what each key takes."""
        return {key: fit_card_value(key, words.card[says]) for key, says in self.fields.items()}


@dataclass(frozen=True)
class SmsTemplate:
    """An approved SMS text and its parameters."""

    code: str
    text: str

    def values(self, words: Words) -> dict[str, str]:
        """Return the parameters' values, cut to what one takes."""
        return {name: fit_sms_value(words.sms[name]) for name in _PARAMETER.findall(self.text)}


@dataclass(frozen=True)
class TemplateBook:
    """The providers file as this service reads it."""

    cards: Mapping[str, CardTemplate]
    """By kind."""
    sms: Mapping[str, SmsTemplate]
    mini_program_state: str

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read the file; raises `Unable` when a kind has no template, or a template an unknown kind."""
        try:
            file: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
            book = cls(
                cards={
                    kind: _card(entry) for entry in file["wechat"]["templates"] for kind in entry["kinds"]
                },
                sms={
                    kind: SmsTemplate(entry["code"], entry["text"])
                    for entry in file["sms"]["templates"]
                    for kind in entry["kinds"]
                },
                mini_program_state=file["wechat"]["mini_program_state"],
            )
        except (OSError, KeyError, tomllib.TOMLDecodeError) as fault:
            raise Unable(
                f"The providers file {path} cannot be used ({fault!r}): see examples/providers.toml."
            ) from fault
        book._check(path)
        return book

    def templates(self) -> dict[str, CardTemplate]:
        """Return the card templates by id, in the file's order."""
        return {card.template_id: card for card in self.cards.values()}

    def _check(self, path: Path) -> None:
        leaving = {word for word, kind in KINDS.items() if not kind.feed_only}
        safety = {word for word, kind in KINDS.items() if kind.safety}
        if wrong := (leaving ^ self.cards.keys()) | (safety ^ self.sms.keys()):
            raise Unable(
                f"The providers file {path} does not fit the catalogue of messages: {', '.join(sorted(wrong))}."
                " Each kind that leaves the app needs a WeChat template, each safety kind an SMS template."
            )


def _card(entry: Mapping[str, Any]) -> CardTemplate:
    return CardTemplate(
        template_id=entry["id"],
        title=entry["title"],
        page=entry["page"],
        fields={field["key"]: field["says"] for field in entry["fields"]},
    )
