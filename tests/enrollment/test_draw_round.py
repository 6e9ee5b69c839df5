"""A round is drawn and published: exactly once, whoever is killed in between, and each family reads its own."""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.draw.draw_papers import announcement, draw_record
from services.enrollment.draw.draw_round import draw_round
from services.enrollment.draw.own_results import ChildResult, own_results
from services.enrollment.draw.publish_results import publish_results
from services.enrollment.draw.rules.check_papers import check_papers
from services.enrollment.draw.rules.papers import Receipt
from services.enrollment.policy import Policy
from services.enrollment.rounds.close_round import close_round
from services.enrollment.rounds.tables import Round
from services.enrollment.selection.write_places import NewPlace, write_places
from services.enrollment.wishes.rules.submission import Together
from services.kernel.cipher import FieldCipher
from services.kernel.ids import new_id
from tests.enrollment.conftest import NOON, Family, RolledBack, Schools
from tests.enrollment.small_rounds import CLOSES, RESULTS, announced, ids_of, submit, submit_together

FAMILIES_OF = Callable[..., Awaitable[list[Family]]]
COUNTS = text(
    "SELECT (SELECT count(*) FROM draw) AS draws, (SELECT count(*) FROM draw_entry) AS entries,"
    " (SELECT count(*) FROM draw_wish) AS wishes, (SELECT count(*) FROM place) AS places,"
    " (SELECT count(*) FROM outgoing) AS letters"
)


@dataclass
class Course:
    """A round of the primary school that walks through its hours inside one transaction."""

    tx: AsyncSession
    schools: Schools
    cipher: FieldCipher
    policy: Policy
    told: Round

    async def size(self, code: str, *, capacity: int, minimum: int = 1) -> None:
        await self.tx.execute(
            text("UPDATE offering SET capacity = :capacity, minimum_size = :minimum WHERE code = :code"),
            {"capacity": capacity, "minimum": minimum, "code": code},
        )

    async def close(self) -> None:
        self.told = await close_round(self.tx, self.told.school_id, self.told.round_id, now=CLOSES)

    async def draw(self) -> Round:
        ids = (self.told.school_id, self.told.round_id)
        return await draw_round(self.tx, *ids, cipher=self.cipher, policy=self.policy, now=CLOSES)

    async def publish(self, now: datetime = RESULTS) -> Round:
        return await publish_results(self.tx, self.told.school_id, self.told.round_id, now=now)

    async def all_of_it(self) -> None:
        await self.close()
        await self.draw()
        await self.publish()

    async def results(self, family: Family) -> list[ChildResult]:
        ids = (self.told.school_id, self.told.round_id)
        return await own_results(self.tx, *ids, guardian_id=family.guardian_id)

    async def outcomes(self, family: Family) -> list[tuple[str, str]]:
        child = next(one for one in await self.results(family) if one.child_id == family.child_id)
        return [(wish.outcome, wish.sentence) for wish in child.wishes]

    async def count(self) -> dict[str, int]:
        return dict((await self.tx.execute(COUNTS)).mappings().one())


@pytest.fixture
def course(filled: Schools, cipher: FieldCipher, policy: Policy) -> Callable[..., Awaitable[Course]]:
    async def begin(tx: AsyncSession, **told: Any) -> Course:
        await tx.execute(text("UPDATE offering SET minimum_size = 1"))
        return Course(tx, filled, cipher, policy, await announced(tx, filled, **told))

    return begin


async def test_as_many_as_there_are_places_get_one_and_everybody_reads_why(
    filled: Schools, at: RolledBack, families: FAMILIES_OF, course: Any
) -> None:
    async with at(filled.primary) as tx:
        round_ = await course(tx)
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
    filled: Schools, at: RolledBack, families: FAMILIES_OF, course: Any
) -> None:
    async with at(filled.primary) as tx:
        round_ = await course(tx)
        for family in (await families(tx, filled.primary, 1))[:6]:
            await submit(tx, round_.told, family, "K055", "K056")
        await round_.all_of_it()
        before = await round_.count()
        assert before["draws"] == 1
        await round_.draw()
        await round_.publish(RESULTS + timedelta(hours=1))
        assert await round_.count() == before


async def test_nothing_is_drawn_before_the_close_and_nothing_published_before_the_draw(
    filled: Schools, at: RolledBack, families: FAMILIES_OF, course: Any
) -> None:
    async with at(filled.primary) as tx:
        round_ = await course(tx)
        await submit(tx, round_.told, (await families(tx, filled.primary, 1))[0], "K055")
        assert (await round_.draw()).drawn_at is None
        assert (await round_.publish()).published_at is None


async def test_lists_that_changed_after_the_close_are_never_drawn(
    filled: Schools, at: RolledBack, families: FAMILIES_OF, course: Any
) -> None:
    async with at(filled.primary) as tx:
        round_ = await course(tx)
        for family in (await families(tx, filled.primary, 1))[:2]:
            await submit(tx, round_.told, family, "K055")
        await round_.close()
        await tx.execute(text("UPDATE wish_list SET offerings = offerings || offerings"))
        with pytest.raises(RuntimeError, match="published"):
            await round_.draw()


async def test_the_papers_of_a_round_prove_it(
    filled: Schools, at: RolledBack, families: FAMILIES_OF, course: Any
) -> None:
    async with at(filled.primary) as tx:
        round_ = await course(tx)
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
    filled: Schools, at: RolledBack, families: FAMILIES_OF, course: Any
) -> None:
    async with at(filled.primary) as tx:
        round_ = await course(tx)
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
    filled: Schools, at: RolledBack, families: FAMILIES_OF, course: Any
) -> None:
    async with at(filled.primary) as tx:
        round_ = await course(tx, codes=("K055", "K056", "K058"), most_clubs=1)
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
    filled: Schools, at: RolledBack, families: FAMILIES_OF, course: Any
) -> None:
    async with at(filled.primary) as tx:
        round_ = await course(tx, codes=("K055", "K056"))
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


async def test_a_child_that_left_the_school_takes_no_place_from_anybody(
    filled: Schools, at: RolledBack, families: FAMILIES_OF, course: Any
) -> None:
    async with at(filled.primary) as tx:
        round_ = await course(tx)
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


async def tiers(tx: AsyncSession) -> dict[UUID, tuple[int, bool, int]]:
    rows = await tx.execute(text("SELECT child_id, tier, missed_first, position FROM draw_entry"))
    return {row.child_id: (row.tier, row.missed_first, row.position) for row in rows}


async def test_the_policys_groups_come_first_and_no_family_reads_of_it(
    filled: Schools, at: RolledBack, families: FAMILIES_OF, course: Any, policy: Policy
) -> None:
    group = policy.draw.tiers[0][0]
    async with at(filled.primary) as tx:
        round_ = await course(tx)
        await round_.size("K055", capacity=1)
        children = (await families(tx, filled.primary, 1))[:8]
        favoured = children[5]
        await tx.execute(
            text("INSERT INTO child_priority VALUES (:s, :c, :g, :n)"),
            {"s": filled.primary, "c": favoured.child_id, "g": group, "n": NOON},
        )
        for family in children:
            await submit(tx, round_.told, family, "K055")
        await round_.all_of_it()
        assert [one[0] for one in await round_.outcomes(favoured)] == ["given"]
        assert (await tiers(tx))[favoured.child_id] == (0, False, 1)
        for family in children:
            told = json.dumps([vars(one) for one in await round_.results(family)], default=str)
            assert group not in told
            assert "优先" not in told
            assert '"tier"' not in told
        assert "tier" not in (await announcement(tx, round_.told)).model_dump_json()


async def test_who_missed_the_first_wish_last_term_comes_before_the_others(
    filled: Schools, at: RolledBack, families: FAMILIES_OF, course: Any
) -> None:
    async with at(filled.primary) as tx:
        children = (await families(tx, filled.primary, 1))[:6]
        unlucky, lucky = children[4], children[2]
        await last_term(tx, filled, {unlucky.child_id: "full", lucky.child_id: "given"})
        round_ = await course(tx)
        for family in children:
            await submit(tx, round_.told, family, "K055")
        await round_.all_of_it()
        found = await tiers(tx)
        same_tier = [
            found[one.child_id] for one in children if found[one.child_id][0] == found[unlucky.child_id][0]
        ]
        assert found[unlucky.child_id][1]
        assert not found[lucky.child_id][1]
        assert found[unlucky.child_id][2] == min(position for _, _, position in same_tier)


async def last_term(tx: AsyncSession, schools: Schools, outcomes: dict[UUID, str]) -> None:
    """Write down a round of the term before, and what became of the first wishes."""
    ids = {"s": schools.primary, "t": new_id(), "r": new_id(), "now": NOON - timedelta(days=200)}
    await tx.execute(
        text(
            "INSERT INTO term (school_id, term_id, name, kind, starts_on, ends_on, version)"
            " VALUES (:s, :t, '上学期', 'term', '2026-02-20', '2026-07-05', 1)"
        ),
        ids,
    )
    await tx.execute(
        text(
            "INSERT INTO round (school_id, round_id, term_id, kind, title, visible_from, opens_at, closes_at,"
            " results_at, most_clubs, most_wishes, announced_at, announced_by, published_at)"
            " VALUES (:s, :r, :t, 'preference', '', :now, :now, :now, :now, 2, 5, :now, :s, :now)"
        ),
        ids,
    )
    for child_id, outcome in outcomes.items():
        await tx.execute(
            text("INSERT INTO draw_wish VALUES (:s, :r, :c, 1, :o, :outcome, '{}')"),
            {**ids, "c": child_id, "o": new_id(), "outcome": outcome},
        )


async def test_siblings_who_want_the_same_club_with_one_place_left_are_not_torn_apart(
    filled: Schools, at: RolledBack, families: FAMILIES_OF, course: Any
) -> None:
    async with at(filled.primary) as tx:
        round_ = await course(tx)
        await round_.size("K055", capacity=1)
        one, other = (await families(tx, filled.primary, 1))[:2]
        await tx.execute(
            text("UPDATE guardianship SET guardian_id = :g WHERE child_id = :c AND rank = 1"),
            {"g": one.guardian_id, "c": other.child_id},
        )
        pair = (one.child_id, other.child_id)
        lists: dict[UUID, Sequence[str]] = dict.fromkeys(pair, ("K055", "K057"))
        await submit_together(tx, round_.told, one.guardian_id, lists, Together(pair, "same_day", "neither"))
        await round_.all_of_it()
        for child in await round_.results(one):
            assert {wish.outcome for wish in child.wishes if wish.place_id is not None} == {"given"}
            assert sum(wish.place_id is not None for wish in child.wishes) == 1
