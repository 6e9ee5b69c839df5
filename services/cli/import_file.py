"""`import`: take a school's spreadsheet in, with a report row by row."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from services.cli.reach_enrollment import Office, at_enrollment
from services.enrollment.imports.difference import Difference
from services.enrollment.imports.errors import RowsRejected
from services.enrollment.imports.finding import Report, Severity
from services.enrollment.imports.import_file import Take, Upload, import_file
from services.enrollment.imports.sheet_kinds import Desk
from services.enrollment.schools.create_school import school_by_code
from services.enrollment.schools.errors import SchoolNotOnFile
from services.kernel.problems import Refusal
from services.kernel.unable import Unable

STYLES = {
    Severity.REJECTED: "bold red",
    Severity.BLOCKING: "red",
    Severity.QUESTION: "yellow",
    Severity.WARNING: "yellow",
    Severity.ACCEPTED: "green",
    Severity.SKIPPED: "dim",
}
FATES = {"added": "新增", "changed": "更新", "missing": "表中没有"}


class Kind(StrEnum):
    """What can be imported."""

    SCHOOLS = "schools"
    STAFF = "staff"
    ROOMS = "rooms"
    ROSTER = "roster"
    MENU = "menu"
    COLLECTORS = "collectors"


def import_sheet(
    kind: Annotated[Kind, typer.Argument()],
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)],
    *,
    school: Annotated[str | None, typer.Option(help="code of the school; not for “schools”")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only report and show the difference")] = False,
    good_rows: Annotated[bool, typer.Option("--good-rows", help="leave out what cannot be taken")] = False,
    expects: Annotated[str | None, typer.Option(help="digest that a dry run showed: this or nothing")] = None,
) -> None:
    """Import a spreadsheet, whole or not at all; exit code 1 when nothing was written because of its rows."""
    take = Take.GOOD_ROWS if good_rows else Take.WHOLE_FILE
    if kind is not Kind.SCHOOLS and school is None:
        raise Unable("Name the school whose sheet this is: --school S001.")

    async def work(office: Office) -> Report:
        async with office.database.transaction() as tx:
            found = await school_by_code(tx, school) if school is not None else None
            if school is not None and found is None:
                raise SchoolNotOnFile
        school_id = found.school_id if found is not None else None
        desk = Desk(school_id, office.policy, office.cipher, office.clock.now())
        async with office.database.transaction([school_id] if school_id else []) as tx:
            upload = Upload(file.name, file)
            return await import_file(
                tx, desk, kind.value, upload, dry_run=dry_run, take=take, expects=expects
            )

    try:
        report = at_enrollment(work)
    except RowsRejected as refusal:
        _show(Report.model_validate(refusal.facts["report"]))
        Console(stderr=True).print(refusal.sentence(), style="bold red", highlight=False)
        raise typer.Exit(1) from None
    except Refusal as refusal:
        raise Unable(refusal.sentence()) from refusal
    _show(report)


def _show(report: Report) -> None:
    console = Console(highlight=False)
    table = Table("行", "结果", Column("说明", overflow="fold"), box=None, padding=(0, 2))
    for finding in report.findings:
        row = "全表" if finding.row is None else str(finding.row)
        clause = f"［{finding.rule} {finding.clause}］" if finding.rule else ""
        table.add_row(
            row, finding.severity.value, f"{finding.sentence}{clause}", style=STYLES[finding.severity]
        )
    if report.findings:
        console.print(table)
    if report.dry_run and report.difference is not None:
        _show_difference(console, report.difference)
    counts = f"新增 {report.added}，更新 {report.changed}，未变 {report.unchanged}"
    done = counts if report.written else f"试运行，没有写入（{counts}）" if report.dry_run else "没有写入"
    console.print(
        f"{report.file_name}：{report.rows} 行数据，可导入 {report.taken}，不能导入 {report.rejected}；{done}。",
        soft_wrap=True,
    )


def _show_difference(console: Console, difference: Difference) -> None:
    """What would be written, record by record, and who is on file and not on the sheet."""
    table = Table("差异", "编号", "名称", Column("原来 → 改为", overflow="fold"), box=None, padding=(0, 2))
    for change in difference.shown:
        cells = (f"{cell.column}：{cell.old or '（空）'} → {cell.new or '（空）'}" for cell in change.cells)
        words = "" if change.fate == "added" else "；".join(cells)
        table.add_row(FATES[change.fate], change.key, change.name, words)
    if difference.shown:
        console.print(table)
    if difference.missing:
        console.print(f"在册而表中没有的有 {difference.missing} 个，导入不会移出他们；确已离校的请办理转出。")
    console.print(f"确认后导入时可加 --expects {difference.digest}", soft_wrap=True)
