"""What guardians may do, who is whose sibling, and how a child is found."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.families.change_guardianship import Rights, end_guardianship, set_rights
from services.enrollment.families.child_page import child_page
from services.enrollment.families.errors import ChildNotOnFile, NobodyWouldBeTold, UnknownGuardian
from services.enrollment.families.find_children import find_children
from services.enrollment.families.own_children import own_children
from services.enrollment.families.rules.name_reading import initials_of, pinyin_of
from services.enrollment.families.siblings import siblings_of
from services.enrollment.schools.people_by_phone import people_by_phone
from services.enrollment.selection.ask_for_care import CareAsked, ask_for_care
from services.enrollment.selection.errors import NoRightToChoose
from services.kernel.cipher import FieldCipher
from services.kernel.clock import ManualClock, school_day
from tests.enrollment.conftest import NOON, RolledBack, Schools
from tests.enrollment.door import Door, open_door

TODAY = school_day(NOON)
_PAIR = text(
    "SELECT child_id, min(guardian_id::text) FILTER (WHERE rank = 1) AS first,"
    "       min(guardian_id::text) FILTER (WHERE rank = 2) AS second FROM guardianship"
    " GROUP BY child_id HAVING count(*) = 2 ORDER BY child_id LIMIT 1"
)
_SIBLINGS = text(
    "SELECT a.child_id AS one, b.child_id AS other, a.guardian_id FROM guardianship a"
    " JOIN guardianship b USING (school_id, guardian_id) WHERE a.child_id < b.child_id ORDER BY 1, 2 LIMIT 1"
)


@pytest.fixture
async def door(own_copy: Schools, clock: ManualClock, tmp_path: Path) -> AsyncIterator[Door]:
    async with open_door(own_copy, clock, tmp_path) as opened:
        yield opened


def rights(**but: Any) -> Rights:
    return Rights(
        **{"may_choose": True, "may_sign": True, "may_collect": True, "is_told": True, "rank": 1, **but}
    )


async def pair(tx: AsyncSession) -> Any:
    """A child with two guardians."""
    return (await tx.execute(_PAIR)).one()


async def test_a_guardian_without_the_right_no_longer_chooses(
    filled: Schools, at: RolledBack, families: Any
) -> None:
    async with at(filled.primary) as tx:
        family = (await families(tx, filled.primary, 1))[0]
        bond = (family.child_id, family.guardian_id)
        changed = await set_rights(tx, filled.primary, bond, rights(may_choose=False, rank=2), now=NOON)
        assert (changed.may_choose, changed.rank) == (False, 2)
        wish = [CareAsked(family.child_id)]
        with pytest.raises(NoRightToChoose):
            await ask_for_care(tx, filled.primary, wish, guardian_id=family.guardian_id, now=NOON)


async def test_somebody_always_hears_of_a_child(filled: Schools, at: RolledBack) -> None:
    async with at(filled.primary) as tx:
        row = await pair(tx)
        await end_guardianship(tx, filled.primary, (row.child_id, row.second), now=NOON)
        with pytest.raises(UnknownGuardian):
            await end_guardianship(tx, filled.primary, (row.child_id, row.second), now=NOON)
        with pytest.raises(NobodyWouldBeTold):
            await end_guardianship(tx, filled.primary, (row.child_id, row.first), now=NOON)
        with pytest.raises(NobodyWouldBeTold):
            await set_rights(tx, filled.primary, (row.child_id, row.first), rights(is_told=False), now=NOON)


async def test_who_is_no_guardian_any_more_neither_sees_the_child_nor_logs_in(
    filled: Schools, at: RolledBack, cipher: FieldCipher
) -> None:
    async with at(filled.primary) as tx:
        row = await pair(tx)
        sealed = await tx.scalar(
            text("SELECT phone_sealed FROM guardian WHERE guardian_id = CAST(:id AS uuid)"),
            {"id": row.second},
        )
        phone = cipher.open(sealed)
        children = await tx.scalars(
            text("SELECT child_id FROM guardianship WHERE guardian_id = CAST(:id AS uuid)"),
            {"id": row.second},
        )
        for child_id in list(children):
            await end_guardianship(tx, filled.primary, (child_id, row.second), now=NOON)
        found = await people_by_phone(tx, phone, cipher=cipher)
        assert filled.primary not in [person.school_id for person in found]


async def test_another_schools_child_has_no_rights_to_change(
    filled: Schools, at: RolledBack, families: Any
) -> None:
    async with at(filled.primary, filled.junior) as tx:
        foreign = (await families(tx, filled.junior, 7))[0]
        bond = (foreign.child_id, foreign.guardian_id)
        with pytest.raises(ChildNotOnFile):
            await set_rights(tx, filled.primary, bond, rights(), now=NOON)


async def test_siblings_are_those_who_share_a_guardian_that_neither_lost(
    filled: Schools, at: RolledBack
) -> None:
    async with at(filled.primary) as tx:
        row = (await tx.execute(_SIBLINGS)).one()
        related = await siblings_of(tx, filled.primary, [row.one])
        assert row.other in related[row.one]
        page = await child_page(tx, filled.primary, row.one, today=TODAY)
        assert row.other in [sibling["child_id"] for sibling in page.siblings]
        (mine,) = [
            child
            for child in await own_children(tx, {filled.primary: row.guardian_id}, today=TODAY)
            if child.row["child_id"] == row.one
        ]
        assert row.other in mine.siblings
        await tx.execute(
            text("UPDATE guardianship SET removed = true WHERE child_id = :child"), {"child": row.other}
        )
        assert row.other not in (await siblings_of(tx, filled.primary, [row.one])).get(row.one, set())


async def test_children_without_a_guardian_in_common_are_no_siblings(filled: Schools, at: RolledBack) -> None:
    async with at(filled.primary) as tx:
        alone = await tx.scalar(
            text(
                "SELECT child_id FROM child WHERE child_id NOT IN (SELECT a.child_id FROM guardianship a"
                " JOIN guardianship b USING (school_id, guardian_id) WHERE a.child_id <> b.child_id) LIMIT 1"
            )
        )
        assert await siblings_of(tx, filled.primary, [alone]) == {}


@pytest.mark.parametrize(
    ("name", "pinyin", "initials"),
    [
        ("单雪", "shan xue", "sx"),
        ("曾乐乐", "zeng le le", "zll"),
        ("仇重阳", "qiu chong yang", "qcy"),
        ("尉迟恭", "yu chi gong", "ycg"),
        ("吕绿", "lv lv", "ll"),
    ],
)
def test_a_surname_is_read_as_a_surname(name: str, pinyin: str, initials: str) -> None:
    assert (pinyin_of(name), initials_of(name)) == (pinyin, initials)


@pytest.mark.parametrize(
    "said",
    ["单雪", "雪", " 单 雪 ", "单　雪", "sx", "SX", "s x", "shanxue", "Shan Xue", "shan", "ＳＸ", "xue"],
)
async def test_a_child_is_found_however_its_name_is_typed(said: str, filled: Schools, at: RolledBack) -> None:
    async with at(filled.primary) as tx:
        await tx.execute(
            text(
                "UPDATE child SET name = '单雪', pinyin = :pinyin, initials = :initials"
                " WHERE student_no = '20260101'"
            ),
            {"pinyin": pinyin_of("单雪"), "initials": initials_of("单雪")},
        )
        found = await find_children(tx, filled.primary, said, grade=1, class_name="1班")
        assert "20260101" in [row.student_no for row in found]


async def test_a_word_that_means_nobody_finds_nobody(filled: Schools, at: RolledBack) -> None:
    async with at(filled.primary) as tx:
        for said in ("不存在的名字", "zzzzzz", "%", "_"):
            assert await find_children(tx, filled.primary, said) == []


async def test_an_officer_reads_a_childs_page_and_changes_rights_over_http(door: Door) -> None:
    (family, *_) = await door.families()
    query = {"school_id": str(door.schools.primary)}
    address = f"/families/children/{family.child_id}"
    page = (await door.http.get(address, headers=door.officer, params=query)).json()
    assert page["class_name"] == "1班"
    assert page["guardians"][0]["phone"][3:7] == "****"
    body = {**query, "may_choose": False, "may_sign": True, "may_collect": True, "is_told": True, "rank": 1}
    bond = f"{address}/guardians/{family.guardian_id}"
    answer = await door.http.put(bond, headers=door.officer, json=body)
    assert (answer.status_code, answer.json()["may_choose"]) == (200, False)
    assert (await door.http.put(bond, headers=door.guardian(family), json=body)).status_code == 403


async def test_a_missing_child_is_transferred_out_and_a_new_one_in_over_http(door: Door) -> None:
    (family, *_) = await door.families()
    school = str(door.schools.primary)
    leaving = {
        "school_id": school,
        "child_ids": [str(family.child_id)],
        "effective_on": "2026-11-23",
        "reason": "转学",
    }
    assert (
        await door.http.post("/families/transfers-out", headers=door.officer, json=leaving)
    ).status_code == 201
    own = await door.http.get("/children", headers=door.guardian(family))
    assert str(family.child_id) not in own.text
    newcomer = {
        "school_id": school, "student_no": "20269002", "name": "新同学", "grade": "2", "class_name": "1",
        "guardians": [{"name": "新家长", "relation": "母亲", "phone": "13812340000"}],
        "effective_on": "2026-11-23", "reason": "随迁",
    }  # fmt: skip
    answer = await door.http.post("/families/transfers-in", headers=door.officer, json=newcomer)
    assert (answer.status_code, answer.json()["returned"]) == (201, False)
    plan = await door.http.post(
        "/families/promotion", headers=door.officer, json={"school_id": school, "dry_run": True}
    )
    assert plan.json()["promoted"] + plan.json()["graduated"] == 1184
    refused = await door.http.post("/families/promotion", headers=door.officer, json={"school_id": school})
    assert refused.json()["type"] == "urn:kehou:problem:term-still-runs"


async def test_a_guardian_names_a_collector_with_a_photo_over_http(door: Door) -> None:
    (family, *others) = await door.families()
    school = str(door.schools.primary)
    body = {
        "school_id": school, "child_id": str(family.child_id), "name": "刘 奶奶", "relation": "祖母",
        "phone": "137-0000-1111", "born_year": 1958, "valid_from": "2026-11-23", "valid_until": "2027-01-22",
        "weekdays": [1, 5],
    }  # fmt: skip
    named = await door.http.post("/collectors", headers=door.guardian(family), json=body)
    assert (named.status_code, named.json()["name"]) == (201, "刘奶奶")
    photo = f"/collectors/{named.json()['collector_id']}/photo"
    query = {"school_id": school}
    jpeg = b"\xff\xd8\xff\xe0" + bytes(64)
    headers = {**door.guardian(family), "Content-Type": "image/jpeg"}
    assert (await door.http.put(photo, headers=headers, params=query, content=jpeg)).status_code == 200
    seen = await door.http.get(photo, headers=door.officer, params=query)
    assert (seen.content, seen.headers["content-type"]) == (jpeg, "image/jpeg")
    stranger = next(other for other in others if other.guardian_id != family.guardian_id)
    assert (await door.http.get(photo, headers=door.guardian(stranger), params=query)).status_code == 404
    listed = await door.http.get(
        "/collectors", headers=door.officer, params={**query, "child_id": str(family.child_id)}
    )
    assert [one["has_photo"] for one in listed.json()["collectors"] if one["name"] == "刘奶奶"] == [True]
    ended = await door.http.delete(
        f"/collectors/{named.json()['collector_id']}", headers=door.guardian(family), params=query
    )
    assert ended.json()["removed"]
