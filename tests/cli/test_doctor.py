"""The doctor names what is wrong and the way out, and starts nothing that stays."""

import json
from pathlib import Path

import pytest

from services.cli.doctor.check_database import check_database
from services.cli.doctor.check_machine import check_machine
from services.cli.doctor.check_processes import check_processes
from services.cli.doctor.check_rosters import check_rosters
from services.cli.doctor.finding import State
from services.cli.platform.layout import Layout
from services.cli.platform.running import running_platform


async def test_a_fresh_folder_has_nothing_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KEHOU_POSTGRES_URL", raising=False)
    layout = Layout(tmp_path)
    findings = [*check_machine(layout, running=False), *await check_database(layout)]
    findings += await check_processes(layout)
    findings += await check_rosters(layout)
    assert [one for one in findings if one.state is State.FAULT] == []
    assert list(tmp_path.iterdir()) == []  # noqa: ASYNC240 - a look after the fact


async def test_a_silent_server_is_named_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEHOU_POSTGRES_URL", "postgresql://admin:hidden@127.0.0.1:1/postgres")
    (finding,) = await check_database(Layout(tmp_path))
    assert finding.state is State.FAULT
    assert "KEHOU_POSTGRES_URL" in finding.words
    assert "hidden" not in finding.words


def test_what_a_killed_platform_left_written_is_not_believed(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    layout.run_file.write_text(json.dumps({"processes": {}}))
    (tmp_path / "lock").write_text("1")
    assert running_platform(layout) is None


def test_an_unwritable_folder_is_a_fault() -> None:
    faults = [
        one.words for one in check_machine(Layout(Path("/proc/x")), running=True) if one.state is State.FAULT
    ]
    assert len(faults) == 1
    assert "KEHOU_DATA_DIR" in faults[0]
