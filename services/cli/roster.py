"""`roster`: are the copies of a school's roster right, and if not, make them anew."""

from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from services.cli.reach_copies import KEEPERS, Copies, at_copies, in_words
from services.contracts.internal.enrollment import SchoolEntry
from services.contracts.internal.roster_copies import CopyComparison

roster = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Copies of enrollment's rosters at the other services.",
)
Looked = list[tuple[SchoolEntry, str, CopyComparison]]


@roster.command()
def compare(
    school: Annotated[str | None, typer.Argument(help="code or id; without it: every school")] = None,
) -> None:
    """Hold each copy beside what enrollment tells; exit code 1 when one differs."""

    async def look(copies: Copies) -> Looked:
        return [
            (one, keeper, await copies.compare(keeper, one.school_id))
            for one in await copies.schools(school)
            for keeper in KEEPERS
        ]

    found = at_copies(look)
    _show(found, well="agrees with enrollment")
    if not all(comparison.agrees for _, _, comparison in found):
        raise typer.Exit(1)


@roster.command()
def rebuild(school: Annotated[str, typer.Argument(help="code or id")]) -> None:
    """Make the copies of a school anew from scratch, while everybody works on; say what that mended."""

    async def mend(copies: Copies) -> Looked:
        return [
            (one, keeper, await copies.rebuild(keeper, one.school_id))
            for one in await copies.schools(school)
            for keeper in KEEPERS
        ]

    _show(at_copies(mend), well="was right already", before="mended: ")


def _show(found: Looked, *, well: str, before: str = "") -> None:
    console = Console(highlight=False, soft_wrap=True)
    for school, keeper, comparison in found:
        wrong = in_words(comparison)
        mark = "[green]✓[/]" if not wrong else "[bold red]✗[/]"
        said = f"{before}{wrong}" if wrong else f"{well}, version {comparison.version}"
        console.print(f"{mark} {escape(school.code)} {keeper}: {escape(said)}")
