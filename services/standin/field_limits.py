"""What a subscribe message may say under each key (wechat.md 3.1)."""

import re
from collections.abc import Callable, Mapping
from typing import Any

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_PREFIX = re.compile(r"^([a-z_]+?)(\d+)$")
_HAN = re.compile(r"[㐀-鿿豈-﫿]")

_CLOCK = r"\d{1,2}:\d{2}(?::\d{2})?"
_DAY = r"(?:\d{4}年\d{1,2}月(?:\d{1,2}日)?|\d{1,2}月\d{1,2}日|\d{4}[-/.]\d{1,2}[-/.]\d{1,2})"
_MOMENT = rf"(?:{_DAY}\s?)?{_CLOCK}"
_TIME = re.compile(rf"{_MOMENT}(?:\s?~\s?{_MOMENT})?")
_DATE = re.compile(rf"{_DAY}(?:\s?{_CLOCK})?(?:\s?~\s?{_DAY}(?:\s?{_CLOCK})?)?")


def _longest(limit: int) -> Callable[[str], bool]:
    return lambda value: len(value) <= limit


def _matching(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda value: compiled.fullmatch(value) is not None


def _name(value: str) -> bool:
    return len(value) <= (10 if _HAN.search(value) else 20)


FITS: Mapping[str, Callable[[str], bool]] = {
    "thing": _longest(20),
    "character_string": lambda value: len(value) <= 32 and not _HAN.search(value),
    "number": _matching(r"-?[\d.]{1,32}"),
    "letter": _matching(r"[A-Za-z]{1,32}"),
    "symbol": _matching(r"[^\w\s]{1,5}"),
    "phrase": _matching(r"[㐀-鿿]{1,5}"),
    "name": _name,
    "time": lambda value: _TIME.fullmatch(value) is not None,
    "date": lambda value: _DATE.fullmatch(value) is not None,
    "amount": _matching(r"[¥￥$€£]?\d{1,10}(?:\.\d+)?元?"),
    "phone_number": _matching(r"[\d+\-() ]{1,17}"),
    "car_number": _longest(8),
}


def fault_in(data: Any, keys: Mapping[str, str]) -> str | None:
    """The errmsg of 47003 for the first bad field, or nothing.

    Args:
        data: the call's ``data`` as it came.
        keys: the keys of the template.
    """
    if not isinstance(data, dict):
        return "argument invalid! data is empty"
    for key in keys:
        entry = data.get(key)
        value = entry.get("value") if isinstance(entry, dict) else None
        if value is None or value == "":
            return f"argument invalid! data.{key}.value is empty"
        if not isinstance(value, str | int | float) or not _fits(key, str(value)):
            return f"argument invalid! data.{key}.value invalid"
    return None


def _fits(key: str, value: str) -> bool:
    if _CONTROL.search(value):
        return False
    prefix = _PREFIX.match(key)
    rule = FITS.get(prefix.group(1)) if prefix else None
    return rule is None or rule(value)
