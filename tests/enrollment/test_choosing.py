"""Families choose: care for everybody, places first come first served, and nothing of another family's."""

from datetime import date, time
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.menu.errors import TimetableClash, UnknownOffering
from services.enrollment.menu.staff_offering import staff_offering
from services.enrollment.roster.tell_roster import ARRANGE_CARE
from services.enrollment.selection.arrange_due_care import on_arrange_care
from services.enrollment.selection.ask_for_care import CareAsked, ask_for_care
from services.enrollment.selection.claim_places import Claim, Given, claim_places
from services.enrollment.selection.errors import (
    CareIsAskedFor,
    DateNotPossible,
    NoRightToChoose,
    UnknownPlace,
)
from services.enrollment.selection.give_up_place import give_up_place
from services.enrollment.selection.tables import Place
from services.kernel.problems import NotYours, Refusal
from services.kernel.timers import Due
from tests.enrollment.conftest import NOON, Family, RolledBack, Schools

TODAY = date(2026, 11, 23)
NEXT_MONDAY = date(2026, 11, 30)


async def offering_id(tx: AsyncSession, code: str) -> UUID:
    found: UUID = await tx.scalar(text("SELECT offering_id FROM offering WHERE code = :code"), {"code": code})
    return found


async def claim(tx: AsyncSession, school: UUID, code: str, family: Family, **wanted: Any) -> Given | Refusal:
    wish = Claim(family.child_id, family.guardian_id, await offering_id(tx, code), **wanted)
    (answer,) = await claim_places(tx, school, [wish], now=NOON)
    return answer


async def give_up(tx: AsyncSession, school: UUID, place: Given, by: UUID, **wanted: Any) -> Place:
    return await give_up_place(tx, school, place.place_id, guardian_id=by, **{"now": NOON, **wanted})


async def care_follows(tx: AsyncSession, school: UUID) -> None:
    """What the worker does within a second."""
    await on_arrange_care(tx, Due(school, ARRANGE_CARE, school, NOON, {}), now=NOON)


async def care(tx: AsyncSession, school: UUID, family: Family, **asked: Any) -> int:
    wish = CareAsked(family.child_id, **asked)
    return await ask_for_care(tx, school, [wish], guardian_id=family.guardian_id, now=NOON)


async def week_of(tx: AsyncSession, family: Family, on: date = TODAY) -> dict[str, list[int]]:
    """What a child is expected in on the days around ``on``: weekdays by code."""
    rows = await tx.execute(
        text(
            "SELECT o.code, p.weekdays FROM place p JOIN offering o USING (school_id, offering_id)"
            " WHERE p.child_id = :child AND p.from_on <= :on AND (p.until_on IS NULL OR p.until_on > :on)"
        ),
        {"child": family.child_id, "on": on},
    )
    return {row.code: list(row.weekdays) for row in rows}


async def test_one_tap_gives_the_full_week(filled: Schools, at: RolledBack, families: Any) -> None:
    async with at(filled.primary) as tx:
        family = (await families(tx, filled.primary, 1, "2班"))[0]
        assert await care(tx, filled.primary, family) == 2
        assert await week_of(tx, family) == {"K002": [1, 2, 3, 4, 5], "K038": [1, 2, 3, 4, 5]}
        came_by = text("SELECT DISTINCT came_by FROM place WHERE child_id = :child")
        assert list(await tx.scalars(came_by, {"child": family.child_id})) == ["care"]


async def test_asking_the_same_again_changes_nothing(filled: Schools, at: RolledBack, families: Any) -> None:
    async with at(filled.primary) as tx:
        family = (await families(tx, filled.primary, 1, "2班"))[0]
        await care(tx, filled.primary, family)
        assert await care(tx, filled.primary, family) == 0


async def test_a_club_takes_precedence_and_care_comes_back_after_it(
    filled: Schools, at: RolledBack, families: Any
) -> None:
    async with at(filled.primary) as tx:
        family = (await families(tx, filled.primary, 1, "1班"))[0]
        await care(tx, filled.primary, family)
        place = await claim(tx, filled.primary, "K058", family)
        assert isinstance(place, Given)
        await care_follows(tx, filled.primary)
        assert await week_of(tx, family) == {"K001": [1, 2, 3, 4, 5], "K037": [2, 3, 5], "K058": [1, 4]}
        await give_up(tx, filled.primary, place, family.guardian_id, until_on=NEXT_MONDAY)
        await care_follows(tx, filled.primary)
        assert "K058" in await week_of(tx, family)
        assert (await week_of(tx, family, NEXT_MONDAY))["K037"] == [1, 2, 3, 4, 5]


async def test_a_past_day_stays_as_it_was(filled: Schools, at: RolledBack, families: Any) -> None:
    async with at(filled.primary) as tx:
        family = (await families(tx, filled.primary, 1, "1班"))[0]
        await care(tx, filled.primary, family)
        await claim(tx, filled.primary, "K058", family, from_on=NEXT_MONDAY)
        await care_follows(tx, filled.primary)
        assert await week_of(tx, family) == {"K001": [1, 2, 3, 4, 5], "K037": [1, 2, 3, 4, 5]}
        assert (await week_of(tx, family, NEXT_MONDAY))["K037"] == [2, 3, 5]


async def test_a_full_group_opens_another_and_the_school_is_told_what_it_lacks(
    filled: Schools, at: RolledBack, families: Any
) -> None:
    async with at(filled.primary) as tx:
        everybody = await families(tx, filled.primary, 6)
        asked = [(family, CareAsked(family.child_id)) for family in everybody]
        for family, wish in asked:
            await ask_for_care(tx, filled.primary, [wish], guardian_id=family.guardian_id, now=NOON)
        sizes = await tx.execute(
            text(
                "SELECT o.code, o.title, o.needs_staffing, count(*) AS children FROM place p"
                " JOIN offering o USING (school_id, offering_id) WHERE o.starts = '17:30' GROUP BY 1, 2, 3 ORDER BY 1"
            )
        )
        groups = sizes.all()
        assert sum(row.children for row in groups) == len(everybody) == 192
        assert all(row.children <= 50 for row in groups)
        opened = [row for row in groups if row.needs_staffing]
        assert [(row.code, row.title) for row in opened] == [("K052-2", "基本托管（六年级4组）")]
        batches = await tx.scalars(text("SELECT letters FROM outgoing"))
        letters = [
            one["body"] for batch in batches for one in batch
            if one["body"]["kind"] == "enrollment.care-group-opened.v1"
        ]  # fmt: skip
        told = {UUID(letter["offering_id"]): letter for letter in letters}
        letter = told[await offering_id(tx, "K052-2")]
        assert (letter["grades"], letter["starts"], letter["lacks"]) == ([6], "17:30:00", ["teacher", "room"])
        assert letter["children"] == 1
        assert str(filled.officers["S001"]) in letter["staff"]
        lacking = await tx.scalar(text("SELECT count(*) FROM offering WHERE needs_staffing"))
        assert len(letters) == len(told) == lacking


async def test_an_opened_group_gets_a_teacher_who_is_free(
    filled: Schools, at: RolledBack, families: Any
) -> None:
    async with at(filled.primary) as tx:
        await tx.execute(text("UPDATE offering SET capacity = 1 WHERE code IN ('K052', 'K053', 'K054')"))
        for family in (await families(tx, filled.primary, 6))[:4]:
            await care(tx, filled.primary, family)
        group = await offering_id(tx, "K052-2")
        busy, free = [
            await tx.scalar(text("SELECT staff_id FROM staff WHERE staff_no = :no"), {"no": no})
            for no in ("T031", "T034")
        ]
        room = await tx.scalar(text("SELECT room_id FROM room WHERE name = '六年级4班教室'"))
        with pytest.raises(TimetableClash) as caught:
            async with tx.begin_nested():
                await staff_offering(tx, filled.primary, group, teacher_id=busy, room_id=room, now=NOON)
        assert "K052" in caught.value.sentence()
        staffed = await staff_offering(tx, filled.primary, group, teacher_id=free, room_id=room, now=NOON)
        assert not staffed.needs_staffing


async def test_a_full_club_answers_with_free_alternatives(
    filled: Schools, at: RolledBack, families: Any
) -> None:
    async with at(filled.primary) as tx:
        children = await families(tx, filled.primary, 1)
        for family in children[:24]:
            assert isinstance(await claim(tx, filled.primary, "K055", family), Given)
        refused = await claim(tx, filled.primary, "K055", children[24])
        assert isinstance(refused, Refusal)
        assert refused.slug() == "offering-full"
        titles = [one["title"] for one in refused.facts["alternatives"]]
        assert titles
        assert all(one["free"] > 0 for one in refused.facts["alternatives"])
        assert titles[0] in refused.sentence()


@pytest.mark.parametrize(
    ("before", "code", "slug"),
    [
        ([], "K078", "not-for-this-grade"),
        (["K055"], "K055", "place-held"),
        (["K055"], "K057", "child-busy"),
        (["K056"], "K057", "place"),
    ],
)
async def test_a_claim_is_refused_by_name(
    before: list[str], code: str, slug: str, filled: Schools, at: RolledBack, families: Any
) -> None:
    async with at(filled.primary) as tx:
        family = (await families(tx, filled.primary, 1))[0]
        for held in before:
            assert isinstance(await claim(tx, filled.primary, held, family), Given)
        answer = await claim(tx, filled.primary, code, family)
        assert (answer.slug() if isinstance(answer, Refusal) else "place") == slug


async def test_basic_care_is_asked_for_and_not_claimed(
    filled: Schools, at: RolledBack, families: Any
) -> None:
    async with at(filled.primary) as tx:
        answer = await claim(tx, filled.primary, "K001", (await families(tx, filled.primary, 1))[0])
        assert isinstance(answer, CareIsAskedFor)


async def test_a_draft_cannot_be_chosen(filled: Schools, at: RolledBack, families: Any) -> None:
    async with at(filled.primary) as tx:
        await tx.execute(text("UPDATE offering SET state = 'draft' WHERE code = 'K055'"))
        answer = await claim(tx, filled.primary, "K055", (await families(tx, filled.primary, 1))[0])
        assert isinstance(answer, UnknownOffering)


async def test_nothing_begins_in_the_past(filled: Schools, at: RolledBack, families: Any) -> None:
    async with at(filled.primary) as tx:
        family = (await families(tx, filled.primary, 1))[0]
        answer = await claim(tx, filled.primary, "K055", family, from_on=date(2026, 11, 20))
        assert isinstance(answer, DateNotPossible)


async def test_somebody_elses_child_is_as_if_it_were_not_there(
    filled: Schools, at: RolledBack, families: Any
) -> None:
    async with at(filled.primary) as tx:
        mine, other = (await families(tx, filled.primary, 1))[:2]
        stranger = Family(other.child_id, mine.guardian_id, 1, "1班")
        answer = await claim(tx, filled.primary, "K055", stranger)
        assert isinstance(answer, NotYours)
        with pytest.raises(NotYours):
            await care(tx, filled.primary, stranger)
        place = await claim(tx, filled.primary, "K055", other)
        assert isinstance(place, Given)
        with pytest.raises(NotYours):
            await give_up(tx, filled.primary, place, mine.guardian_id)


async def test_a_guardian_without_the_right_does_not_choose(
    filled: Schools, at: RolledBack, families: Any
) -> None:
    async with at(filled.primary) as tx:
        family = (await families(tx, filled.primary, 1))[0]
        await tx.execute(
            text("UPDATE guardianship SET may_choose = false WHERE child_id = :child"),
            {"child": family.child_id},
        )
        assert isinstance(await claim(tx, filled.primary, "K055", family), NoRightToChoose)


async def test_a_child_of_another_school_is_not_there(filled: Schools, at: RolledBack, families: Any) -> None:
    async with at(filled.primary, filled.junior) as tx:
        family = (await families(tx, filled.junior, 7))[0]
        assert isinstance(await claim(tx, filled.primary, "K055", family), NotYours)


async def test_a_place_given_up_is_free_for_the_next(filled: Schools, at: RolledBack, families: Any) -> None:
    async with at(filled.primary) as tx:
        await tx.execute(text("UPDATE offering SET capacity = 1 WHERE code = 'K055'"))
        first, second = (await families(tx, filled.primary, 1))[:2]
        place = await claim(tx, filled.primary, "K055", first)
        assert isinstance(place, Given)
        assert isinstance(await claim(tx, filled.primary, "K055", second), Refusal)
        await give_up(tx, filled.primary, place, first.guardian_id)
        assert isinstance(await claim(tx, filled.primary, "K055", second), Given)
        with pytest.raises(UnknownPlace):
            await give_up(tx, filled.primary, place, first.guardian_id)


async def test_who_left_may_come_back(filled: Schools, at: RolledBack, families: Any) -> None:
    async with at(filled.primary) as tx:
        family = (await families(tx, filled.primary, 1))[0]
        place = await claim(tx, filled.primary, "K055", family)
        assert isinstance(place, Given)
        await give_up(tx, filled.primary, place, family.guardian_id)
        assert isinstance(await claim(tx, filled.primary, "K055", family), Given)


async def test_asking_for_no_day_ends_care(filled: Schools, at: RolledBack, families: Any) -> None:
    async with at(filled.primary) as tx:
        family = (await families(tx, filled.primary, 1))[0]
        await care(tx, filled.primary, family)
        await care(tx, filled.primary, family, weekdays=())
        assert await week_of(tx, family) == {}


async def test_a_shorter_day_leaves_out_the_second_hour(
    filled: Schools, at: RolledBack, families: Any
) -> None:
    async with at(filled.primary) as tx:
        family = (await families(tx, filled.primary, 1, "1班"))[0]
        await care(tx, filled.primary, family, weekdays=(1, 3), until=time(17, 30))
        assert await week_of(tx, family) == {"K001": [1, 3]}
