"""Who comes from outside, with which papers; and whom single offerings are for."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.enrollment.menu.errors import MenuBreaksPolicy, NotByInvitation, NotYourOffering
from services.enrollment.menu.invite_children import (
    invite_children,
    invited_children,
    take_invitation_back,
)
from services.enrollment.menu.public_menu import public_menu
from services.enrollment.menu.rules.menu_objections import menu_objections
from services.enrollment.menu.rules.outside_people import Papers, own_teachers
from services.enrollment.partners.errors import CheckNotPossible, UnknownPartner, UnknownPartnerKind
from services.enrollment.partners.keep_partner import (
    PartnerFacts,
    add_partner,
    change_partner,
    partners_on_file,
)
from services.enrollment.partners.tables import Partner
from services.enrollment.policy import Policy
from services.kernel.ids import new_id
from services.kernel.problems import NotYours
from tests.enrollment.conftest import NOON, Family, RolledBack, Schools
from tests.enrollment.menu_room import TODAY, MenuRoom
from tests.enrollment.test_menu_rules import offering

Families = Callable[..., Awaitable[list[Family]]]
SINGER = PartnerFacts(
    name="郭老师（退休音乐教师）",
    kind="retired_teacher",
    qualification="教师资格证 20011405521000001",
    check_no="HC-2026-0118",
    checked_on=date(2026, 8, 20),
    check_valid_until=date(2027, 8, 19),
)


@pytest.fixture
async def room(filled: Schools, at: RolledBack, policy: Policy) -> AsyncIterator[MenuRoom]:
    async with at(filled.primary) as tx:
        yield MenuRoom(tx, filled, policy)


async def put_on_file(room: MenuRoom, facts: PartnerFacts) -> Partner:
    return await add_partner(room.tx, room.school_id, facts, by=room.officer, policy=room.policy, now=NOON)


async def test_a_partner_with_papers_stands_on_the_public_menu(room: MenuRoom) -> None:
    partner = await put_on_file(room, SINGER)
    await room.add(partner_id=partner.partner_id)
    assert await room.codes() == []
    await room.publish()
    _, publication = await public_menu(room.tx, room.school_id, on=TODAY)
    line = next(one for one in publication.menu if one["code"] == "K103")
    assert (line["partner"], line["partner_kind"]) == (SINGER.name, "退休教师")


@pytest.mark.parametrize(
    "lacking",
    [
        {"qualification": None},
        {"check_no": None},
        {"checked_on": None},
        {"check_valid_until": None},
        {"check_valid_until": TODAY - timedelta(days=1)},
        {"ended": True},
    ],
    ids=lambda facts: next(iter(facts)),
)
async def test_without_valid_papers_on_file_nothing_is_published(
    room: MenuRoom, lacking: dict[str, Any]
) -> None:
    partner = await put_on_file(room, replace(SINGER, **lacking))
    await room.add(partner_id=partner.partner_id)
    with pytest.raises(MenuBreaksPolicy) as caught:
        await room.publish()
    (found,) = caught.value.facts["findings"]
    assert (found["rule"], found["clause"], found["code"]) == ("R21", "三（四）2", "partner_papers_missing")
    assert SINGER.name in found["sentence"]


async def test_a_check_that_runs_out_within_the_term_is_a_warning(room: MenuRoom) -> None:
    partner = await put_on_file(room, replace(SINGER, check_valid_until=date(2027, 1, 10)))
    await room.add(partner_id=partner.partner_id)
    assert await room.codes() == [("partner_check_ends", "should")]
    await room.publish()


async def test_papers_are_brought_up_to_date(room: MenuRoom) -> None:
    partner = await put_on_file(room, replace(SINGER, check_no=None))
    await room.add(partner_id=partner.partner_id)
    assert await room.codes() == [("partner_papers_missing", "must")]
    key = partner.partner_id
    await change_partner(room.tx, room.school_id, key, SINGER, by=room.officer, policy=room.policy, now=NOON)
    assert await room.codes() == []
    assert [one.check_no for one in await partners_on_file(room.tx, room.school_id)] == [SINGER.check_no]


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"kind": "friend"}, UnknownPartnerKind),
        ({"checked_on": TODAY + timedelta(days=1)}, CheckNotPossible),
        ({"check_valid_until": date(2026, 8, 1)}, CheckNotPossible),
    ],
)
async def test_what_cannot_be_is_not_put_on_file(
    room: MenuRoom, facts: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        await put_on_file(room, replace(SINGER, **facts))


async def test_a_partner_that_is_not_the_schools_is_not_there(room: MenuRoom) -> None:
    with pytest.raises(UnknownPartner):
        await room.add(partner_id=new_id())
    with pytest.raises(UnknownPartner):
        await change_partner(
            room.tx, room.school_id, new_id(), SINGER, by=room.officer, policy=room.policy, now=NOON
        )


def test_the_schools_own_teachers_carry_at_least_half_of_the_hours(policy: Policy) -> None:
    own = offering("K1", ends=time(17, 30))
    outside = offering("K2", starts=time(17, 30), partner="博物馆")
    assert list(own_teachers([own, outside], policy)) == []
    longer = offering("K3", starts=time(17, 30), ends=time(18, 31), partner="博物馆")
    (found,) = own_teachers([own, longer], policy)
    assert (found.rule, found.force, found.code) == ("R20", "should", "outside_people_carry_most")
    assert found in menu_objections([own, longer], policy, [])


@pytest.mark.parametrize(
    ("on", "valid"),
    [
        (date(2026, 8, 19), False),
        (date(2026, 8, 20), True),
        (date(2027, 8, 19), True),
        (date(2027, 8, 20), False),
    ],
)
def test_both_days_of_a_check_are_in_its_validity(on: date, valid: bool) -> None:  # noqa: FBT001 - a table
    papers = Papers(SINGER.qualification, SINGER.check_no, SINGER.checked_on, SINGER.check_valid_until)
    assert (papers.lacking(on) is None) is valid


async def test_an_officer_or_its_teacher_invites_children_and_nobody_else(
    room: MenuRoom, families: Families
) -> None:
    teacher, other = await room.staff("T045"), await room.staff("T046")
    drafted = await room.add(by_invitation=True, teacher_id=teacher, kind="tutoring", title="单独辅导")
    key = drafted.offering_id
    one, two, *_ = [family.child_id for family in await families(room.tx, room.school_id, 1)]
    for by, officer, child in ((teacher, False, one), (room.officer, True, two), (teacher, False, one)):
        await invite_children(room.tx, room.school_id, key, [child], by=by, officer=officer, now=NOON)
    with pytest.raises(NotYourOffering):
        await invite_children(room.tx, room.school_id, key, [one], by=other, officer=False, now=NOON)
    with pytest.raises(NotYourOffering):
        await invited_children(room.tx, room.school_id, key, by=other, officer=False)
    rows = await invited_children(room.tx, room.school_id, key, by=teacher, officer=False)
    assert {row["child_id"] for row in rows} == {one, two}
    await take_invitation_back(room.tx, room.school_id, key, two, by=teacher, officer=False)
    rows = await invited_children(room.tx, room.school_id, key, by=teacher, officer=False)
    assert [row["child_id"] for row in rows] == [one]


async def test_a_child_of_another_school_is_not_invited(room: MenuRoom) -> None:
    drafted = await room.add(by_invitation=True)
    with pytest.raises(NotYours):
        await invite_children(
            room.tx, room.school_id, drafted.offering_id, [new_id()], by=room.officer, officer=True, now=NOON
        )


async def test_an_offering_for_all_invites_nobody(room: MenuRoom, families: Families) -> None:
    key = (await room.offering("K055")).offering_id
    (family, *_) = await families(room.tx, room.school_id, 1)
    with pytest.raises(NotByInvitation):
        await invite_children(
            room.tx, room.school_id, key, [family.child_id], by=room.officer, officer=True, now=NOON
        )
    assert await room.tx.scalar(text("SELECT count(*) FROM offering_invitation")) == 0


async def test_an_offering_for_some_classes_names_classes_that_are_there(room: MenuRoom) -> None:
    drafted = await room.add(grades=[1, 2], classes=["一年级1班", "二年级2班"])
    await room.publish()
    _, publication = await public_menu(room.tx, room.school_id, on=TODAY)
    line = next(one for one in publication.menu if one["code"] == drafted.code)
    assert line["classes"] == ["一年级1班", "二年级2班"]
