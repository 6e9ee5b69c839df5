"""Which hours of care a child needs beside its clubs, and which group it goes to."""

from datetime import date, time
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from services.enrollment.selection.rules.care_group import Group, choose_group, next_code, next_title
from services.enrollment.selection.rules.care_week import ClubTime, Slot, Span, care_spans

WORKDAYS = (1, 2, 3, 4, 5)
FIRST = Slot(time(16, 30), time(17, 30), WORKDAYS)
SECOND = Slot(time(17, 30), time(18, 30), WORKDAYS)
MONDAY = date(2026, 11, 23)
FULL = (WORKDAYS, time(18, 30))


def club(*weekdays: int, since: date = MONDAY, until: date | None = None, **hours: time) -> ClubTime:
    starts, ends = hours.get("starts", time(17, 30)), hours.get("ends", time(18, 30))
    return ClubTime(weekdays, starts, ends, since, until)


def test_one_tap_is_the_full_week() -> None:
    whole = [Span(WORKDAYS, MONDAY, None)]
    assert care_spans(FULL, [FIRST, SECOND], [], since=MONDAY) == {FIRST: whole, SECOND: whole}


def test_a_family_may_choose_shorter() -> None:
    spans = care_spans((WORKDAYS, time(17, 30)), [FIRST, SECOND], [], since=MONDAY)
    assert spans == {FIRST: [Span(WORKDAYS, MONDAY, None)], SECOND: []}


def test_a_club_keeps_its_hours_on_its_days() -> None:
    spans = care_spans(FULL, [FIRST, SECOND], [club(2, 4)], since=MONDAY)
    assert spans[SECOND] == [Span((1, 3, 5), MONDAY, None)]
    assert spans[FIRST] == [Span(WORKDAYS, MONDAY, None)]


def test_an_hour_that_a_club_covers_only_in_part_stays_care() -> None:
    early = club(2, starts=time(17, 0), ends=time(18, 0))
    spans = care_spans(FULL, [FIRST, SECOND], [early], since=MONDAY)
    assert spans == {FIRST: [Span(WORKDAYS, MONDAY, None)], SECOND: [Span(WORKDAYS, MONDAY, None)]}


def test_care_comes_back_on_the_day_a_club_ends() -> None:
    end = date(2026, 12, 7)
    spans = care_spans(FULL, [SECOND], [club(2, until=end)], since=MONDAY)
    assert spans[SECOND] == [Span((1, 3, 4, 5), MONDAY, end), Span(WORKDAYS, end, None)]


def test_care_gives_way_on_the_day_a_club_begins() -> None:
    start = date(2026, 12, 7)
    spans = care_spans(FULL, [SECOND], [club(2, since=start)], since=MONDAY)
    assert spans[SECOND] == [Span(WORKDAYS, MONDAY, start), Span((1, 3, 4, 5), start, None)]


days = st.dates(date(2026, 11, 1), date(2027, 1, 20))
clubs = st.lists(
    st.tuples(st.frozensets(st.sampled_from(WORKDAYS), min_size=1), days, st.none() | days).map(
        lambda told: club(*sorted(told[0]), since=told[1], until=told[2])
    ),
    max_size=4,
)


@given(clubs, days)
def test_on_every_day_a_child_is_either_in_a_club_or_in_care(held: list[ClubTime], on: date) -> None:
    spans = care_spans(FULL, [SECOND], held, since=MONDAY)[SECOND]
    if on < MONDAY:
        return
    for weekday in WORKDAYS:
        in_club = any(one.keeps(SECOND, weekday, on) for one in held)
        in_care = [
            span
            for span in spans
            if weekday in span.weekdays
            and span.from_on <= on
            and (span.until_on is None or on < span.until_on)
        ]
        assert len(in_care) == (0 if in_club else 1)


def group(number: int, room: str | None = None, taken: int = 0) -> Group:
    full = dict.fromkeys(WORKDAYS, taken)
    return Group(UUID(int=number), f"K{number:03}", f"基本托管（一年级{number}组）", room, 50, full)


def chosen(groups: list[Group], class_name: str) -> str | None:
    found = choose_group(groups, WORKDAYS, grade=1, class_name=class_name)
    return found.code if found else None


def test_the_own_classroom_comes_first() -> None:
    groups = [group(1, "一年级1班教室"), group(2, "一年级2班教室")]
    assert chosen(groups, "2班") == "K002"


def test_other_classes_are_spread_and_stay_together() -> None:
    groups = [group(1, "一年级1班教室"), group(2, "一年级2班教室"), group(3, "一年级3班教室")]
    assert [chosen(groups, f"{number}班") for number in (4, 5, 6)] == ["K001", "K002", "K003"]


def test_class_eleven_does_not_go_to_the_room_of_class_one() -> None:
    assert chosen([group(1, "一年级11班教室"), group(2, "一年级1班教室")], "1班") == "K002"


def test_a_full_group_passes_to_the_next_and_all_full_means_none() -> None:
    groups = [group(1, "一年级1班教室", taken=50), group(2)]
    assert chosen(groups, "1班") == "K002"
    assert chosen([group(1, taken=50)], "1班") is None


def test_a_group_full_on_one_wanted_day_is_full() -> None:
    busy = Group(uuid4(), "K1", "x", None, 50, {3: 50})
    assert choose_group([busy], (3,), grade=1, class_name="1班") is None
    assert choose_group([busy], (1, 2), grade=1, class_name="1班") is busy


def test_a_further_group_is_named_after_the_last() -> None:
    assert next_title(["基本托管（一年级1组）", "基本托管（一年级3组）"]) == "基本托管（一年级4组）"
    assert next_title(["作业辅导"]) == "作业辅导（加开1）"
    assert next_title(["作业辅导", "作业辅导（加开1）"]) == "作业辅导（加开2）"
    assert next_code("K037", {"K037", "K037-2"}) == "K037-3"
