"""A round is drawn and published exactly once, as it stands under lock, and each family reads why."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.draw.draw_papers import announcement, draw_record
from services.enrollment.draw.rules.check_papers import check_papers
from services.enrollment.draw.rules.papers import Receipt
from services.enrollment.selection.write_places import NewPlace, write_places
from tests.enrollment.conftest import NOON, Family, RolledBack, Schools
from tests.enrollment.draw_course import FAMILIES_OF, begin_course
from tests.enrollment.small_rounds import RESULTS, ids_of, submit


async def test_as_many_as_there_are_places_get_one_and_everybody_reads_why(
    filled: Schools, at: RolledBack, families: FAMILIES_OF
) -> None:
    async with at(filled.primary) as tx:
        round_ = await begin_course(tx, filled)
        await round_.size("K055", capacity=3)
        await round_.size("K056", capacity=5)
        children = (await families(tx, filled.primary, 1))[:12]
        for family in children:
            await submit(tx, round_.told, family, "K055", "K056")
        await round_.all_of_it()
        outcomes = [await round_.outcomes(family) for family in children]
        assert sum(own[0][0] == "given" for own in outcomes) == 3
        assert sum(own[1][0] == "given" for own in outcomes) == 5
        assert (await round_.count())["places"] == 8
        missed = next(own for own in outcomes if own[0][0] == "full")
        assert "3 个名额，12 个孩子填报" in missed[0][1]
        summary = (await announcement(tx, round_.told)).summary
        assert summary is not None
        assert (summary["children"], summary["wishes"], summary["first_choice_share"]) == (12, 24, 0.25)


async def test_drawing_and_publishing_again_changes_nothing(
    filled: Schools, at: RolledBack, families: FAMILIES_OF
) -> None:
    async with at(filled.primary) as tx:
        round_ = await begin_course(tx, filled)
        for family in (await families(tx, filled.primary, 1))[:6]:
            await submit(tx, round_.told, family, "K055", "K056")
        await round_.all_of_it()
        before = await round_.count()
        assert before["draws"] == 1
        await round_.draw()
        await round_.publish(RESULTS + timedelta(hours=1))
        assert await round_.count() == before


async def test_nothing_is_drawn_before_the_close_and_nothing_published_before_the_draw(
    filled: Schools, at: RolledBack, families: FAMILIES_OF
) -> None:
    async with at(filled.primary) as tx:
        round_ = await begin_course(tx, filled)
        await submit(tx, round_.told, (await families(tx, filled.primary, 1))[0], "K055")
        assert (await round_.draw()).drawn_at is None
        assert (await round_.publish()).published_at is None


async def test_lists_that_changed_after_the_close_are_never_drawn(
    filled: Schools, at: RolledBack, families: FAMILIES_OF
) -> None:
    async with at(filled.primary) as tx:
        round_ = await begin_course(tx, filled)
        for family in (await families(tx, filled.primary, 1))[:2]:
            await submit(tx, round_.told, family, "K055")
        await round_.close()
        await tx.execute(text("UPDATE wish_list SET offerings = offerings || offerings"))
        with pytest.raises(RuntimeError, match="published"):
            await round_.draw()


async def test_the_papers_of_a_round_prove_it(filled: Schools, at: RolledBack, families: FAMILIES_OF) -> None:
    async with at(filled.primary) as tx:
        round_ = await begin_course(tx, filled)
        await round_.size("K055", capacity=2)
        children = (await families(tx, filled.primary, 1))[:5]
        for family in children:
            await submit(tx, round_.told, family, "K055", "K058")
        before = await announcement(tx, round_.told)
        assert (before.seed, before.entries_root, before.clubs[0].wished) == (None, None, None)
        await round_.close()
        await round_.draw()
        assert (await announcement(tx, round_.told)).seed is None, "drawn, but not out"
        await round_.publish()
        after, record = await announcement(tx, round_.told), await draw_record(tx, round_.told)
        receipts = [Receipt.model_validate((await round_.results(one))[0].receipt) for one in children]
        checks = check_papers([before, after, record, *receipts])
        assert [check.sentence for check in checks if check.passed is False] == []


async def test_a_club_that_would_not_open_is_withdrawn_and_its_children_are_placed_elsewhere(
    filled: Schools, at: RolledBack, families: FAMILIES_OF
) -> None:
    async with at(filled.primary) as tx:
        round_ = await begin_course(tx, filled)
        await round_.size("K055", capacity=20, minimum=6)
        await round_.size("K057", capacity=20)
        children = (await families(tx, filled.primary, 1))[:5]
        for family in children:
            await submit(tx, round_.told, family, "K055", "K057")
        await round_.all_of_it()
        for family in children:
            first, second = await round_.outcomes(family)
            assert (first[0], second[0]) == ("dissolved", "given")
            assert "至少要有 6 人才能开班，这次只有 5 人" in first[1]
        state = await tx.scalar(text("SELECT state FROM offering WHERE code = 'K055'"))
        assert state == "withdrawn"


async def test_a_club_that_a_child_is_in_already_clashes_and_counts(
    filled: Schools, at: RolledBack, families: FAMILIES_OF
) -> None:
    async with at(filled.primary) as tx:
        round_ = await begin_course(tx, filled, codes=("K055", "K056", "K058"), most_clubs=1)
        busy, full = (await families(tx, filled.primary, 1))[:2]
        await hold(tx, filled, busy, "K057")
        await hold(tx, filled, full, "K058")
        await submit(tx, round_.told, busy, "K055")
        await submit(tx, round_.told, full, "K058", "K056")
        await round_.all_of_it()
        ((outcome, sentence),) = await round_.outcomes(busy)
        assert outcome == "clash"
        assert "时间冲突" in sentence
        assert [one[0] for one in await round_.outcomes(full)] == ["unfit", "limit"]


async def hold(tx: AsyncSession, schools: Schools, family: Family, code: str) -> None:
    (offering_id,) = await ids_of(tx, code)
    weekdays: Sequence[int] = await tx.scalar(
        text("SELECT weekdays FROM offering WHERE offering_id = :id"), {"id": offering_id}
    )
    place = NewPlace(family.child_id, offering_id, weekdays, family.guardian_id, "claim")
    await write_places(tx, schools.primary, [place], since=date(2026, 11, 24), now=NOON)


async def test_what_a_child_chose_between_draw_and_results_is_not_doubled(
    filled: Schools, at: RolledBack, families: FAMILIES_OF
) -> None:
    async with at(filled.primary) as tx:
        round_ = await begin_course(tx, filled, codes=("K055", "K056"))
        family = (await families(tx, filled.primary, 1))[0]
        await submit(tx, round_.told, family, "K055")
        await round_.close()
        await round_.draw()
        await hold(tx, filled, family, "K057")
        await round_.publish()
        ((outcome, sentence),) = await round_.outcomes(family)
        assert outcome == "given"
        assert "公布结果之前情况有变" in sentence
        assert (await round_.count())["places"] == 1


async def test_a_club_chosen_in_another_round_between_draw_and_results_counts_for_the_limit(
    filled: Schools, at: RolledBack, families: FAMILIES_OF
) -> None:
    async with at(filled.primary) as tx:
        round_ = await begin_course(tx, filled, codes=("K055", "K056"))
        greedy, patient = (await families(tx, filled.primary, 1))[:2]
        for family in (greedy, patient):
            await submit(tx, round_.told, family, "K055", "K056")
        await round_.close()
        await round_.draw()
        await hold(tx, filled, greedy, "K059")
        await round_.publish()
        first, second = await round_.outcomes(greedy)
        assert "已录取" in first[1]
        assert "公布结果之前情况有变" in second[1]
        assert all("已录取" in sentence for _, sentence in await round_.outcomes(patient))
        assert (await round_.count())["places"] == 4


async def test_a_child_that_left_the_school_takes_no_place_from_anybody(
    filled: Schools, at: RolledBack, families: FAMILIES_OF
) -> None:
    async with at(filled.primary) as tx:
        round_ = await begin_course(tx, filled)
        await round_.size("K055", capacity=1)
        gone, stays = (await families(tx, filled.primary, 1))[:2]
        for family in (gone, stays):
            await submit(tx, round_.told, family, "K055")
        await round_.close()
        await tx.execute(text("UPDATE child SET removed = true WHERE child_id = :c"), {"c": gone.child_id})
        await round_.draw()
        await round_.publish()
        assert [one[0] for one in await round_.outcomes(stays)] == ["given"]
        assert (await round_.count())["places"] == 1
