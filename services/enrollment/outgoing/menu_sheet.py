"""The menu (课后服务菜单), as a school hands it in: what the next publication would have."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.imports.rules.menu_rows import BY_ROUND, FORM
from services.enrollment.menu.menu_on_file import OnMenu, menu_on_file
from services.enrollment.outgoing.rules.cells import Cell, grades_cell, time_cell, weekdays_cell, yuan_cell
from services.enrollment.outgoing.sheet import Desk, Sheet, at_once
from services.enrollment.schools.current_term import current_term
from services.kernel.clock import school_day

COLUMNS = (
    *(
        "课程编号",
        "课程名称",
        "类别",
        "性质",
        "学科",
        "任课教师工号",
        "地点",
        "星期",
        "开始",
        "结束",
        "招收年级",
    ),
    *("人数上限", "最少开班人数", "内容介绍", "风险评估编号", "收费(元)"),
    *("教学目标", "材料准备", "面向班级", "邀请制", "校外人员", "选课方式"),
)


async def menu_sheet(tx: AsyncSession, desk: Desk) -> list[Sheet]:
    """Return one row an offering of the running or coming term; a group without a teacher yet is left out."""
    term = await current_term(tx, desk.school(), on=school_day(desk.now))
    policy = desk.policy

    def cells(on_menu: OnMenu) -> Sequence[Cell]:
        one = on_menu.offering
        teacher, room, partner = on_menu.teacher, on_menu.room, on_menu.partner
        return (
            *(
                one.code,
                one.title,
                policy.kinds[one.kind].label,
                policy.natures[one.nature].label,
                one.subject,
            ),
            *(
                teacher.staff_no if teacher is not None else None,
                room.name if room is not None else None,
                weekdays_cell(one.weekdays),
            ),
            *(time_cell(one.starts), time_cell(one.ends), grades_cell(one.grades)),
            *(one.capacity, one.minimum_size, one.content, one.assessment_no, yuan_cell(one.fee_fen)),
            *(one.aims, one.materials, "、".join(one.classes or ()), "是" if one.by_invitation else None),
            partner.name if partner is not None else None,
            BY_ROUND if one.by_round else None,
        )

    menu = [
        one for one in await menu_on_file(tx, desk.school(), term.term_id) if not one.offering.needs_staffing
    ]
    return [Sheet("菜单", COLUMNS, at_once(menu), cells, f"{FORM.label}（{term.name}）")]
