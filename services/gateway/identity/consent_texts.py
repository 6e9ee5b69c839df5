"""What somebody agrees to: the texts in force, in Chinese, with the version by which a consent names them.

A changed text is a new version here, in the same commit; a consent keeps the hash of what was shown.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from services.gateway.identity.errors import ConsentTextUnknown
from services.gateway.identity.rules.consents import ACCOUNT, CHILDREN
from services.gateway.settings import DoorSettings

VERSIONS = {ACCOUNT: "2026-11", CHILDREN: "2026-11"}
"""Purpose -> the version in force."""


@dataclass(frozen=True)
class ConsentText:
    """One text: its first line is the title. The operator's name and contact are filled in."""

    purpose: str
    version: str
    title: str
    text: str

    @property
    def hash(self) -> bytes:
        """SHA-256 of title and text."""
        return hashlib.sha256(f"{self.title}\n{self.text}".encode()).digest()


def consent_texts(settings: DoorSettings) -> list[ConsentText]:
    """Return the texts in force."""
    return [consent_text(purpose, version, settings) for purpose, version in VERSIONS.items()]


def consent_text(purpose: str, version: str, settings: DoorSettings) -> ConsentText:
    """Return one text.

    Raises:
        ConsentTextUnknown: no such purpose, or another version is in force.
    """
    if VERSIONS.get(purpose) != version:
        raise ConsentTextUnknown(purpose=purpose, version=version)
    title, text = _read(purpose)
    filled = text.format(operator_name=settings.operator_name, privacy_contact=settings.privacy_contact)
    return ConsentText(purpose, version, title, filled)


@cache
def _read(purpose: str) -> tuple[str, str]:
    page = Path(__file__).with_name("texts") / f"{purpose}.md"
    title, _, text = page.read_text(encoding="utf-8").partition("\n")
    return title, text.strip()
