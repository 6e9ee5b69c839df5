"""Terms, snow days and moved workdays, as officers set them and everybody reads them."""

import asyncio
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.internal.enrollment import RosterPage, TermEntry
from services.enrollment.calendar.errors import (
    DayIsPast,
    DayOutsideTerms,
    NothingSaidOfDay,
    ServedDaysCut,
    TermHasBegun,
    TermNameTaken,
    TermNotPossible,
    TermsOverlap,
    UnknownTerm,
)
from services.enrollment.calendar.lay_calendar import days_of, follow_calendar
from services.enrollment.calendar.rules.school_days import SchoolDay
from services.enrollment.calendar.set_school_day import OwnWord, clear_school_day, set_school_day
from services.enrollment.calendar.set_term import TermFacts, add_term, change_term
from services.enrollment.calendar.term_findings import term_findings
from services.enrollment.calendar.terms_on_file import term_asked_for, terms_on_file
from services.enrollment.policy import DEFAULT, CountyDay, Policy
from services.enrollment.roster.roster_page import roster_page
from services.enrollment.schools.tables import Term
from services.enrollment.worker import follow_county
from services.kernel.cipher import FieldCipher
from services.kernel.clock import ManualClock, school_day
from services.kernel.ids import new_id
from services.kernel.resources import Resources
from tests.enrollment.conftest import NOON, RolledBack, Schools

TODAY = school_day(NOON)
SATURDAY = date(2026, 11, 28)
AUTUMN = TermFacts("2026—2027学年第一学期", "term", date(2026, 9, 1), date(2027, 1, 22))
WINTER = TermFacts("2027年寒假", "winter_opening", date(2027, 1, 25), date(2027, 1, 31))


async def told(tx: AsyncSession, kind: str) -> list[dict[str, Any]]:
    """Return the bodies of the facts of a kind that this transaction announced."""
    rows = await tx.scalars(text("SELECT letters FROM outgoing ORDER BY batch_id"))
    bodies = [letter["body"] for letters in rows for letter in letters]
    return [body for body in bodies if body["kind"] == f"enrollment.{kind}.v1"]


@pytest.fixture
def word(filled: Schools) -> Callable[..., OwnWord]:
    def say(on: date, runs_as: int | None, reason: str = "大雪停课") -> OwnWord:
        return OwnWord(on, runs_as, reason, filled.officers["S001"])

    return say


async def autumn(tx: AsyncSession, filled: Schools) -> Term:
    return await term_asked_for(tx, filled.primary, None, on=TODAY)


async def day_on(tx: AsyncSession, filled: Schools, on: date) -> SchoolDay:
    return next(day for day in days_of(await autumn(tx, filled)) if day.on == on)


async def feed(tx: AsyncSession, filled: Schools, cipher: FieldCipher, since: int) -> RosterPage:
    return await roster_page(tx, filled.primary, since=since, limit=20_000, cipher=cipher)


async def test_a_snow_day_closes_today_tells_families_and_sends_the_days_again(
    filled: Schools,
    at: RolledBack,
    policy: Policy,
    cipher: FieldCipher,
    word: Callable[..., OwnWord],
) -> None:
    async with at(filled.primary) as tx:
        before = (await feed(tx, filled, cipher, 0)).version
        day = await set_school_day(tx, filled.primary, word(TODAY, None), policy=policy, now=NOON)
        assert (day.runs_as, day.kind, day.certain, day.why) == (None, "workday", True, "大雪停课")
        (fact,) = await told(tx, "school-day-changed")
        assert (fact["service_on"], fact["runs_as"]) == (TODAY.isoformat(), None)
        assert fact["reason"] == "大雪停课"
        page = await feed(tx, filled, cipher, before)
        (term,) = page.terms
        assert isinstance(term, TermEntry)
        assert {day.on: day.runs_as for day in term.days}[TODAY] is None
        assert (page.places, page.offerings) == ([], [])


async def test_a_working_saturday_runs_as_the_school_says(
    filled: Schools, at: RolledBack, policy: Policy, word: Callable[..., OwnWord]
) -> None:
    async with at(filled.primary) as tx:
        day = await set_school_day(tx, filled.primary, word(SATURDAY, 3, "调课"), policy=policy, now=NOON)
        assert (day.runs_as, day.kind) == (3, "weekend")
        again = await set_school_day(tx, filled.primary, word(SATURDAY, 4, "改了"), policy=policy, now=NOON)
        assert (again.runs_as, again.why) == (4, "改了")
        assert [fact["runs_as"] for fact in await told(tx, "school-day-changed")] == [3, 4]


async def test_another_reason_for_the_same_is_not_told_again(
    filled: Schools, at: RolledBack, policy: Policy, word: Callable[..., OwnWord]
) -> None:
    async with at(filled.primary) as tx:
        await set_school_day(tx, filled.primary, word(TODAY, None), policy=policy, now=NOON)
        await set_school_day(tx, filled.primary, word(TODAY, None, "停电"), policy=policy, now=NOON)
        assert len(await told(tx, "school-day-changed")) == 1
        assert (await day_on(tx, filled, TODAY)).why == "停电"


async def test_a_day_that_is_taken_back_is_as_the_calendar_has_it(
    filled: Schools, at: RolledBack, policy: Policy, word: Callable[..., OwnWord]
) -> None:
    async with at(filled.primary) as tx:
        before = await day_on(tx, filled, TODAY)
        await set_school_day(tx, filled.primary, word(TODAY, None), policy=policy, now=NOON)
        assert await clear_school_day(tx, filled.primary, TODAY, policy=policy, now=NOON) == before
        assert [fact["runs_as"] for fact in await told(tx, "school-day-changed")] == [None, 1]
        with pytest.raises(NothingSaidOfDay):
            await clear_school_day(tx, filled.primary, TODAY, policy=policy, now=NOON)


@pytest.mark.parametrize(
    ("on", "refusal"),
    [(TODAY - timedelta(days=1), DayIsPast), (date(2027, 2, 1), DayOutsideTerms)],
    ids=["yesterday", "in the holidays"],
)
async def test_neither_the_past_nor_the_holidays_are_set(
    filled: Schools,
    at: RolledBack,
    policy: Policy,
    word: Callable[..., OwnWord],
    on: date,
    refusal: type[Exception],
) -> None:
    async with at(filled.primary) as tx:
        with pytest.raises(refusal):
            await set_school_day(tx, filled.primary, word(on, None), policy=policy, now=NOON)


async def test_one_schools_snow_closes_no_other(
    filled: Schools, at: RolledBack, policy: Policy, word: Callable[..., OwnWord]
) -> None:
    async with at(filled.primary, filled.junior) as tx:
        await set_school_day(tx, filled.primary, word(TODAY, None), policy=policy, now=NOON)
        (junior, *_) = await terms_on_file(tx, filled.junior)
        assert {day.on: day.runs_as for day in days_of(junior)}[TODAY] == 1


async def test_the_countys_newer_list_reaches_the_running_term(
    filled: Schools, at: RolledBack, policy: Policy, cipher: FieldCipher, word: Callable[..., OwnWord]
) -> None:
    """It announces the holidays of 2027 in the middle of the term; what the school said itself stands."""
    monday, tuesday = date(2027, 1, 4), date(2027, 1, 5)
    async with at(filled.primary) as tx:
        await set_school_day(tx, filled.primary, word(tuesday, None), policy=policy, now=NOON)
        assert not await follow_calendar(tx, filled.primary, policy=policy, now=NOON)
        county = [
            CountyDay(on=on, kind="workday", runs_as=on.isoweekday(), name="正常上课")
            for on in (monday, tuesday)
        ]
        newer = policy.model_copy(update={"calendar": (*policy.calendar, *county)})
        before = (await feed(tx, filled, cipher, 0)).version
        assert await follow_calendar(tx, filled.primary, policy=newer, now=NOON)
        assert (await day_on(tx, filled, monday)).certain
        assert (await day_on(tx, filled, tuesday)).runs_as is None
        assert len((await feed(tx, filled, cipher, before - 1)).terms) == 1


async def test_a_term_that_was_never_laid_out_gets_its_days_when_the_worker_starts(
    filled: Schools, at: RolledBack, policy: Policy
) -> None:
    async with at(filled.primary) as tx:
        await tx.execute(text("UPDATE term SET days = '[]'"))
        assert await follow_calendar(tx, filled.primary, policy=policy, now=NOON)
        assert len(days_of(await autumn(tx, filled))) == 144


async def test_a_winter_opening_is_put_on_file_and_one_too_short_is_told_so(
    filled: Schools, at: RolledBack, policy: Policy
) -> None:
    async with at(filled.primary) as tx:
        winter = await add_term(tx, filled.primary, WINTER, policy=policy, now=NOON)
        assert await term_findings(tx, winter, policy=policy, today=TODAY) == []
        short = TermFacts(WINTER.name, WINTER.kind, WINTER.starts_on, date(2027, 1, 28))
        await change_term(tx, filled.primary, winter.term_id, short, policy=policy, now=NOON)
        (found,) = await term_findings(tx, winter, policy=policy, today=TODAY)
        assert (found.rule, found.force) == ("R13", "must")
        assert [term.name for term in await terms_on_file(tx, filled.primary)] == [AUTUMN.name, WINTER.name]


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        (TermFacts("寒假", "winter_opening", date(2027, 1, 22), date(2027, 2, 2)), TermsOverlap),
        (TermFacts("暑假", "summer_opening", date(2026, 7, 1), date(2026, 9, 1)), TermsOverlap),
        (TermFacts(AUTUMN.name, "term", date(2027, 3, 1), date(2027, 7, 1)), TermNameTaken),
        (TermFacts("第二学期", "term", date(2027, 3, 1), date(2027, 2, 28)), TermNotPossible),
        (TermFacts("第二学期", "term", date(2027, 3, 1), date(2028, 3, 2)), TermNotPossible),
    ],
)
async def test_terms_neither_overlap_nor_run_backwards(
    filled: Schools, at: RolledBack, policy: Policy, facts: TermFacts, refusal: type[Exception]
) -> None:
    async with at(filled.primary) as tx:
        with pytest.raises(refusal):
            await add_term(tx, filled.primary, facts, policy=policy, now=NOON)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "kind", "refusal"),
    [
        (date(2026, 9, 2), AUTUMN.ends_on, "term", ServedDaysCut),
        (AUTUMN.starts_on, TODAY - timedelta(days=1), "term", ServedDaysCut),
        (AUTUMN.starts_on, AUTUMN.ends_on, "winter_opening", TermHasBegun),
    ],
)
async def test_days_that_were_served_stay_in_their_term(
    filled: Schools,
    at: RolledBack,
    policy: Policy,
    starts_on: date,
    ends_on: date,
    kind: str,
    refusal: type[Exception],
) -> None:
    async with at(filled.primary) as tx:
        term = await autumn(tx, filled)
        facts = TermFacts(AUTUMN.name, kind, starts_on, ends_on)
        with pytest.raises(refusal):
            await change_term(tx, filled.primary, term.term_id, facts, policy=policy, now=NOON)


async def test_a_running_term_may_end_today_or_later(filled: Schools, at: RolledBack, policy: Policy) -> None:
    async with at(filled.primary) as tx:
        term = await autumn(tx, filled)
        for ends_on, days in ((TODAY, 84), (date(2027, 1, 29), 151)):
            facts = TermFacts("第一学期", "term", AUTUMN.starts_on, ends_on)
            changed = await change_term(tx, filled.primary, term.term_id, facts, policy=policy, now=NOON)
            assert (changed.name, len(days_of(changed))) == ("第一学期", days)


async def test_no_id_of_another_school_opens_a_term(filled: Schools, at: RolledBack, policy: Policy) -> None:
    async with at(filled.primary) as tx:
        for term_id in (new_id(), filled.junior):
            with pytest.raises(UnknownTerm):
                await change_term(tx, filled.primary, term_id, AUTUMN, policy=policy, now=NOON)
            with pytest.raises(UnknownTerm):
                await term_asked_for(tx, filled.primary, term_id, on=TODAY)


async def test_a_worker_that_starts_lets_every_school_follow_a_newer_list(
    own_copy: Schools, cipher: FieldCipher, tmp_path: Path
) -> None:
    """The county enters a holiday and restarts the worker; a second start changes nothing."""
    listed = tmp_path / "newer.toml"
    holiday = '\n[[calendar]]\non = 2027-01-18\nkind = "holiday"\nname = "腊八"\n'
    listed.write_text(DEFAULT.read_text(encoding="utf-8") + holiday, encoding="utf-8")
    resources = SimpleNamespace(
        settings=SimpleNamespace(policy_file=listed), clock=ManualClock(NOON), database=own_copy.database
    )
    versions = []
    for _ in range(2):
        await follow_county(cast("Resources", resources))
        async with own_copy.database.transaction([own_copy.primary, own_copy.junior]) as tx:
            for school in (own_copy.primary, own_copy.junior):
                page = await roster_page(tx, school, since=0, limit=20_000, cipher=cipher)
                days = {day.on: day.runs_as for day in page.terms[0].days}
                assert days[date(2027, 1, 18)] is None
                versions.append(page.version)
    assert versions[:2] == versions[2:]


async def test_of_two_terms_put_on_file_at_once_the_second_sees_the_first(
    own_copy: Schools, policy: Policy
) -> None:
    async def add(name: str) -> str:
        facts = TermFacts(name, WINTER.kind, WINTER.starts_on, WINTER.ends_on)
        try:
            async with own_copy.database.transaction([own_copy.primary]) as tx:
                await add_term(tx, own_copy.primary, facts, policy=policy, now=NOON)
        except TermsOverlap as refusal:
            return refusal.slug()
        return "added"

    assert sorted(await asyncio.gather(add("寒假"), add("冬令"))) == ["added", "terms-overlap"]
