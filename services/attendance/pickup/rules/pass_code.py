"""The six characters that a collector says at the gate, and how they are kept."""

import hmac
import unicodedata
from datetime import date
from uuid import UUID

ALPHABET = "CDFHJKMNPRTVWX" + "23456789"
"""No vowel, so that no word forms; of each pair that is confused by eye (0 O, 1 I L, 2 Z, 5 S, 6 G, 8 B, U V) at
most one. 22 symbols: 113 million codes."""
LENGTH = 6
BANNED = (
    *("CNM", "CNMD", "NMD", "TMD", "TND", "MMP", "RNM", "WCNM", "NCP", "JPM", "MMD", "HNMD"),
    *("FCK", "FKN", "FXCK", "CNT", "DCK", "KKK", "XXX", "WTF", "NXX"),
    *("666", "444", "748", "74", "38", "64", "8964", "233", "996"),
)
"""Never inside a code: curses by their pinyin initials, English ones without vowels, numbers that insult, mourn or
allude. Contained anywhere counts: a check by part (first the digits, then the letters) let them through elsewhere."""


def is_banned(code: str) -> bool:
    """Tell whether something indecent stands anywhere in the code."""
    return any(word in code for word in BANNED)


def read_code(said: str) -> str:
    """Return a code as it is kept: spaces, hyphens, width and case do not count."""
    folded = unicodedata.normalize("NFKC", said).upper()
    return "".join(letter for letter in folded if letter.isalnum())


def code_hash(key: bytes, *, school_id: UUID, service_on: date, code: str) -> bytes:
    """Return what is stored (32 bytes). Without the key a stolen table gives no code away.

    School and day are in it: yesterday's code, or another school's, is simply unknown.
    """
    own_key = hmac.digest(key, b"kehou pass code", "sha256")
    return hmac.digest(own_key, f"{school_id}|{service_on}|{code}".encode(), "sha256")
