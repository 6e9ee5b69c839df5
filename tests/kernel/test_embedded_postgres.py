"""The embedded server's life: with whom it dies, what it keeps, whom it refuses."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from services.kernel.database.embedded import EmbeddedPostgres
from services.kernel.database.embedded.explain import explained
from services.kernel.database.embedded.wait_for_predecessor import processes_in, wait_for_predecessor
from services.kernel.database.provision import connect
from services.kernel.unable import Unable

ROOT = Path(__file__).parents[2]
HOLDER = """
import sys, time
from pathlib import Path
from services.kernel.database.embedded import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]))
print(server.start(), server.pid, flush=True)
time.sleep(600)
"""
"""A parent that holds a server until it is killed; needs nothing but the standard library."""
READABLE = """
import os, sys
from services.kernel.database.embedded.binaries import binaries
sys.exit(not os.access(sys.executable, os.X_OK) or not os.access(binaries() / "postgres", os.X_OK))
"""
NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")


def become(user: str) -> list[str]:
    """Return the command line that runs Python as ``user``: ``root``, or somebody ordinary."""
    if user == "root":
        if os.geteuid() != 0:
            pytest.skip("not root")
        return [sys.executable]
    if os.geteuid() != 0:
        return [sys.executable]
    for python in (sys.executable, "/usr/bin/python3"):
        tried = subprocess.run(  # noqa: S603
            [*NOBODY, python, "-c", READABLE],
            cwd=ROOT,
            env=environment(),
            capture_output=True,
            check=False,
        )
        if tried.returncode == 0:
            return [*NOBODY, python]
    pytest.skip("no Python that an ordinary user can read")


def environment() -> dict[str, str]:
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    return os.environ | {"PYTHONPATH": f"{ROOT}:{packages}", "PYTHONDONTWRITEBYTECODE": "1"}


class Holder:
    """One such parent, as one user, over one folder."""

    def __init__(self, folder: Path, python: list[str]) -> None:
        self.process = subprocess.Popen(  # noqa: S603
            [*python, "-c", HOLDER, str(folder)],
            cwd=ROOT,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        told = self.process.stdout.readline().split()
        if not told:
            pytest.fail(self.process.communicate()[1])
        self.url, self.server_pid = told[0], int(told[1])

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture(params=["root", "ordinary"])
def python(request: pytest.FixtureRequest) -> list[str]:
    return become(request.param)


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder that any user may reach; pytest's own are closed to others."""
    place = Path("/tmp") / f"kehou-test-{os.getpid()}-{time.monotonic_ns()}"  # noqa: S108
    place.mkdir()
    place.chmod(0o777)
    yield place / "postgres"
    shutil.rmtree(place)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose cluster was made once, to be copied."""
    place = tmp_path_factory.mktemp("made") / "postgres"
    with EmbeddedPostgres(place):
        return place


@pytest.fixture
def kept(made: Path, tmp_path: Path) -> Path:
    """A folder that a server has been in before."""
    return Path(shutil.copytree(made, tmp_path / "postgres"))


def wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + 15
    while is_running(pid):
        assert time.monotonic() < deadline, f"process {pid} was left behind"
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    """A zombie has ended: init collects it when it pleases."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


async def write_row(url: str) -> int:
    connection = await connect(url)
    await connection.execute("CREATE TABLE IF NOT EXISTS kept (at timestamptz DEFAULT now())")
    await connection.execute("INSERT INTO kept DEFAULT VALUES")
    rows = await connection.fetchval("SELECT count(*) FROM kept")
    await connection.close()
    return int(rows)


async def test_parent_killed_server_gone_rows_kept(folder: Path, python: list[str]) -> None:
    first = Holder(folder, python)
    assert await write_row(first.url) == 1
    first.kill()
    second = Holder(folder, python)  # at once: it waits for its predecessor to shut down
    assert await write_row(second.url) == 2
    wait_until_gone(first.server_pid)
    assert second.url == first.url, "the port of last time is taken again"
    second.kill()
    wait_until_gone(second.server_pid)


async def test_server_killed_start_again_rows_kept(kept: Path) -> None:
    with EmbeddedPostgres(kept) as server:
        assert await write_row(server.admin_url) == 1
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        os.waitid(os.P_PID, server.pid, os.WEXITED | os.WNOWAIT)  # noqa: ASYNC222 - it ends at once
        assert await write_row(server.start()) == 2
    assert processes_in(kept / "cluster") == []


async def test_a_stale_process_id_that_belongs_to_somebody_else_is_no_hindrance(kept: Path) -> None:
    with EmbeddedPostgres(kept) as server:
        assert await write_row(server.admin_url) == 1
    lines = [str(os.getpid()), str(kept / "cluster"), "0", "5432", "", "127.0.0.1", "  1  1", "ready"]
    (kept / "cluster" / "postmaster.pid").write_text("\n".join(lines) + "\n")
    with EmbeddedPostgres(kept) as server:
        assert await write_row(server.admin_url) == 2


def test_two_on_one_folder_the_second_is_refused_in_one_sentence(kept: Path) -> None:
    with (
        EmbeddedPostgres(kept),
        pytest.raises(Unable, match=rf"Process {os.getpid()} already runs the database in .*: stop it first"),
    ):
        EmbeddedPostgres(kept).start()
    with EmbeddedPostgres(kept):
        pass  # the refusal took nothing from the holder, and its end freed the kept


@pytest.fixture
def no_namespaces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that blocks user namespaces, as seen by root."""
    become("root")
    become("ordinary")  # skips where nobody cannot read the wheel
    blocked = tmp_path / "unshare"
    blocked.write_text("#!/bin/sh\nexit 1\n")
    blocked.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")


async def test_root_without_user_namespaces_becomes_nobody(
    folder: Path, no_namespaces: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with EmbeddedPostgres(folder) as server:
        assert Path(f"/proc/{server.pid}").stat().st_uid == 65534  # noqa: ASYNC240
        assert await write_row(server.admin_url) == 1
    monkeypatch.undo()
    with EmbeddedPostgres(folder) as server:
        assert await write_row(server.admin_url) == 2, "namespaces are allowed again: the same rows"


def test_what_nobody_cannot_reach_is_refused_in_one_sentence(tmp_path: Path, no_namespaces: None) -> None:
    tmp_path.chmod(0o700)
    with pytest.raises(Unable, match=r"runs as nobody, who cannot reach .*KEHOU_DATA_DIR"):
        EmbeddedPostgres(tmp_path / "private").start()


def test_a_half_made_cluster_is_made_anew(folder: Path) -> None:
    (folder / "cluster.new" / "base").mkdir(parents=True)
    (folder / "cluster.new" / "PG_VERSION").write_text("18\n")
    with EmbeddedPostgres(folder) as server:
        assert server.alive
    assert not (folder / "cluster.new").exists()


async def test_nobody_enters_without_the_password(folder: Path) -> None:
    with EmbeddedPostgres(folder) as server:
        assert (folder / "superuser.password").stat().st_mode & 0o077 == 0
        assert json.loads((folder / "server.json").read_text()) == {"port": server.port, "pid": server.pid}
        with pytest.raises(asyncpg.InvalidPasswordError):
            await connect(f"postgresql://postgres:guess@127.0.0.1:{server.port}/postgres?ssl=disable")


async def test_chinese_sorts_by_code_point_whatever_the_machine_says(kept: Path) -> None:
    with EmbeddedPostgres(kept) as server:
        connection = await connect(server.admin_url)
        names = await connection.fetchval(
            "SELECT array_agg(n ORDER BY n) FROM unnest('{b,a,B,王,李}'::text[]) n"
        )
        await connection.close()
    assert names == sorted("baB王李")


def test_a_server_that_will_not_leave_is_named(kept: Path) -> None:
    with (
        EmbeddedPostgres(kept) as server,
        pytest.raises(Unable, match="A PostgreSQL that we did not start works in"),
    ):
        wait_for_predecessor(server.cluster, patience_seconds=0)


def test_an_unwritable_folder_is_refused_in_one_sentence() -> None:
    with pytest.raises(Unable, match=r"Cannot write in /proc/kehou .*name another with KEHOU_DATA_DIR"):
        EmbeddedPostgres(Path("/proc/kehou")).start()


def test_a_full_disk_is_said_as_such() -> None:
    output = 'FATAL:  could not write to file "pg_wal/xlogtemp.7": No space left on device'
    assert str(explained("Starting the database", output)) == (
        "Starting the database failed: the disk is full: make room, or name a folder elsewhere with KEHOU_DATA_DIR."
    )


def test_an_unknown_fault_is_quoted_with_a_way_out() -> None:
    told = str(explained("Starting the database", "LOG: one\nFATAL: the moon\n"))
    assert told.startswith("Starting the database failed: FATAL: the moon")
    assert "KEHOU_POSTGRES_URL" in told
