"""Put right what schools write in cells: pure, each function returns the value or None where there is none."""

import datetime as dt
import re
import unicodedata

from services.enrollment.words import GRADES, WEEKDAYS

_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003134f〇]+")
_PHONE = re.compile(r"1[3-9][0-9]{9}")
_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u2800\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""What is no space and shows nothing all the same, beside the categories that never show."""
_CLASS = re.compile(r"(?:第)?[(]?(\d{1,2}|[一二三四五六七八九十]{1,3})[)]?班?")
_GRADE_RANGE = re.compile(r"([1-9])-([1-9])")
_JUNIOR = {"初一": 7, "初二": 8, "初三": 9}


def plain(text: str) -> str:
    """Full-width to half-width, outer spaces off."""
    return unicodedata.normalize("NFKC", text).strip()


def name_of(text: str) -> str | None:
    """A person's name: a Han name without any spaces; a name with · or Latin words keeps single inner ones.

    What cannot be seen is no part of it: who is kept from a child must not come under the same name with a
    character between that nobody notices.
    """
    seen = (char for char in _UNSEEN.sub("", plain(text)) if char.isspace() or not _hides(char))
    words = "".join(seen).split()
    if not words:
        return None
    joined = "".join(words)
    return joined if _HAN.fullmatch(joined) else " ".join(words)


def phone_of(text: str) -> str | None:
    """A mobile phone of 11 digits, or None; spaces, dashes and +86 are taken off."""
    digits = re.sub(r"[\s\-—]", "", plain(text))
    digits = re.sub(r"^(\+86|0086|86)(?=1\d{10}$)", "", digits)
    return digits if _PHONE.fullmatch(digits) else None


def grade_of(text: str) -> int | None:
    """1 to 9: 一年级, 1, 1年级, 初一."""
    word = plain(text).removesuffix("年级")
    if plain(text) in _JUNIOR:
        return _JUNIOR[plain(text)]
    if len(word) == 1 and word in GRADES:
        return GRADES.index(word) + 1
    return int(word) if word.isdecimal() and 1 <= int(word) <= 9 else None


def class_of(text: str) -> str | None:
    """``1班`` from 1班, （1）班, 1, 一班; with or without its grade before it."""
    word = re.sub(r"^[一二三四五六七八九1-9]年级", "", plain(text))
    if (match := _CLASS.fullmatch(word)) is None:
        return None
    number = match[1]
    return f"{number if number.isdigit() else _han_number(number)}班"


def homeroom_of(text: str) -> tuple[int, str] | None:
    """(grade, class) from ``一年级1班``."""
    match = re.fullmatch(r"(.+?年级|初[一二三])(.+)", plain(text))
    if match is None:
        return None
    grade, class_name = grade_of(match[1]), class_of(match[2])
    return (grade, class_name) if grade is not None and class_name is not None else None


def grades_of(text: str) -> tuple[int, ...] | None:
    """(1, 2, 3, 4) from ``1-4``, ``1、3``, ``一年级``."""
    found: set[int] = set()
    for part in re.split(
        r"[、,;，；\s]+", plain(text).replace("—", "-").replace("~", "-").replace("至", "-")
    ):
        if (span := _GRADE_RANGE.fullmatch(part)) is not None and span[1] <= span[2]:
            found.update(range(int(span[1]), int(span[2]) + 1))
        elif (grade := grade_of(part)) is not None:
            found.add(grade)
        else:
            return None
    return tuple(sorted(found))


def weekdays_of(text: str) -> tuple[int, ...] | None:
    """(1, 3, 5) from ``一三五``; 1 is Monday, 7 (日, 天) is Sunday."""
    word = re.sub(r"周|星期|[、,，\s]", "", plain(text)).replace("天", "日")
    if not word or any(char not in WEEKDAYS for char in word):
        return None
    return tuple(sorted({WEEKDAYS.index(char) + 1 for char in word}))


def time_of(text: str) -> dt.time | None:
    """A time of day from ``16:30`` or ``16：30`` or ``16:30:00``."""
    match = re.fullmatch(r"(\d{1,2}):(\d{2})(?::00)?", plain(text))
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        return None
    return dt.time(int(match[1]), int(match[2]))


def date_of(text: str) -> dt.date | None:
    """A day from ``2026-09-01``, ``2026/9/1``, ``2026.9.1``, ``2026年9月1日``."""
    match = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", plain(text))
    try:
        return dt.date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def fen_of(text: str) -> int | None:
    """Money in fen from yuan: ``20`` is 2000; nothing written is 0."""
    word = plain(text).removesuffix("元")
    if not word:
        return 0
    match = re.fullmatch(r"(\d{1,5})(?:\.(\d{1,2}))?", word)
    return int(match[1]) * 100 + int((match[2] or "0").ljust(2, "0")) if match else None


def count_of(text: str) -> int | None:
    """A whole number from 0 to 99999."""
    word = plain(text)
    return int(word) if word.isdecimal() and len(word) <= 5 else None


def yes_of(text: str) -> bool | None:
    """是 or 否; nothing written is 否."""
    return {"": False, "否": False, "是": True, "无": False, "有": True}.get(plain(text))


def _hides(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cf", "Cs"}


def _han_number(word: str) -> int:
    digits = {char: index for index, char in enumerate(GRADES, start=1)}
    tens, _, ones = word.partition("十")
    if "十" not in word:
        return digits[word[0]]
    return (digits[tens] if tens else 1) * 10 + (digits[ones] if ones else 0)
