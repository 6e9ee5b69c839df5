"""Every refusal is a word of the public API: a slug of its own, an English title, a sentence that a parent reads."""

import re
from collections import Counter
from string import Formatter

from scripts.write_problems import PAGE, problems_page, refusals
from services.attendance.pickup.errors import ALARMING
from services.kernel.problems import Refusal
from services.notifications.messages.say_attendance import REFUSALS

HAN = re.compile(r"[\u4e00-\u9fff]")
LATIN_SENTENCE = re.compile(r"(?:[A-Za-z]{2,}\s+){3,}")
"""Three English words in a row are a sentence that nobody translated."""


def test_each_refusal_has_a_slug_of_its_own() -> None:
    counts = Counter(refusal.slug() for refusal in refusals())
    assert [slug for slug, count in counts.items() if count > 1] == []


def test_each_refusal_has_an_english_title() -> None:
    untitled = [
        refusal.__qualname__
        for refusal in refusals()
        if "__doc__" not in vars(refusal) or not refusal.__doc__ or HAN.search(refusal.title())
    ]
    assert not untitled


def test_each_refusal_tells_a_chinese_sentence() -> None:
    foreign = [
        refusal.__qualname__
        for refusal in refusals()
        if not HAN.search(refusal.detail) or LATIN_SENTENCE.search(refusal.detail)
    ]
    assert not foreign


def test_a_named_refusal_says_more_than_that_something_did_not_work() -> None:
    mute = [refusal.__qualname__ for refusal in refusals() if refusal.detail is Refusal.detail]
    assert not mute


def test_a_family_is_told_in_words_of_its_own_why_somebody_was_turned_away() -> None:
    assert set(REFUSALS) == {refusal.slug() for refusal in ALARMING}


def test_the_facts_in_a_sentence_can_be_filled_in() -> None:
    """A name that the caller forgot shows as a dash; an attribute or an index would raise instead."""
    strange = [
        f"{refusal.__qualname__}: {name}"
        for refusal in refusals()
        for _, name, _, _ in Formatter().parse(refusal.detail)
        if name is not None and not name.isidentifier()
    ]
    assert not strange


def test_the_page_of_problems_is_not_stale() -> None:
    assert PAGE.read_text(encoding="utf-8") == problems_page(), "run `python -m scripts.write_problems`"
