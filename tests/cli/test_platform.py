"""The whole platform, with all its processes: up, wounded, refused twice, down, and nothing left.

One platform, started as `kehou up`, lives through this file in the order of its tests.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.kernel.database.embedded.wait_for_predecessor import processes_in

ROOT = Path(__file__).parents[2]
UP = [sys.executable, "-m", "services.cli", "up"]
PROCESSES = {
    "standin",
    *("enrollment", "attendance", "notifications", "gateway"),
    *("enrollment-worker", "attendance-worker", "notifications-worker", "gateway-worker"),
}


class Up:
    """A running `kehou up`, seen from outside."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.cluster = self.data / "postgres" / "cluster"
        self._console = folder / "console"
        with self._console.open("w") as console:
            self.process = subprocess.Popen(  # noqa: S603
                UP, cwd=ROOT, env=self.environment, stderr=console
            )
        wait_for(lambda: "Ctrl-C stops everything" in self.said or self.process.poll() is not None, 60)
        assert self.process.poll() is None, self.said
        wait_for((self.data / "run.json").exists, 5)

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {"KEHOU_DATA_DIR": str(self.data)}

    @property
    def said(self) -> str:
        return self._console.read_text()

    @property
    def told(self) -> dict[str, Any]:
        return dict(json.loads((self.data / "run.json").read_text()))

    def pid(self, name: str) -> int:
        """Return 0 while the process is being started again."""
        return int(self.told["processes"][name]["pid"] or 0)

    def ready(self, name: str) -> bool:
        port = self.told["processes"][name]["port"]
        try:
            return httpx.get(f"http://127.0.0.1:{port}/ready", trust_env=False, timeout=10).status_code == 200
        except httpx.HTTPError:
            return False


def wait_for(true: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    running = Up(tmp_path_factory.mktemp("platform"))
    yield running
    running.process.kill()
    running.process.wait()


def test_every_process_runs_and_is_written_down(up: Up) -> None:
    assert set(up.told["processes"]) == PROCESSES
    assert all(is_running(up.pid(name)) for name in PROCESSES)
    assert up.ready("gateway")


def test_a_process_learns_of_its_own_database_only(up: Up) -> None:
    for name in PROCESSES - {"standin"}:
        environment = Path(f"/proc/{up.pid(name)}/environ").read_text().split("\0")
        databases = [word.rsplit("/", 1)[1] for word in environment if "postgresql" in word]
        assert databases == [f"kehou_{name.removesuffix('-worker')}?ssl=disable"]
        assert not any(word.startswith(("KEHOU_POSTGRES_URL", "KEHOU_OWNER")) for word in environment)


def test_a_second_platform_on_the_folder_is_refused_in_one_line(up: Up) -> None:
    second = subprocess.run(  # noqa: S603
        UP, cwd=ROOT, env=up.environment, capture_output=True, text=True, check=False
    )
    assert second.returncode == 1
    assert second.stderr.startswith(
        f"kehou: A platform already runs on {up.data} (process {up.process.pid}): stop"
    )
    assert second.stderr.count("\n") == 1
    assert up.ready("gateway")


def test_a_killed_service_comes_back_and_that_is_said(up: Up) -> None:
    before = up.pid("notifications")
    os.kill(before, signal.SIGKILL)
    wait_for(lambda: up.pid("notifications") not in (before, 0) and up.ready("notifications"), 30)
    assert "notifications ended (signal SIGKILL); starting it again" in up.said


def test_a_killed_database_comes_back(up: Up) -> None:
    before = int(up.told["postgres"]["pid"])
    os.kill(before, signal.SIGKILL)
    wait_for(lambda: up.told["postgres"]["pid"] != before, 20)
    wait_for(lambda: all(up.ready(name) for name in ("enrollment", "attendance", "notifications")), 20)
    assert "the database ended; starting it again" in up.said


def test_nothing_is_left_behind_when_the_supervisor_is_killed(up: Up) -> None:
    pids = [up.pid(name) for name in PROCESSES]
    up.process.kill()
    up.process.wait()
    wait_for(lambda: not any(is_running(pid) for pid in pids) and not processes_in(up.cluster), 20)


def is_running(pid: int) -> bool:
    """A zombie has ended: init collects it when it pleases."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
