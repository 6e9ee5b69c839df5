"""`kehou export`: what an operator writes out can be taken in again, and a refusal leaves an older file alone."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.cli.commands import kehou
from services.kernel.unable import Unable
from tests.enrollment.conftest import FIELD_KEYS, Schools


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


def test_a_refusal_leaves_an_older_file_alone(told: None, tmp_path: Path) -> None:
    file = tmp_path / "older.xlsx"
    file.write_bytes(b"older")
    for words in (("marks", "S001"), ("menu", "S999"), ("results", "S001")):
        assert isinstance(run("export", *words, str(file)).exception, Unable)
    assert file.read_bytes() == b"older"
    assert list(tmp_path.iterdir()) == [file]
