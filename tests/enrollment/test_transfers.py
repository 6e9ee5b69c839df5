"""Children come and leave, each on its day, with what they hold and wait for."""

from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.families.errors import (
    ChildAtSchool,
    ChildNotOnFile,
    LeavingDayPast,
    NewcomerNotTaken,
)
from services.enrollment.families.follow_moves import CHILD_MOVES, on_child_moves
from services.enrollment.families.own_children import own_children
from services.enrollment.families.transfer_in import Newcomer, transfer_in
from services.enrollment.families.transfer_out import Leaving, transfer_out
from services.enrollment.imports.sheet_kinds import Desk
from services.enrollment.policy import Policy
from services.enrollment.schools.people_by_phone import people_by_phone
from services.enrollment.selection.ask_for_care import CareAsked, ask_for_care
from services.enrollment.selection.write_places import NewPlace, write_places
from services.kernel.cipher import FieldCipher
from services.kernel.clock import at_school_time, school_day
from services.kernel.ids import new_id
from services.kernel.timers import Due
from tests.enrollment.conftest import NOON, Family, RolledBack, Schools

TODAY = school_day(NOON)
FRIDAY = TODAY + timedelta(days=4)
NEWCOMER = {
    "学号": "20269001",
    "姓名": "新 来客",
    "性别": "男",
    "年级": "一",
    "班级": "（1）班",
    "监护人1姓名": "来父",
    "与学生关系": "父亲",
    "监护人1手机": "138-1234-9999",
}


@pytest.fixture
def desk(filled: Schools, policy: Policy, cipher: FieldCipher) -> Desk:
    return Desk(filled.primary, policy, cipher, NOON)


ROUND = UUID(int=7)
_ROUND = text(
    "INSERT INTO round (school_id, round_id, term_id, kind, title, visible_from, opens_at, closes_at, results_at,"
    " most_clubs, most_wishes, announced_at, announced_by) SELECT :school, :round, term_id, 'preference', '志愿',"
    " :now, :now, :later, :later, 2, 5, :now, :guardian FROM term WHERE school_id = :school LIMIT 1"
)
_WISHES = text(
    "INSERT INTO wish_list (school_id, round_id, child_id, offerings, ticket, submitted_by, submitted_at)"
    " VALUES (:school, :round, :child, '{}', 'x', :guardian, :now)"
)


def going(*families: Family, on: date = TODAY) -> Leaving:
    return Leaving([family.child_id for family in families], on, "随父母迁居", "武乡县第一小学")


async def facts(tx: AsyncSession, word: str) -> list[dict[str, Any]]:
    """Return the bodies of what was announced to families under a kind."""
    found = await tx.scalars(
        text(
            "SELECT letter->'body' FROM outgoing, jsonb_array_elements(letters) AS letter"
            " WHERE letter->>'kind' = :kind AND reader = 'notifications'"
        ),
        {"kind": f"enrollment.{word}.v1"},
    )
    return list(found)


async def club(tx: AsyncSession) -> UUID:
    found: UUID = await tx.scalar(
        text("SELECT offering_id FROM offering WHERE NOT basic AND 1 = ANY(grades) ORDER BY code LIMIT 1")
    )
    return found


async def settled(tx: AsyncSession, filled: Schools, family: Family) -> None:
    """Give the child a club and care, a waiting entry and a list of wishes in an open round."""
    offering = await club(tx)
    place = NewPlace(family.child_id, offering, [1], family.guardian_id, "claim")
    await write_places(tx, filled.primary, [place], since=TODAY, now=NOON)
    wish = [CareAsked(family.child_id)]
    await ask_for_care(tx, filled.primary, wish, guardian_id=family.guardian_id, now=NOON)
    await tx.execute(
        text(
            "INSERT INTO waiting_entry (school_id, entry_id, offering_id, child_id, tier, since, state, asked_by)"
            " SELECT :school, :entry, offering_id, :child, 9, :now, 'waiting', :guardian FROM offering"
            " WHERE NOT basic AND offering_id <> :club LIMIT 1"
        ),
        {
            "school": filled.primary, "entry": new_id(), "child": family.child_id, "now": NOON,
            "guardian": family.guardian_id, "club": offering,
        },
    )  # fmt: skip
    about = {"school": filled.primary, "child": family.child_id, "guardian": family.guardian_id, "now": NOON}
    for statement in (_ROUND, _WISHES):
        await tx.execute(statement, {**about, "round": ROUND, "later": NOON + timedelta(hours=3)})


async def test_a_child_that_leaves_today_is_gone_with_its_places_and_care(
    filled: Schools, at: RolledBack, families: Any
) -> None:
    async with at(filled.primary) as tx:
        family = (await families(tx, filled.primary, 1, "1班"))[0]
        await settled(tx, filled, family)
        await transfer_out(tx, filled.primary, going(family), by=filled.officers["S001"], now=NOON)
        assert await own_children(tx, {filled.primary: family.guardian_id}, today=TODAY) == []
        about = {"child": family.child_id}
        left = await tx.scalar(
            text(
                "SELECT count(*) FROM place WHERE child_id = :child AND (until_on IS NULL OR until_on > :today)"
            ),
            {**about, "today": TODAY},
        )
        assert left == 0
        assert (
            await tx.scalar(text("SELECT state FROM waiting_entry WHERE child_id = :child"), about) == "moot"
        )
        assert not await tx.scalar(text("SELECT count(*) FROM care_wish WHERE child_id = :child"), about)
        assert not await tx.scalar(text("SELECT count(*) FROM wish_list WHERE child_id = :child"), about)
        (told,) = await facts(tx, "place-lost")
        assert (told["child_id"], told["reason"]) == (str(family.child_id), "moved_away")


async def test_a_child_that_leaves_on_friday_is_there_until_then(
    filled: Schools, at: RolledBack, families: Any
) -> None:
    async with at(filled.primary) as tx:
        family = (await families(tx, filled.primary, 1, "1班"))[0]
        await settled(tx, filled, family)
        await transfer_out(tx, filled.primary, going(family, on=FRIDAY), by=filled.officers["S001"], now=NOON)
        (child,) = [
            one
            for one in await own_children(tx, {filled.primary: family.guardian_id}, today=TODAY)
            if one.row["child_id"] == family.child_id
        ]
        assert {place["until_on"] for place in child.places} == {FRIDAY}
        midnight = at_school_time(FRIDAY, time())
        assert await due_moves(tx) == [midnight]
        due = Due(filled.primary, CHILD_MOVES, new_id(), midnight, {"child_id": str(family.child_id)})
        await on_child_moves(tx, due, now=midnight)
        assert await tx.scalar(
            text("SELECT removed FROM child WHERE child_id = :id"), {"id": family.child_id}
        )


async def due_moves(tx: AsyncSession) -> list[Any]:
    return list(await tx.scalars(text("SELECT due_at FROM timer WHERE kind = :kind"), {"kind": CHILD_MOVES}))


async def test_a_later_decision_replaces_a_day_that_was_still_to_come(
    filled: Schools, at: RolledBack, families: Any
) -> None:
    async with at(filled.primary) as tx:
        family = (await families(tx, filled.primary, 1, "1班"))[0]
        by = filled.officers["S001"]
        await transfer_out(tx, filled.primary, going(family, on=FRIDAY), by=by, now=NOON)
        later = NOON + timedelta(hours=1)
        week = FRIDAY + timedelta(days=7)
        await transfer_out(tx, filled.primary, going(family, on=week), by=by, now=later)
        midnight = at_school_time(FRIDAY, time())
        due = Due(filled.primary, CHILD_MOVES, new_id(), midnight, {"child_id": str(family.child_id)})
        await on_child_moves(tx, due, now=midnight)
        assert not await tx.scalar(
            text("SELECT removed FROM child WHERE child_id = :id"), {"id": family.child_id}
        )


async def test_all_leave_or_none_and_never_yesterday(filled: Schools, at: RolledBack, families: Any) -> None:
    async with at(filled.primary, filled.junior) as tx:
        mine = (await families(tx, filled.primary, 1, "1班"))[0]
        foreign = (await families(tx, filled.junior, 7))[0]
        by = filled.officers["S001"]
        with pytest.raises(ChildNotOnFile):
            await transfer_out(tx, filled.primary, going(mine, foreign), by=by, now=NOON)
        yesterday = going(mine, on=TODAY - timedelta(days=1))
        with pytest.raises(LeavingDayPast):
            await transfer_out(tx, filled.primary, yesterday, by=by, now=NOON)
        assert not await tx.scalar(text("SELECT count(*) FROM child_move"))


async def test_a_guardian_without_another_child_there_no_longer_logs_in_to_the_school(
    filled: Schools, at: RolledBack, desk: Desk, cipher: FieldCipher
) -> None:
    async with at(filled.primary) as tx:
        by = filled.officers["S001"]
        taken = await transfer_in(tx, desk, Newcomer(NEWCOMER, TODAY, "转入"), by=by)
        assert len(await people_by_phone(tx, "13812349999", cipher=cipher)) == 1
        await transfer_out(tx, filled.primary, Leaving([taken.child_id], TODAY, "转出"), by=by, now=NOON)
        assert await people_by_phone(tx, "13812349999", cipher=cipher) == []


async def test_a_newcomer_is_put_right_as_a_sheets_row_is(
    filled: Schools, at: RolledBack, desk: Desk
) -> None:
    async with at(filled.primary) as tx:
        taken = await transfer_in(tx, desk, Newcomer(NEWCOMER, TODAY, "转入"), by=filled.officers["S001"])
        row = (
            await tx.execute(
                text("SELECT name, grade, class_name, removed FROM child WHERE child_id = :id"),
                {"id": taken.child_id},
            )
        ).one()
        assert tuple(row) == ("新来客", 1, "1班", False)
        assert not taken.returned
        assert {finding.code for finding in taken.findings} == {
            "name_spaces_removed", "grade_normalised", "class_normalised", "phone_normalised",
        }  # fmt: skip
        with pytest.raises(ChildAtSchool):
            await transfer_in(tx, desk, Newcomer(NEWCOMER, TODAY, "转入"), by=filled.officers["S001"])


async def test_a_newcomer_without_a_guardian_is_refused_in_words(
    filled: Schools, at: RolledBack, desk: Desk
) -> None:
    async with at(filled.primary) as tx:
        for cells in ({**NEWCOMER, "监护人1手机": "123"}, {**NEWCOMER, "年级": "九年级"}):
            with pytest.raises(NewcomerNotTaken) as caught:
                await transfer_in(tx, desk, Newcomer(cells, TODAY, "转入"), by=filled.officers["S001"])
            assert caught.value.facts["findings"]


async def test_a_child_that_comes_back_is_the_same_child_with_its_guardians(
    filled: Schools, at: RolledBack, desk: Desk, cipher: FieldCipher
) -> None:
    async with at(filled.primary) as tx:
        by = filled.officers["S001"]
        first = await transfer_in(tx, desk, Newcomer(NEWCOMER, TODAY, "转入"), by=by)
        await transfer_out(tx, filled.primary, Leaving([first.child_id], TODAY, "转出"), by=by, now=NOON)
        assert await people_by_phone(tx, "13812349999", cipher=cipher) == []
        back = await transfer_in(tx, desk, Newcomer(NEWCOMER, TODAY, "返校"), by=by)
        assert len(await people_by_phone(tx, "13812349999", cipher=cipher)) == 1
        assert (back.child_id, back.returned) == (first.child_id, True)
        moves = await tx.scalars(text("SELECT direction FROM child_move ORDER BY decided_at, move_id"))
        assert list(moves) == ["in", "out", "in"]


async def test_who_comes_next_week_is_on_file_and_not_yet_there(
    filled: Schools, at: RolledBack, desk: Desk
) -> None:
    async with at(filled.primary) as tx:
        coming = Newcomer(NEWCOMER, FRIDAY, "转入")
        taken = await transfer_in(tx, desk, coming, by=filled.officers["S001"])
        removed = text("SELECT removed FROM child WHERE child_id = :id")
        assert await tx.scalar(removed, {"id": taken.child_id})
        midnight = at_school_time(FRIDAY, time())
        due = Due(filled.primary, CHILD_MOVES, new_id(), midnight, {"child_id": str(taken.child_id)})
        await on_child_moves(tx, due, now=midnight)
        assert not await tx.scalar(removed, {"id": taken.child_id})
