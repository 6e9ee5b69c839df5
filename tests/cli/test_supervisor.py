"""Processes are started in waves, come back when they die, end in order, and never outlive us."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from services.cli.platform.choose_ports import free_ports
from services.cli.platform.follow_logs import loud_event
from services.cli.platform.program import Program
from services.cli.platform.supervise import Supervisor
from services.kernel.unable import Unable

ROOT = Path(__file__).parents[2]
APP = """
import asyncio, os, signal, sys, uvicorn

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        print("left in order", flush=True)
        await send({"type": "lifespan.shutdown.complete"})
        return
    if scope["path"] == "/slow":
        await asyncio.sleep(0.5)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(os.getpid()).encode()})

print('{"level": "warning", "event": "about to serve"}', flush=True)
uvicorn.run(app, port=int(sys.argv[1]), log_config=None, timeout_graceful_shutdown=5)
"""
"""A service in miniature: tells its process id, slowly on request."""


def program(name: str, *, wave: int = 0, port: int = 0) -> Program:
    command = (sys.executable, "-c", APP, str(port))
    return Program(name, command, dict(os.environ), wave, port, f"http://127.0.0.1:{port}/ready")


class Stage:
    """Two small services under one supervisor, and what it had to say."""

    def __init__(self, logs: Path) -> None:
        self.notices: list[str] = []
        ports = free_ports(after=20_000)
        self.ports = {"first": next(ports), "second": next(ports)}
        programs = [
            program(name, wave=wave, port=port) for wave, (name, port) in enumerate(self.ports.items())
        ]
        self.supervisor = Supervisor(programs, logs, self.notices.append)
        self.http = httpx.AsyncClient(trust_env=False)

    async def pid(self, name: str) -> int:
        return int((await self.http.get(f"http://127.0.0.1:{self.ports[name]}/")).text)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    made = Stage(tmp_path)
    await made.supervisor.start()
    yield made
    await made.supervisor.stop()
    await made.http.aclose()


async def test_a_killed_process_comes_back_on_its_port_and_that_is_said(stage: Stage) -> None:
    before = await stage.pid("first")
    stage.supervisor.kill("first")
    await stage.supervisor.ready_again("first")
    assert await stage.pid("first") != before
    assert any("first ended (signal SIGKILL); starting it again" in line for line in stage.notices)


async def test_the_end_is_in_order_and_finishes_work_in_hand(stage: Stage, tmp_path: Path) -> None:
    slow = asyncio.create_task(stage.http.get(f"http://127.0.0.1:{stage.ports['second']}/slow"))
    await asyncio.sleep(0.2)
    await stage.supervisor.stop()
    assert (await slow).status_code == 200
    for name in stage.ports:
        assert (tmp_path / f"{name}.log").read_text().endswith("left in order\n")
    first, second = ((tmp_path / f"{name}.log").stat().st_mtime_ns for name in ("first", "second"))
    assert second < first, "the last wave leaves first"


async def test_warnings_of_processes_are_surfaced(stage: Stage) -> None:
    deadline = time.monotonic() + 5
    while "first: about to serve" not in stage.notices:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)


async def test_a_process_that_does_not_start_is_named_with_its_last_words(tmp_path: Path) -> None:
    command = (sys.executable, "-c", "raise SystemExit('the key is missing')")
    bad = Program("broken", command, dict(os.environ), 0, 1, "http://127.0.0.1:1/ready")
    supervisor = Supervisor([bad], tmp_path, lambda _: None)
    with pytest.raises(Unable, match="broken did not start: the key is missing"):
        await supervisor.start()
    assert supervisor.children["broken"].pid is None


HOLDER = """
    import asyncio, json, os, sys
    from pathlib import Path
    from services.cli.platform.supervise import Supervisor
    from tests.cli.test_supervisor import program

    async def hold():
        supervisor = Supervisor([program("one", port=int(sys.argv[2]))], Path(sys.argv[1]), lambda _: None)
        await supervisor.start()
        print(supervisor.children["one"].pid, flush=True)
        await asyncio.sleep(600)

    asyncio.run(hold())
"""


def test_nothing_is_left_behind_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    port = next(free_ports(after=21_000))
    holder = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", textwrap.dedent(HOLDER), str(tmp_path), str(port)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    child = int(holder.stdout.readline())
    assert is_running(child)
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    deadline = time.monotonic() + 5
    while is_running(child):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    """A zombie has ended: init collects it when it pleases."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_only_warnings_and_worse_are_loud() -> None:
    assert loud_event(json.dumps({"level": "info", "event": "request"})) is None
    assert loud_event("Traceback (most recent call last):") is None
    said = {
        "level": "error",
        "event": "job.failed",
        "entrypoint": "deliver",
        "exception": "Traceback\n  …\nOSError: 5",
    }
    assert loud_event(json.dumps(said)) == "job.failed entrypoint=deliver OSError: 5"
