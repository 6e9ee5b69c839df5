"""Families hand in ranked wishes: replaced as often as they like, refused by name, and nothing half done."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.rounds.cancel_round import cancel_round
from services.enrollment.rounds.errors import RoundCancelled, RoundClosed, RoundNotOpenYet, UnknownRound
from services.enrollment.selection.errors import (
    ForInvitedOnly,
    NoRightToChoose,
    NotForThisClass,
    NotForThisGrade,
)
from services.enrollment.wishes.errors import (
    ChildNamedTwice,
    ClaimInstead,
    LinkNotPossible,
    NotInThisRound,
    SameWishTwice,
    TooManyWishes,
)
from services.enrollment.wishes.own_lists import own_lists
from services.enrollment.wishes.rules.submission import Together
from services.enrollment.wishes.submission_figures import submission_figures
from services.kernel.problems import NotYours
from tests.enrollment.conftest import Family, RolledBack, Schools
from tests.enrollment.small_rounds import (
    CLOSES,
    CLUBS,
    OPENS,
    VISIBLE,
    announced,
    ids_of,
    submit,
    submit_together,
)

SECOND = timedelta(seconds=1)
BROTHERS = text(
    "SELECT array_agg(child_id ORDER BY child_id) AS children, guardian_id FROM guardianship g"
    " JOIN child c USING (school_id, child_id) WHERE school_id = :school_id AND c.grade IN (1, 2, 3)"
    " GROUP BY guardian_id HAVING count(*) >= 2 ORDER BY guardian_id LIMIT 1"
)


async def brothers(tx: AsyncSession, filled: Schools) -> tuple[list[Any], Any]:
    """Return two children of one guardian, and make both first-graders."""
    row = (await tx.execute(BROTHERS, {"school_id": filled.primary})).one()
    await tx.execute(
        text("UPDATE child SET grade = 1 WHERE child_id = ANY(CAST(:children AS uuid[]))"),
        {"children": row.children},
    )
    return row.children, row.guardian_id


async def lists_in(tx: AsyncSession) -> int:
    return int(await tx.scalar(text("SELECT count(*) FROM wish_list")) or 0)


async def test_a_list_is_kept_in_its_order_and_answered_with_a_receipt(
    filled: Schools, at: RolledBack, families: Any
) -> None:
    async with at(filled.primary) as tx:
        told = await announced(tx, filled)
        family = (await families(tx, filled.primary, 1))[0]
        (kept,) = await submit(tx, told, family, "K057", "K055", most_clubs=1)
        assert kept.offerings == await ids_of(tx, "K057", "K055")
        assert (kept.most_clubs, kept.submitted_at, kept.submitted_by) == (1, OPENS, family.guardian_id)
        assert len(bytes.fromhex(kept.ticket)) == 16


async def test_a_later_list_replaces_the_earlier_one_and_keeps_its_ticket(
    filled: Schools, at: RolledBack, families: Any
) -> None:
    async with at(filled.primary) as tx:
        told = await announced(tx, filled)
        family = (await families(tx, filled.primary, 1))[0]
        (first,) = await submit(tx, told, family, "K055", "K056", "K058")
        ticket = first.ticket
        (second,) = await submit(tx, told, family, "K058", now=OPENS + SECOND)
        assert second.offerings == await ids_of(tx, "K058")
        assert second.ticket == ticket
        assert await lists_in(tx) == 1


async def test_an_empty_list_withdraws(filled: Schools, at: RolledBack, families: Any) -> None:
    async with at(filled.primary) as tx:
        told = await announced(tx, filled)
        family = (await families(tx, filled.primary, 1))[0]
        await submit(tx, told, family, "K055")
        assert await submit(tx, told, family) == []
        assert await lists_in(tx) == 0


async def test_no_two_tickets_are_alike(filled: Schools, at: RolledBack, families: Any) -> None:
    async with at(filled.primary) as tx:
        told = await announced(tx, filled)
        children = (await families(tx, filled.primary, 1))[:10]
        tickets = {(await submit(tx, told, family, "K055"))[0].ticket for family in children}
        assert len(tickets) == 10


@pytest.mark.parametrize(
    ("now", "refusal"),
    [
        (VISIBLE - SECOND, UnknownRound),
        (OPENS - SECOND, RoundNotOpenYet),
        (OPENS, None),
        (CLOSES - SECOND, None),
        (CLOSES, RoundClosed),
    ],
)
async def test_wishes_are_taken_from_the_opening_until_before_the_close(
    now: datetime, refusal: Any, filled: Schools, at: RolledBack, families: Any
) -> None:
    async with at(filled.primary) as tx:
        told = await announced(tx, filled)
        family = (await families(tx, filled.primary, 1))[0]
        if refusal is None:
            assert await submit(tx, told, family, "K055", now=now)
            return
        with pytest.raises(refusal) as caught:
            await submit(tx, told, family, "K055", now=now)
        assert "—" not in caught.value.sentence()
        assert await lists_in(tx) == 0


async def test_a_first_come_round_takes_no_wishes(filled: Schools, at: RolledBack, families: Any) -> None:
    async with at(filled.primary) as tx:
        told = await announced(tx, filled, "first_come")
        with pytest.raises(ClaimInstead):
            await submit(tx, told, (await families(tx, filled.primary, 1))[0], "K055")


async def test_a_cancelled_round_takes_no_wishes(filled: Schools, at: RolledBack, families: Any) -> None:
    async with at(filled.primary) as tx:
        told = await announced(tx, filled)
        officer = filled.officers["S001"]
        await cancel_round(tx, filled.primary, told.round_id, reason="停课", by=officer, now=OPENS)
        with pytest.raises(RoundCancelled):
            await submit(tx, told, (await families(tx, filled.primary, 1))[0], "K055")


@pytest.mark.parametrize(
    ("codes", "refusal"),
    [
        (["K055", "K056", "K055"], SameWishTwice),
        (["K055"] * 500, TooManyWishes),
        (["K055", "K059"], NotInThisRound),
        (["K055", "K001"], NotInThisRound),
        (["K055", "K078"], NotForThisGrade),
    ],
)
async def test_a_list_is_refused_by_name(
    codes: list[str], refusal: Any, filled: Schools, at: RolledBack, families: Any
) -> None:
    async with at(filled.primary) as tx:
        told = await announced(tx, filled, codes=[*CLUBS, "K078"])
        family = (await families(tx, filled.primary, 1))[0]
        with pytest.raises(refusal) as caught:
            await submit(tx, told, family, *codes)
        assert caught.value.facts["child_id"] == family.child_id
        assert "—" not in caught.value.sentence()
        assert await lists_in(tx) == 0


async def test_an_offering_for_another_class_or_for_the_invited_is_no_wish(
    filled: Schools, at: RolledBack, families: Any
) -> None:
    async with at(filled.primary) as tx:
        told = await announced(tx, filled)
        family, other = (await families(tx, filled.primary, 1, "1班"))[:2]
        await tx.execute(text("UPDATE offering SET classes = '{一年级2班}' WHERE code = 'K055'"))
        await tx.execute(text("UPDATE offering SET by_invitation = true WHERE code = 'K056'"))
        await tx.execute(
            text(
                "INSERT INTO offering_invitation SELECT school_id, offering_id, :child, :by, now() FROM offering"
                " WHERE code = 'K056'"
            ),
            {"child": other.child_id, "by": filled.officers["S001"]},
        )
        with pytest.raises(NotForThisClass):
            await submit(tx, told, family, "K055")
        with pytest.raises(ForInvitedOnly):
            await submit(tx, told, family, "K056")
        assert await submit(tx, told, other, "K056")


async def test_what_was_withdrawn_from_the_menu_is_no_wish(
    filled: Schools, at: RolledBack, families: Any
) -> None:
    async with at(filled.primary) as tx:
        told = await announced(tx, filled)
        await tx.execute(text("UPDATE offering SET state = 'withdrawn' WHERE code = 'K055'"))
        with pytest.raises(NotInThisRound):
            await submit(tx, told, (await families(tx, filled.primary, 1))[0], "K055")


async def test_somebody_elses_child_is_as_if_it_were_not_there(
    filled: Schools, at: RolledBack, families: Any
) -> None:
    async with at(filled.primary, filled.junior) as tx:
        told = await announced(tx, filled)
        mine, other = (await families(tx, filled.primary, 1))[:2]
        far = (await families(tx, filled.junior, 7))[0]
        for child in (other, far):
            with pytest.raises(NotYours):
                await submit(tx, told, Family(child.child_id, mine.guardian_id, 1, "1班"), "K055")
        with pytest.raises(NotYours):
            await submit_together(
                tx, told, mine.guardian_id, {mine.child_id: ["K055"], other.child_id: ["K055"]}
            )
        assert await lists_in(tx) == 0, "nothing half done: the own child's list is not kept either"
        await submit(tx, told, other, "K055")
        seen = await own_lists(tx, filled.primary, told.round_id, guardian_id=mine.guardian_id)
        assert seen == []


async def test_a_guardian_without_the_right_does_not_choose(
    filled: Schools, at: RolledBack, families: Any
) -> None:
    async with at(filled.primary) as tx:
        told = await announced(tx, filled)
        family = (await families(tx, filled.primary, 1))[0]
        await tx.execute(
            text("UPDATE guardianship SET may_choose = false WHERE child_id = :child"),
            {"child": family.child_id},
        )
        with pytest.raises(NoRightToChoose):
            await submit(tx, told, family, "K055")


async def test_siblings_are_linked_and_the_link_is_part_of_the_list(filled: Schools, at: RolledBack) -> None:
    async with at(filled.primary) as tx:
        told = await announced(tx, filled)
        (elder, younger), guardian = await brothers(tx, filled)
        both = Together([elder, younger], "same_day", "neither")
        lists: dict[Any, Any] = {elder: ["K055"], younger: ["K056"]}
        kept = await submit_together(tx, told, guardian, lists, both)
        assert len({one.linked_id for one in kept} - {None}) == 1
        assert {(one.link, one.if_apart) for one in kept} == {("same_day", "neither")}
        await submit_together(tx, told, guardian, {elder: ["K058"]})
        seen = await own_lists(tx, filled.primary, told.round_id, guardian_id=guardian)
        assert [one.linked_id for one in seen] == [None, None], "one alone is no link"
        assert {one.child_id: one.offerings for one in seen}[younger] == await ids_of(tx, "K056")


async def test_a_link_needs_two_own_children_with_lists(
    filled: Schools, at: RolledBack, families: Any
) -> None:
    async with at(filled.primary) as tx:
        told = await announced(tx, filled)
        (elder, younger), guardian = await brothers(tx, filled)
        stranger = (await families(tx, filled.primary, 1, "4班"))[0].child_id
        lists: dict[Any, Any] = {elder: ["K055"], younger: ["K056"]}
        for linked in ([elder], [elder, stranger], [elder, younger, stranger]):
            with pytest.raises(LinkNotPossible):
                await submit_together(tx, told, guardian, lists, Together(linked, "same_end", "each"))
        withdrawn: dict[Any, Any] = {elder: ["K055"], younger: []}
        with pytest.raises(LinkNotPossible):
            await submit_together(
                tx, told, guardian, withdrawn, Together([elder, younger], "same_end", "each")
            )
        with pytest.raises(ChildNamedTwice):
            await submit_together(
                tx, told, guardian, lists, Together([elder, elder, younger], "same_end", "each")
            )
        assert await lists_in(tx) == 0


async def test_an_officer_sees_how_many_lists_are_in_and_who_has_none(
    filled: Schools, at: RolledBack, families: Any
) -> None:
    async with at(filled.primary) as tx:
        told = await announced(tx, filled)
        first, second, third = (await families(tx, filled.primary, 1))[:3]
        await submit(tx, told, first, "K055", "K056")
        await submit(tx, told, second, "K056")
        figures = await submission_figures(tx, filled.primary, told.round_id)
        assert figures.lists == 2
        wishes = {row.code: (row.wishes, row.first_wishes) for row in figures.offerings}
        assert wishes == {"K055": (1, 1), "K056": (2, 1), "K057": (0, 0), "K058": (0, 0)}
        missing = {row.child_id for row in figures.missing}
        assert third.child_id in missing
        assert not {first.child_id, second.child_id} & missing
        assert max(row.grade for row in figures.missing) < 6, "nothing in it is for the sixth grade"
