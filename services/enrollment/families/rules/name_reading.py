"""How a name is read: for sorting, and for look-up by initials (small children cannot spell their names). Pure."""

from functools import lru_cache

from pypinyin import Style, lazy_pinyin

SURNAMES = {
    "单": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "区": "ou", "查": "zha", "朴": "piao", "盖": "ge",
    "翟": "zhai", "覃": "qin", "任": "ren", "华": "hua", "乐": "yue", "车": "che", "黑": "he", "员": "yun",
    "尉迟": "yu chi", "万俟": "mo qi", "澹台": "tan tai", "令狐": "ling hu", "长孙": "zhang sun", "单于": "chan yu",
}  # fmt: skip
"""Readings that a surname has and the same character elsewhere has not."""


@lru_cache(maxsize=8192)
def syllables_of(name: str) -> tuple[str, ...]:
    """``("zeng", "zi", "mo")`` for 曾子墨; Latin words stand as they are, in lower case."""
    for length in (2, 1):
        if (reading := SURNAMES.get(name[:length])) is not None and len(name) > length:
            return (*reading.split(), *_read(name[length:]))
    return _read(name)


def pinyin_of(name: str) -> str:
    """``zeng zi mo``: sorts as a Chinese list is sorted."""
    return " ".join(syllables_of(name))


def initials_of(name: str) -> str:
    """``zzm``."""
    return "".join(syllable[0] for syllable in syllables_of(name) if syllable)


def _read(text: str) -> tuple[str, ...]:
    words = lazy_pinyin(text, style=Style.NORMAL)
    return tuple(word.lower().strip() for word in words if word.strip("· "))
