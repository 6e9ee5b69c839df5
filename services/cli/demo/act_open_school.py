"""A school's first hour: created by an operator, filled by its officer from spreadsheets."""

from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from services.cli.demo.line import Broken
from services.cli.demo.staff_phone import StaffPhone
from services.cli.demo.stage import Stage

EXAMPLES = Path(__file__).parents[3] / "examples"
SCHOOL_CODE = "S001"
IMPORTS = ("staff", "rooms", "roster", "collectors", "menu")
"""In the order in which a school hands its lists in."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

AGREEMENT = {
    "title": "课后服务安全协议",
    "body": "一、课后服务由家长自愿申请，学校免费提供。\n二、学校从接收孩子起到离校交接止，始终有一名老师负责看护。\n"
    "三、孩子只交给家长登记的接送人，来人须出示当天的接送码；四年级以上经家长书面申请可以自行离校。\n"
    "四、服务结束后无人来接的，由值班老师照看并联系家长，直到有人接走。",
}


async def take_up_invitation(stage: Stage, invitation: str) -> None:
    """Let the officer log in with the invitation's code; the staff sheet is not there yet."""
    with stage.show.step("the officer takes up the invitation") as step:
        phone = StaffPhone(stage.lines, stage.cast.officer, stage.service_on)
        await phone.install(await consent_texts(stage))
        await phone.ask("POST", "invitations/acceptance", json={"code": invitation, "name": phone.name})
        await phone.act_as("school_admin")
        (stage.school_id,) = phone.people
        stage.staff[phone.sheet.staff_no] = phone
        stage.officer = phone
        step.outcome = phone.name


async def import_lists(stage: Stage) -> None:
    """Import the school's five spreadsheets, whole or not at all."""
    for kind in IMPORTS:
        with stage.show.step(f"import {kind}") as step:
            path = EXAMPLES / f"primary-{kind}.xlsx"
            report = await _import(stage, kind, path.name, path.read_bytes())
            if not report["written"] or report["rejected"]:
                raise Broken(f"{path.name} was not taken whole: {report['rejected']} rows rejected")
            stage.imported[kind] = report["taken"]
            step.outcome = f"{report['taken']} rows, {len(report['findings'])} remarks"


async def publish_menu(stage: Stage) -> None:
    """Look at what the policy says, publish, put the school's page and the agreement in force."""
    school, officer = stage.school_id, stage.officer
    with stage.show.step("menu published, agreement in force") as step:
        found = await officer.ask("GET", f"schools/{school}/menu/findings")
        published = await officer.ask("POST", f"schools/{school}/menu/publications")
        page = {
            "safety_measures": "校门由值班领导和保安值守；每个孩子由一名老师负责，交接逐一扫码。",
            "complaint_contact": "0355-0000000（课后服务办公室）",
        }
        await officer.ask("PUT", f"schools/{school}/page", json=page)
        await officer.ask("POST", "agreements", json={"school_id": school, **AGREEMENT})
        step.outcome = f"{published['offerings']} offerings, {len(found['findings'])} findings"


async def import_court_order(stage: Stage) -> None:
    """Put on file, while the day runs, who must not be given certain children from now on."""
    await stage.pace.until(stage.pace.at("17:05"))
    with stage.show.step("17:05 a court's orders reach the school") as step:
        book = Workbook()
        book.remove(book.worksheets[0])
        for title, header in SHEETS.items():
            book.create_sheet(title).append(header)
        watched = [family for family in stage.families if family.part.mischief == "blocked"]
        for family in watched:
            sheet = family.part.children[0].sheet
            order = [
                sheet.student_no,
                sheet.name,
                family.part.collector,
                "法院裁定禁止接触",
                "（2026）晋04民初1123号",
            ]
            book["禁止接送"].append(order)
        file = BytesIO()
        book.save(file)
        report = await _import(stage, "collectors", "court-order.xlsx", file.getvalue())
        if report["added"] != len(watched):
            raise Broken(f"the orders were not put on file: {report}")
        step.outcome = f"{len(watched)} persons"


SHEETS = {
    "接送人": [
        "学号",
        "学生",
        "接送人姓名",
        "与学生关系",
        "手机",
        "出生年份",
        "有效期起",
        "有效期止",
        "星期",
    ],
    "禁止接送": ["学号", "学生", "姓名", "原因", "依据"],
    "自行离校": ["学号", "学生", "依据", "生效日期"],
}


async def consent_texts(stage: Stage) -> list[dict[str, str]]:
    """Fetch the texts that everybody must agree to, as purpose and version."""
    shown = await stage.lines.door.call("GET", "/api/v1/consents")
    return [{"purpose": text["purpose"], "version": text["version"]} for text in shown["texts"]]


async def _import(stage: Stage, kind: str, name: str, content: bytes) -> dict[str, Any]:
    report: dict[str, Any] = await stage.officer.ask(
        "POST",
        f"imports/{kind}",
        params={"school_id": stage.school_id},
        files={"file": (name, content, XLSX)},
    )
    return report
