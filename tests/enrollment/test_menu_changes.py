"""A published offering changes at the next publication, and no publication takes a place away."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import time, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.enrollment.menu.change_offering import drop_change
from services.enrollment.menu.errors import (
    MenuBreaksPolicy,
    NoPendingChange,
    OfferingNotPossible,
)
from services.enrollment.menu.findings_of_offering import findings_of_offering
from services.enrollment.menu.public_menu import public_menu
from services.enrollment.menu.whole_menu import whole_menu
from services.enrollment.policy import Policy
from tests.enrollment.conftest import Family, RolledBack, Schools
from tests.enrollment.menu_room import TODAY, MenuRoom, told

Families = Callable[..., Awaitable[list[Family]]]
NEXT_MONDAY = TODAY + timedelta(days=7)


@pytest.fixture
async def room(filled: Schools, at: RolledBack, policy: Policy) -> AsyncIterator[MenuRoom]:
    async with at(filled.primary) as tx:
        yield MenuRoom(tx, filled, policy)


async def shown(room: MenuRoom, code: str) -> dict[str, Any]:
    _, publication = await public_menu(room.tx, room.school_id, on=TODAY)
    return next(one for one in publication.menu if one["code"] == code)


async def pending(room: MenuRoom, code: str) -> dict[str, Any] | None:
    rows = await whole_menu(room.tx, room.school_id, await room.term_id(), today=TODAY)
    found: dict[str, Any] | None = next(row["pending"] for row in rows if row["code"] == code)
    return found


async def test_a_change_waits_until_the_next_publication(room: MenuRoom) -> None:
    await room.change("K055", title="软笔书法（低年级）", capacity=26)
    assert (await room.offering("K055")).title == "硬笔书法（低年级）"
    assert await pending(room, "K055") == {"title": "软笔书法（低年级）", "capacity": 26}
    assert (await shown(room, "K055"))["title"] == "硬笔书法（低年级）"
    publication = await room.publish()
    assert publication.number == 2
    assert ((await room.offering("K055")).title, await pending(room, "K055")) == ("软笔书法（低年级）", None)
    assert (await shown(room, "K055"))["capacity"] == 26
    assert [fact["number"] for fact in await told(room.tx, "menu-published")][-1] == 2


async def test_changes_add_up_and_what_is_changed_back_falls_away(room: MenuRoom) -> None:
    await room.change("K055", capacity=26)
    await room.change("K055", starts=time(17, 40))
    assert await pending(room, "K055") == {"capacity": 26, "starts": "17:40:00"}
    await room.change("K055", capacity=24)
    assert await pending(room, "K055") == {"starts": "17:40:00"}
    key = (await room.offering("K055")).offering_id
    await drop_change(room.tx, room.school_id, key)
    assert await pending(room, "K055") is None
    with pytest.raises(NoPendingChange):
        await drop_change(room.tx, room.school_id, key)


@pytest.mark.parametrize("values", [{"code": "K999"}, {"kind": "basic_care"}])
async def test_code_and_care_are_fixed_once_published(room: MenuRoom, values: dict[str, Any]) -> None:
    with pytest.raises(OfferingNotPossible) as caught:
        await room.change("K055", **values)
    assert caught.value.facts["code"] == "fixed_once_published"


async def test_places_follow_to_other_weekdays_from_today(room: MenuRoom, families: Families) -> None:
    some = await families(room.tx, room.school_id, 1)
    await room.give("K056", some[:3])
    await room.change("K056", weekdays=[4])
    await room.publish()
    assert await room.places("K056") == [([2], TODAY, TODAY)] * 3 + [([4], TODAY, None)] * 3
    moved = await told(room.tx, "club-moved")
    assert {fact["child_id"] for fact in moved} == {str(one.child_id) for one in some[:3]}
    assert {(fact["number"], *fact["weekdays"], fact["starts"]) for fact in moved} == {(2, 4, "17:30:00")}


async def test_care_is_put_right_for_the_children_of_a_club_that_moves(
    room: MenuRoom, families: Families
) -> None:
    (family, *_) = await families(room.tx, room.school_id, 1)
    await room.tx.execute(
        text(
            "INSERT INTO care_wish (school_id, child_id, weekdays, until, asked_by, asked_at)"
            " VALUES (:school, :child, '{1,2,3,4,5}', '18:30', :guardian, now())"
        ),
        {"school": room.school_id, "child": family.child_id, "guardian": family.guardian_id},
    )
    await room.give("K056", [family])
    await room.tx.execute(text("DELETE FROM care_due"))
    await room.change("K056", starts=time(16, 40), ends=time(17, 30))
    await room.publish()
    due = await room.tx.execute(text("SELECT child_id, since FROM care_due"))
    assert [tuple(row) for row in due] == [(family.child_id, TODAY)]


async def test_a_club_does_not_shrink_below_its_children(room: MenuRoom, families: Families) -> None:
    await room.give("K056", (await families(room.tx, room.school_id, 1))[:4])
    await room.change("K056", capacity=3, minimum_size=1)
    assert await room.codes() == [("capacity_below_places", "must")]
    with pytest.raises(MenuBreaksPolicy):
        await room.publish()
    assert (await room.offering("K056")).capacity == 24
    await room.change("K056", capacity=4)
    await room.publish()
    assert (await room.offering("K056")).capacity == 4


async def test_a_new_time_that_meets_a_childs_other_club_names_both(
    room: MenuRoom, families: Families
) -> None:
    some = await families(room.tx, room.school_id, 1)
    await room.give("K056", some[:3])
    await room.give("K057", some[1:5])
    await room.change("K056", weekdays=[3], room_id=None)
    (found,) = await room.findings()
    assert (found.code, found.force, found.offerings) == ("child_in_two_places", "must", ("K056", "K057"))
    assert "有 2 名孩子" in found.sentence
    with pytest.raises(MenuBreaksPolicy):
        await room.publish()
    assert await room.places("K056") == [([2], TODAY, None)] * 3


async def test_two_clubs_that_move_out_of_each_others_way_meet_nowhere(
    room: MenuRoom, families: Families
) -> None:
    some = (await families(room.tx, room.school_id, 1))[:2]
    await room.give("K056", some)
    await room.give("K057", some)
    await room.change("K056", weekdays=[3], room_id=None)
    await room.change("K057", weekdays=[2], room_id=None, teacher_id=None)
    assert await room.codes() == []


async def test_who_is_left_out_of_new_grades_keeps_the_place(room: MenuRoom, families: Families) -> None:
    await room.give("K056", (await families(room.tx, room.school_id, 1))[:2])
    await room.change("K056", grades=[2, 3, 4])
    assert await room.codes() == [("holders_left_out", "should")]
    publication = await room.publish()
    assert [one["code"] for one in publication.findings] == ["holders_left_out"]
    assert await room.places("K056") == [([2], TODAY, None)] * 2


async def test_a_smaller_care_group_only_takes_no_further_children(
    room: MenuRoom, families: Families
) -> None:
    await room.give("K050", (await families(room.tx, room.school_id, 5))[:3])
    await room.change("K050", capacity=2)
    assert await room.codes() == [("capacity_below_places", "should")]
    await room.publish()
    assert len(await room.places("K050")) == 3


async def test_a_change_to_a_taken_teacher_and_room_names_both_sides_at_once(room: MenuRoom) -> None:
    changed = await room.change("K056", weekdays=[1], teacher_id=await room.staff("T044"))
    found = await findings_of_offering(room.tx, room.school_id, changed, policy=room.policy)
    assert [(one.code, one.offerings) for one in found] == [
        ("teacher_in_two_places", ("K056", "K055")),
        ("room_taken_twice", ("K056", "K080")),
    ]
    with pytest.raises(MenuBreaksPolicy):
        await room.publish()
