"""Who comes first in a round, and that no family reads why somebody else does."""

import json
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.draw.draw_papers import announcement
from services.enrollment.policy import Policy
from services.enrollment.wishes.rules.submission import Together
from services.kernel.ids import new_id
from tests.enrollment.conftest import NOON, RolledBack, Schools
from tests.enrollment.draw_course import FAMILIES_OF, begin_course
from tests.enrollment.small_rounds import submit, submit_together


async def tiers(tx: AsyncSession) -> dict[UUID, tuple[int, bool, int]]:
    rows = await tx.execute(text("SELECT child_id, tier, missed_first, position FROM draw_entry"))
    return {row.child_id: (row.tier, row.missed_first, row.position) for row in rows}


async def test_the_policys_groups_come_first_and_no_family_reads_of_it(
    filled: Schools, at: RolledBack, families: FAMILIES_OF, policy: Policy
) -> None:
    group = policy.draw.tiers[0][0]
    async with at(filled.primary) as tx:
        round_ = await begin_course(tx, filled)
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
    filled: Schools, at: RolledBack, families: FAMILIES_OF
) -> None:
    async with at(filled.primary) as tx:
        children = (await families(tx, filled.primary, 1))[:6]
        unlucky, lucky = children[4], children[2]
        await last_term(tx, filled, {unlucky.child_id: "full", lucky.child_id: "given"})
        round_ = await begin_course(tx, filled)
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
    filled: Schools, at: RolledBack, families: FAMILIES_OF
) -> None:
    async with at(filled.primary) as tx:
        round_ = await begin_course(tx, filled)
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
