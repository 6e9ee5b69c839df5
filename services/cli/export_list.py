"""`export`: write one of a school's lists into a workbook."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from services.cli.reach_enrollment import Office, at_enrollment
from services.enrollment.outgoing.export_book import export_book
from services.enrollment.outgoing.export_kinds import EXPORT_KINDS, OF_THE_BUREAU
from services.enrollment.outgoing.round_to_export import OF_ROUNDS, round_named
from services.enrollment.outgoing.sheet import Desk
from services.enrollment.schools.create_school import school_by_code
from services.enrollment.schools.errors import SchoolNotOnFile
from services.kernel.problems import Refusal
from services.kernel.unable import Unable


def export_list(
    kind: Annotated[str, typer.Argument(help=", ".join(EXPORT_KINDS))],
    school: Annotated[str, typer.Argument(help="code of the school; “all” for the list of schools")],
    file: Annotated[Path, typer.Argument(dir_okay=False, writable=True)],
    round_: Annotated[
        str | None,
        typer.Option("--round", help="of wishes and results: the round's title or id; default: the latest"),
    ] = None,
) -> None:
    """Write a list into a workbook, in the form in which it is imported; an older file stays until it is whole."""

    async def work(office: Office) -> str:
        school_id = None
        if kind != OF_THE_BUREAU:
            async with office.database.transaction() as tx:
                found = await school_by_code(tx, school)
            if found is None:
                raise SchoolNotOnFile
            school_id = found.school_id
        now = office.clock.now()
        beside = file.with_name(f".{file.name}.part")
        try:
            with beside.open("wb") as opened:
                async with office.database.transaction([school_id] if school_id else []) as tx:
                    round_id = None
                    if school_id is not None and kind in OF_ROUNDS:
                        round_id = await round_named(tx, school_id, kind, round_, now=now)
                    desk = Desk(school_id, office.policy, office.cipher, now, round_id=round_id)
                    name = await export_book(tx, desk, kind, opened, now=now)
            beside.replace(file)
        finally:
            beside.unlink(missing_ok=True)
        return name

    try:
        name = at_enrollment(work)
    except Refusal as refusal:
        raise Unable(refusal.sentence()) from refusal
    Console(highlight=False, soft_wrap=True).print(f"{file}：{name}")
