"""`lottery`: check a draw by its papers, offline; families check their own place, the county the whole."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import TypeAdapter, ValidationError
from rich.console import Console

from services.enrollment.draw.rules.check_papers import Check, check_papers, check_shown
from services.enrollment.draw.rules.papers import Paper, Receipt
from services.kernel.unable import Unable

lottery = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Draws that anyone can recompute.",
)
MARKS = {True: ("✓", "green"), False: ("✗", "bold red"), None: ("–", "yellow")}
PAPER: TypeAdapter[Paper] = TypeAdapter(Paper)


@lottery.callback()
def _root() -> None:
    """Draws that anyone can recompute."""


@lottery.command()
def verify(
    files: Annotated[
        list[Path],
        typer.Argument(
            exists=True, dir_okay=False, help="announcements, receipts and records of draws, as JSON"
        ),
    ],
) -> None:
    """Check papers of a draw, each by itself and against each other.

    A receipt with the announcement that was saved before the draw proves a family's own place; a record proves the
    whole draw. Exits with 1 when anything does not hold.
    """
    told = [read_papers(file) for file in files]
    checks = check_papers([paper for papers, _ in told for paper in papers])
    checks += [check for _, shown in told for check in shown]
    console = Console(highlight=False)
    for check in checks:
        mark, style = MARKS[check.passed]
        console.print(f"{mark} {check.sentence}", style=style, soft_wrap=True)
    failed = sum(check.passed is False for check in checks)
    if failed:
        console.print(f"有 {failed} 项不符：请保留这些文件，向学校或县（区）教育局反映。", style="bold red")
        raise typer.Exit(1)
    console.print("以上各项全部相符。", style="bold green")


def read_papers(file: Path) -> tuple[list[Paper], list[Check]]:
    """Read a file as its route answered it: an announcement, a record, or a family's results with their receipts.

    Returns the papers, and for results also whether what was shown is what the receipts prove.

    Raises:
        Unable: the file holds no such paper.
    """
    try:
        told = json.loads(file.read_bytes())
        if isinstance(told, dict) and "kind" not in told and "children" in told:
            return _read_results(told["children"])
        return [PAPER.validate_python(told)], []
    except ValidationError as fault:
        first = fault.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "全文"
        raise Unable(f"{file} 不是抽签的公告、凭据或全册（{where}: {first['msg']}）。") from fault
    except (LookupError, TypeError, ValueError) as fault:
        raise Unable(f"{file} 不是抽签的公告、凭据或全册（{fault!r}）。") from fault


def _read_results(children: Sequence[dict[str, Any]]) -> tuple[list[Paper], list[Check]]:
    papers: list[Paper] = []
    shown = []
    for child in children:
        receipt = Receipt.model_validate(child["receipt"])
        given = [wish["offering_id"] for wish in child["wishes"] if wish["outcome"] == "given"]
        papers.append(receipt)
        shown.append(check_shown(child["position"], given, receipt))
    return papers, shown
