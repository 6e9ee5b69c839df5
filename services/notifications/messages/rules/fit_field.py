"""Make a text fit what WeChat and the SMS provider take in one field (wechat.md 3.1 and 5.1)."""

import re

_PREFIX = re.compile(r"^([a-z_]+?)\d+$")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_PARENTHESIS = re.compile(r"（[^（）]*）")
LONGEST = {"thing": 20, "character_string": 32, "phrase": 5, "name": 10}
"""Characters by the prefix of a WeChat key; ``name`` as for Chinese."""
LONGEST_SMS_VALUE = 35
NOTHING = "—"
"""An empty value would refuse the whole message (47003)."""


def fit_card_value(key: str, text: str) -> str:
    """Return ``text`` as it may stand under ``key``: no control characters, not empty, not too long."""
    prefix = _PREFIX.match(key)
    return shorten(text, LONGEST.get(prefix.group(1), 1000) if prefix else 1000)


def fit_sms_value(text: str) -> str:
    """Return ``text`` as a template's parameter takes it; addresses are refused there, so none passes."""
    return shorten(text.replace("://", " "), LONGEST_SMS_VALUE)


def shorten(text: str, longest: int) -> str:
    """Cut sensibly: first what stands in parentheses, then the last clause, only then in the middle of words."""
    clean = _CONTROL.sub(" ", text).strip() or NOTHING
    if len(clean) <= longest:
        return clean
    while _PARENTHESIS.search(clean):
        clean = _PARENTHESIS.sub("", clean)
    while len(clean) > longest and "，" in clean:
        clean = clean.rpartition("，")[0]
    return clean if len(clean) <= longest else clean[: longest - 1] + "…"
