"""An operator's commands: a school on file with its invitation, sheets taken in with their report."""

import re

import pytest
from typer.testing import CliRunner, Result

from services.cli.commands import kehou
from services.kernel.unable import Unable
from tests.enrollment.conftest import EXAMPLES, FIELD_KEYS, Schools


@pytest.fixture
def told(own_copy: Schools, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEHOU_DATABASE_URL", own_copy.database.url)
    monkeypatch.setenv("KEHOU_FIELD_KEYS", FIELD_KEYS)
    monkeypatch.setenv("COLUMNS", "200")


def run(*words: str) -> Result:
    return CliRunner().invoke(kehou, words, catch_exceptions=True)


def test_a_school_is_created_once_and_each_time_invites(told: None) -> None:
    first = run(
        "school", "create", "S200", "新城小学", "--county", "潞州区", "--kind", "教学点", "--run-by", "S003"
    )
    again = run("school", "create", "S200")
    codes = [re.findall(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", one.stdout) for one in (first, again)]
    assert "新城小学" in again.stdout
    assert len(codes[0]) == len(codes[1]) == 1
    assert codes[0] != codes[1]


def test_a_school_of_a_kind_that_the_policy_does_not_know_is_refused(told: None) -> None:
    refused = run("school", "create", "S201", "x", "--kind", "幼儿园")
    assert isinstance(refused.exception, Unable)


def test_a_messy_roster_is_reported_and_not_taken_unless_the_good_rows_are_wanted(told: None) -> None:
    sheet = ("import", "roster", str(EXAMPLES / "messy-roster.xlsx"), "--school", "S003")
    dry = run(*sheet, "--dry-run")
    assert dry.exit_code == 0
    assert "试运行" in dry.stdout
    refused = run(*sheet)
    assert refused.exit_code == 1
    assert "51" in refused.stdout
    good = run(*sheet, "--good-rows")
    assert good.exit_code == 0
    assert "新增 44" in good.stdout


def test_a_sheet_of_a_school_needs_the_schools_code(told: None) -> None:
    sheet = ("import", "rooms", str(EXAMPLES / "primary-rooms.xlsx"))
    for words in (sheet, (*sheet, "--school", "S999")):
        assert isinstance(run(*words).exception, Unable)
