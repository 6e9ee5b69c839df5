"""Who may take a child, and what a code looks like: without a database."""

from collections import Counter
from datetime import date
from typing import Any

import pytest

from services.attendance.pickup.draw_code import NoCodeLeft, draw_code
from services.attendance.pickup.rules.pass_code import (
    ALPHABET,
    BANNED,
    LENGTH,
    code_hash,
    is_banned,
    read_code,
)
from services.attendance.pickup.rules.pickup_authority import (
    BlockedPerson,
    Objection,
    Person,
    pickup_authority,
    same_name,
)
from services.kernel.ids import new_id

MONDAY = date(2026, 11, 23)


def person(**changes: Any) -> Person:
    told: dict[str, Any] = {
        "collector_id": new_id(),
        "name": "李美玲",
        "relation": "姑姑",
        "is_guardian": False,
        "may_collect": True,
        "birth_year": 1990,
        "valid_from": date(2026, 9, 1),
        "valid_until": date(2027, 1, 31),
        "weekdays": (1, 3, 5),
    }
    return Person(**(told | changes))


def objections(who: Person, *blocked: BlockedPerson, on: date = MONDAY) -> list[Objection]:
    return pickup_authority(who, blocked, on, min_age=18)


def test_an_authorised_collector_meets_no_objection() -> None:
    assert objections(person()) == []


@pytest.mark.parametrize(("valid_from", "valid_until"), [(MONDAY, MONDAY), (None, None), (None, MONDAY)])
def test_both_ends_of_an_authorisation_belong_to_it(
    valid_from: date | None, valid_until: date | None
) -> None:
    assert objections(person(valid_from=valid_from, valid_until=valid_until)) == []


def test_an_authorisation_is_not_good_before_after_or_on_other_weekdays() -> None:
    assert objections(person(valid_from=date(2026, 11, 24))) == [Objection.NOT_TODAY]
    assert objections(person(valid_until=date(2026, 11, 22))) == [Objection.NOT_TODAY]
    assert objections(person(weekdays=(2, 4))) == [Objection.NOT_TODAY]


def test_no_weekdays_listed_means_every_day() -> None:
    assert objections(person(weekdays=())) == []


def test_by_year_of_birth_only_the_certainly_underage_are_refused() -> None:
    assert objections(person(birth_year=2009)) == [Objection.UNDERAGE]
    assert objections(person(birth_year=2008)) == [], "may have turned 18 this year"
    assert objections(person(birth_year=None)) == []


def test_a_blocked_person_is_known_by_id_and_by_name() -> None:
    who = person()
    assert objections(who, BlockedPerson(who.collector_id, "别名")) == [Objection.BLOCKED]
    assert objections(who, BlockedPerson(new_id(), "李 美玲")) == [Objection.BLOCKED]
    assert objections(who, BlockedPerson(new_id(), "李美")) == []


def test_names_are_compared_as_people_write_them() -> None:
    assert same_name("阿依古丽·买买提", "阿依古丽•买买提 ")
    assert same_name("ＬＩ Ｍing", "li ming")
    assert not same_name("李明", "李鸣")


def test_all_objections_are_told_the_gravest_first() -> None:
    who = person(may_collect=False, weekdays=(2,), birth_year=2012)
    assert objections(who, BlockedPerson(new_id(), who.name)) == list(Objection)


def test_the_alphabet_has_no_vowels_and_no_look_alikes() -> None:
    assert not set(ALPHABET) & set("AEIOUY01LSZBG")
    assert len(set(ALPHABET)) == len(ALPHABET)


def test_no_code_holds_anything_indecent() -> None:
    assert is_banned("C9CNM2")
    assert is_banned("H7666K")
    drawn = iter("CNMCNMHJKMNP")
    assert draw_code(lambda _: next(drawn)) == "HJKMNP"


def test_banned_words_can_be_drawn_at_all() -> None:
    """A word with a letter that the alphabet lacks would be a ban that says nothing."""
    assert [word for word in BANNED if not set(word) <= set(ALPHABET)] == []


def test_drawing_ends_where_every_code_is_banned() -> None:
    with pytest.raises(NoCodeLeft):
        draw_code(lambda _: "6")


def test_codes_are_spread_over_the_whole_alphabet() -> None:
    codes = [draw_code() for _ in range(2000)]
    assert len(set(codes)) > 1990
    assert {len(code) for code in codes} == {LENGTH}
    counts = Counter("".join(codes))
    assert set(counts) == set(ALPHABET)
    assert max(counts.values()) < 2 * min(counts.values())


def test_a_code_is_read_however_it_is_typed() -> None:
    assert read_code(" hjk-mnp ") == "HJKMNP"
    assert read_code("ｈｊｋ　ｍｎｐ") == "HJKMNP"


def test_the_same_code_of_another_day_or_school_is_another_hash() -> None:
    school, other = new_id(), new_id()
    hashes = {
        code_hash(key, school_id=where, service_on=day, code="HJKMNP")
        for key in (b"one", b"two")
        for where in (school, other)
        for day in (MONDAY, date(2026, 11, 24))
    }
    assert len(hashes) == 8
