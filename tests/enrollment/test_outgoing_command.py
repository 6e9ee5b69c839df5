"""`kehou export`: what an operator writes out can be taken in again, and a refusal leaves an older file alone."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import text
from typer.testing import CliRunner, Result

from services.cli.commands import kehou
from services.enrollment.rounds.rules.phase import Rule
from services.enrollment.rounds.tables import Round
from services.kernel.ids import new_id
from services.kernel.unable import Unable
from tests.enrollment.conftest import FIELD_KEYS, NOON, Schools


@pytest.fixture
def told(own_copy: Schools, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEHOU_DATABASE_URL", own_copy.database.url)
    monkeypatch.setenv("KEHOU_FIELD_KEYS", FIELD_KEYS)
    monkeypatch.setenv("COLUMNS", "200")


def run(*words: str) -> Result:
    return CliRunner().invoke(kehou, words, catch_exceptions=True)


def test_a_list_is_written_and_taken_in_again(told: None, tmp_path: Path) -> None:
    file = tmp_path / "menu.xlsx"
    written = run("export", "menu", "S001", str(file))
    assert written.exit_code == 0, written.output
    assert "实验小学课后服务菜单" in written.stdout
    again = run("import", "menu", str(file), "--school", "S001")
    assert again.exit_code == 0, again.output
    assert "未变 102" in again.stdout


def test_the_bureaus_list_needs_no_school(told: None, tmp_path: Path) -> None:
    assert run("export", "schools", "all", str(tmp_path / "schools.xlsx")).exit_code == 0


async def announced(schools: Schools, title: str, kind: Rule, *, days: int) -> None:
    """A round all of whose times are some days from noon: long ago, as the command asks the real clock."""
    when = NOON + timedelta(days=days)
    async with schools.database.transaction([schools.primary]) as tx:
        term = await tx.scalar(
            text("SELECT term_id FROM term WHERE school_id = :id"), {"id": schools.primary}
        )
        tx.add(
            Round(
                school_id=schools.primary, round_id=new_id(), term_id=term, kind=kind, title=title, visible_from=when,
                opens_at=when, closes_at=when, results_at=when, most_clubs=2, announced_at=NOON,
                announced_by=schools.officers["S001"],
            )
        )  # fmt: skip


async def test_wishes_and_results_are_of_the_round_that_is_named_or_of_the_latest(
    own_copy: Schools, told: None, tmp_path: Path
) -> None:
    await announced(own_copy, "第一轮", "preference", days=-5009)
    await announced(own_copy, "第二轮", "preference", days=-5008)
    await announced(own_copy, "补选", "first_come", days=-5007)
    file = tmp_path / "list.xlsx"

    async def title(*words: str) -> str:
        written = await asyncio.to_thread(run, "export", *words, str(file))
        assert written.exit_code == 0, written.output
        return str(load_workbook(file).worksheets[0]["A1"].value)

    assert "第二轮" in await title("wishes", "S001")
    assert "第一轮" in await title("wishes", "S001", "--round", "第一轮")
    assert "补选" in await title("results", "S001")
    unknown = await asyncio.to_thread(run, "export", "wishes", "S001", str(file), "--round", "补选")
    assert isinstance(unknown.exception, Unable)


def test_a_refusal_leaves_an_older_file_alone(told: None, tmp_path: Path) -> None:
    file = tmp_path / "older.xlsx"
    file.write_bytes(b"older")
    for words in (("marks", "S001"), ("menu", "S999"), ("results", "S001")):
        assert isinstance(run("export", *words, str(file)).exception, Unable)
    assert file.read_bytes() == b"older"
    assert list(tmp_path.iterdir()) == [file]
