"""A corrected menu sheet during the term: new rows are drafts, what is published waits, nothing is withdrawn."""

from collections.abc import AsyncIterator, Callable
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import text

from services.enrollment.imports.errors import RowsRejected
from services.enrollment.imports.finding import Report
from services.enrollment.imports.import_file import Upload, import_file
from services.enrollment.imports.sheet_kinds import Desk
from services.enrollment.menu.errors import OfferingNotPossible
from services.enrollment.menu.tables import OfferingChange
from services.enrollment.partners.keep_partner import add_partner
from services.enrollment.policy import Policy
from services.kernel.cipher import FieldCipher
from tests.enrollment.conftest import EXAMPLES, NOON, RolledBack, Schools
from tests.enrollment.menu_room import MenuRoom
from tests.enrollment.test_partners import SINGER

Line = dict[str, Any]
MORE = ("教学目标", "材料准备", "面向班级", "邀请制", "校外人员", "选课方式")


@pytest.fixture
async def room(filled: Schools, at: RolledBack, policy: Policy) -> AsyncIterator[MenuRoom]:
    async with at(filled.primary) as tx:
        yield MenuRoom(tx, filled, policy)


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    """The school's own sheet, as lines by column."""
    rows = list(load_workbook(EXAMPLES / "primary-menu.xlsx").worksheets[0].iter_rows(values_only=True))
    return [dict(zip(map(str, rows[1]), row, strict=True)) for row in rows[2:] if row[0]]


def sheet(lines: list[Line], *more: str) -> BytesIO:
    book = Workbook()
    page = book.active
    assert page is not None
    columns = [*lines[0], *more]
    page.append(columns)
    for line in lines:
        page.append([line.get(column) for column in columns])
    file = BytesIO()
    book.save(file)
    file.seek(0)
    return file


@pytest.fixture
def take(room: MenuRoom, cipher: FieldCipher) -> Callable[..., Any]:
    async def take(lines: list[Line], *more: str) -> Report:
        desk = Desk(room.school_id, room.policy, cipher, NOON)
        return await import_file(room.tx, desk, "menu", Upload("菜单.xlsx", sheet(lines, *more)))

    return take


def edited(lines: list[Line], code: str, **values: Any) -> list[Line]:
    return [{**line, **values} if line["课程编号"] == code else line for line in lines]


async def pending(room: MenuRoom, code: str) -> dict[str, Any] | None:
    found = await room.tx.get(
        OfferingChange, (room.school_id, (await room.offering(code)).offering_id), populate_existing=True
    )
    return None if found is None else found.new_values


async def test_a_corrected_sheet_waits_beside_what_is_published(
    room: MenuRoom, lines: list[Line], take: Callable[..., Any]
) -> None:
    corrected = edited(lines, "K055", 人数上限=28, 结束="18:20")
    corrected.append(
        {**lines[-1], "课程编号": "K200", "课程名称": "周六棋类", "任课教师工号": "T044", "地点": "西楼201"}
    )
    report = await take(corrected)
    assert (report.added, report.changed, report.unchanged) == (1, 1, 101)
    assert await pending(room, "K055") == {"capacity": 28, "ends": "18:20:00"}
    assert (await room.offering("K055")).capacity == 24
    assert (await room.offering("K200")).state == "draft"
    again = await take(corrected)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 103)
    assert (await room.publish()).number == 2
    assert ((await room.offering("K055")).capacity, (await room.offering("K200")).state) == (28, "published")


async def test_the_sheet_as_it_was_takes_the_correction_back(
    room: MenuRoom, lines: list[Line], take: Callable[..., Any]
) -> None:
    await take(edited(lines, "K055", 人数上限=28))
    await take(lines)
    assert await pending(room, "K055") is None


async def test_what_a_sheet_leaves_out_is_listed_and_goes_on(
    room: MenuRoom, lines: list[Line], take: Callable[..., Any]
) -> None:
    report = await take([line for line in lines if line["课程编号"] != "K056"])
    assert report.difference.missing == 1
    assert [one.key for one in report.difference.shown if one.fate == "missing"] == ["K056"]
    assert (await room.offering("K056")).state == "published"


async def test_what_was_withdrawn_stays_withdrawn_whatever_a_sheet_says(
    room: MenuRoom, lines: list[Line], take: Callable[..., Any]
) -> None:
    await room.withdraw("K056")
    report = await take(edited(lines, "K056", 人数上限=30))
    assert (report.changed, (await room.offering("K056")).state) == (0, "withdrawn")


async def test_the_further_columns_are_taken_where_they_stand_and_left_alone_where_not(
    room: MenuRoom, lines: list[Line], take: Callable[..., Any]
) -> None:
    singer = await add_partner(room.tx, room.school_id, SINGER, by=room.officer, policy=room.policy, now=NOON)
    told = {
        "教学目标": "能唱两首童谣",
        "材料准备": "歌谱",
        "面向班级": "一年级1班、一年级2班",
        "邀请制": "是",
        "校外人员": SINGER.name,
        "选课方式": "按轮次",
    }
    await take(edited(lines, "K059", **told), *MORE)
    await room.publish()
    for _ in range(2):
        offering = await room.offering("K059")
        assert (offering.aims, offering.materials) == ("能唱两首童谣", "歌谱")
        assert (offering.classes, offering.by_invitation) == (["一年级1班", "一年级2班"], True)
        assert (offering.partner_id, offering.by_round) == (singer.partner_id, True)
        assert (await take(lines)).changed == 0
    emptied = edited(lines, "K059", 邀请制="否")
    assert (await take(emptied, *MORE)).changed == 1
    assert await pending(room, "K059") == {
        "aims": "", "materials": "", "classes": None, "by_invitation": False, "by_round": False,
        "partner_id": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"校外人员": "没登记的人"}, "partner_unknown"),
        ({"邀请制": "也许"}, "by_invitation_unknown"),
        ({"选课方式": "抢"}, "by_round_unknown"),
    ],
)
async def test_a_further_column_that_is_not_understood_rejects_its_row(
    lines: list[Line], take: Callable[..., Any], told: Line, code: str
) -> None:
    with pytest.raises(RowsRejected) as caught:
        await take(edited(lines, "K059", **told), *MORE)
    found = [one for one in caught.value.facts["report"]["findings"] if one["severity"] == "rejected"]
    assert [one["code"] for one in found] == [code]


async def test_a_sheet_turns_no_published_club_into_care(
    room: MenuRoom, lines: list[Line], take: Callable[..., Any]
) -> None:
    with pytest.raises(OfferingNotPossible):
        await take(edited(lines, "K055", 类别="托管"))
    assert await room.tx.scalar(text("SELECT count(*) FROM offering_change")) == 0
