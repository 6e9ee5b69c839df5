"""Teachers put offerings forward, the school decides; what is forbidden never gets through."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import time, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.enrollment.menu.decide_proposal import approve_proposal, refuse_proposal
from services.enrollment.menu.errors import (
    CodeTaken,
    MenuBreaksPolicy,
    OfferingNotPossible,
    ProposalDecided,
    UnknownOffering,
    UnknownStaffOrRoom,
)
from services.enrollment.menu.findings_of_offering import findings_of_offering
from services.enrollment.menu.open_offerings import open_offerings
from services.enrollment.menu.public_menu import public_menu
from services.enrollment.menu.whole_menu import whole_menu
from services.enrollment.policy import Policy
from services.enrollment.roster.roster_page import roster_page
from services.kernel.cipher import FieldCipher
from services.kernel.ids import new_id
from tests.enrollment.conftest import NOON, Family, RolledBack, Schools
from tests.enrollment.menu_room import TODAY, MenuRoom

Families = Callable[..., Awaitable[list[Family]]]
NEXT_MONDAY = TODAY + timedelta(days=7)


@pytest.fixture
async def room(filled: Schools, at: RolledBack, policy: Policy) -> AsyncIterator[MenuRoom]:
    async with at(filled.primary) as tx:
        yield MenuRoom(tx, filled, policy)


async def shown(room: MenuRoom, code: str) -> dict[str, Any]:
    _, publication = await public_menu(room.tx, room.school_id, on=TODAY)
    return next(one for one in publication.menu if one["code"] == code)


async def test_a_teacher_puts_an_offering_forward_and_the_school_publishes_it_with_its_aims(
    room: MenuRoom,
) -> None:
    teacher = await room.staff("T045")
    offering = await room.add(put_forward_by=teacher, teacher_id=await room.staff("T044"))
    assert (offering.state, offering.teacher_id, offering.code) == ("proposed", teacher, "K103")
    assert offering.offering_id not in [
        row["offering_id"] for row in await open_offerings(room.tx, room.school_id, now=NOON)
    ]
    approved = await approve_proposal(
        room.tx, room.school_id, offering.offering_id, {"capacity": 16}, policy=room.policy
    )
    assert (approved.state, approved.capacity) == ("draft", 16)
    await room.publish()
    line = await shown(room, "K103")
    assert (line["aims"], line["materials"], line["capacity"]) == ("认识晋东南剪纸", "彩纸、安全剪刀", 16)
    assert line["nature_label"] == "常规"


async def test_nobody_hears_of_what_was_only_put_forward(room: MenuRoom, cipher: FieldCipher) -> None:
    before = (await roster_page(room.tx, room.school_id, since=0, limit=20_000, cipher=cipher)).version
    await room.add(put_forward_by=await room.staff("T045"))
    page = await roster_page(room.tx, room.school_id, since=0, limit=20_000, cipher=cipher)
    assert (page.version, len(page.offerings)) == (before, 102)
    assert await room.findings() == []


async def test_a_proposal_at_a_taken_time_names_both_sides(room: MenuRoom) -> None:
    teacher = await room.staff("T045")
    offering = await room.add(
        put_forward_by=teacher, weekdays=[2], starts=time(17, 0), ends=time(18, 0), title="花样篮球"
    )
    (found,) = await findings_of_offering(room.tx, room.school_id, offering, policy=room.policy)
    assert (found.code, found.offerings) == ("teacher_in_two_places", ("K103", "K056"))


async def test_the_school_refuses_with_a_reason_and_only_once(room: MenuRoom) -> None:
    teacher = await room.staff("T045")
    offering = await room.add(put_forward_by=teacher)
    key = offering.offering_id
    refused = await refuse_proposal(room.tx, room.school_id, key, reason="场地已排满")
    assert (refused.state, refused.ended_because) == ("refused", "场地已排满")
    (row,) = await whole_menu(
        room.tx, room.school_id, await room.term_id(), put_forward_by=teacher, today=TODAY
    )
    assert (row["state"], row["put_forward_name"]) == ("refused", row["teacher"])
    with pytest.raises(ProposalDecided):
        await approve_proposal(room.tx, room.school_id, key, {}, policy=room.policy)
    published = (await room.offering("K055")).offering_id
    with pytest.raises(UnknownOffering):
        await refuse_proposal(room.tx, room.school_id, published, reason="不是申报的")


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"kind": "gambling"}, "kind_unknown"),
        ({"nature": "odd"}, "nature_unknown"),
        ({"ends": time(14, 0)}, "ends_before_start"),
        ({"minimum_size": 21}, "minimum_above_capacity"),
        ({"classes": ["九年级1班"]}, "class_unknown"),
        ({"title": ""}, "incomplete"),
    ],
)
async def test_what_contradicts_itself_is_not_kept(room: MenuRoom, values: dict[str, Any], code: str) -> None:
    with pytest.raises(OfferingNotPossible) as caught:
        await room.add(**values)
    assert caught.value.facts["code"] == code


async def test_a_code_a_teacher_or_a_room_that_is_not_the_schools_is_refused(room: MenuRoom) -> None:
    with pytest.raises(CodeTaken):
        await room.add(code="K055")
    with pytest.raises(UnknownStaffOrRoom):
        await room.add(teacher_id=room.schools.officers["S002"])
    with pytest.raises(UnknownStaffOrRoom):
        await room.change("K055", room_id=new_id())


@pytest.mark.parametrize(
    "nature", ["dangerous", "commercial", "collective_make_up", "new_lessons", "harmful"]
)
async def test_what_is_forbidden_can_be_drafted_and_never_published(room: MenuRoom, nature: str) -> None:
    await room.add(nature=nature, assessment_no="FX-2026-09")
    with pytest.raises(MenuBreaksPolicy) as caught:
        await room.publish()
    assert [one["code"] for one in caught.value.facts["findings"]] == ["nature_forbidden"]


async def test_a_room_too_small_is_a_warning(room: MenuRoom) -> None:
    room_id = await room.tx.scalar(text("SELECT room_id FROM room WHERE name = '西楼201'"))
    holds = await room.tx.scalar(text("SELECT capacity FROM room WHERE name = '西楼201'"))
    await room.add(room_id=room_id, capacity=holds + 1)
    assert await room.codes() == [("capacity_above_room", "should")]


async def test_a_menu_for_a_holiday_opening_that_is_too_short_is_not_published(room: MenuRoom) -> None:
    await room.tx.execute(
        text("UPDATE term SET kind = 'winter_opening', days = jsonb_path_query_array(days, '$[0 to 3]')")
    )
    room.tx.expire_all()
    with pytest.raises(MenuBreaksPolicy) as caught:
        await room.publish()
    assert "opening_too_short" in [one["code"] for one in caught.value.facts["findings"]]
