"""Each service's image holds that service and nothing of its neighbours, and what it holds is enough to start."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy.engine import make_url

from services.cli.platform.choose_ports import free_ports
from services.cli.write_secrets import secrets
from services.kernel.database.provision import ServiceUrls, connect
from tests.conftest import Databases
from tests.deploy.compose_file import fill_container
from tests.deploy.container_image import DOCKERFILE, ROOT, build_tree, copies_of, stages

SERVICES = ("enrollment", "attendance", "notifications", "gateway")
GROUND = {"kernel", "contracts", "clients", "cli"}

LOOK = """
import importlib, importlib.util, json, sys
from services.kernel.settings import Settings
service = sys.argv[1]
app = importlib.import_module(f"services.{service}.app").create_app(Settings())
if service != "standin":
    importlib.import_module(f"services.{service}.worker").make_worker
importlib.import_module("services.cli.serve"), importlib.import_module("services.cli.work")
print(json.dumps({
    "loaded": sorted({name.split(".")[1] for name in sys.modules if name.startswith("services.")}),
    "from": sorted({module.__file__ for name, module in sys.modules.items() if name.startswith("services.")
                    and getattr(module, "__file__", None)}),
}))
"""


@pytest.fixture
def made_up(tmp_path: Path) -> Path:
    """A folder of secrets as the command writes them."""
    secrets(tmp_path / "made up", standin=True)
    return tmp_path / "made up"


def bare_environment(tree: Path) -> dict[str, str]:
    """Return an environment in which our code is found in ``tree`` and nowhere else."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KEHOU_", "PYTHON"))}
    return kept | {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}


def run_inside(tree: Path, *words: str, told: Mapping[str, str] | None = None) -> str:
    """Run a fresh interpreter in a tree of an image; return what it printed."""
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-P", *words],
        cwd=tree,
        env=bare_environment(tree) | dict(told or {}),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.mark.parametrize("service", [*SERVICES, "standin"])
def test_a_services_image_holds_no_neighbour_and_is_enough(
    service: str, tmp_path: Path, made_up: Path
) -> None:
    tree = build_tree(tmp_path / "kehou", "service", service)
    assert {path.name for path in (tree / "services").iterdir() if path.is_dir()} == GROUND | {service}
    told = fill_container(tmp_path / "root", service, made_up)
    seen = json.loads(run_inside(tree, "-c", LOOK, service, told=told))
    assert set(seen["loaded"]) <= GROUND | {service}
    assert all(Path(place).is_relative_to(tree) for place in seen["from"])


@pytest.mark.parametrize("service", SERVICES)
async def test_what_the_compose_file_tells_a_container_is_enough_to_get_ready(
    service: str, tmp_path: Path, made_up: Path, databases: Databases
) -> None:
    """App and worker, from the image's tree, with the compose file's own settings and files, on a real database."""
    tree = build_tree(tmp_path / "kehou", "service", service)
    async with databases.clone(service) as urls:
        told = fill_container(tmp_path / "root", service, made_up)
        (tmp_path / "root/run/secrets/kehou_database_url").write_text(urls.app)
        told |= {"KEHOU_HOST": "127.0.0.1", "KEHOU_PORT": str(next(free_ports(after=20_000)))}
        async with (
            started(tree, told, "serve", service) as app,
            started(tree, told, "work", service) as worker,
        ):
            assert await is_ready(int(told["KEHOU_PORT"]), app)
            assert await is_working(databases, urls, worker)
        ends = [process.returncode for process in (app, worker)]
        assert ends == [-signal.SIGTERM, 0], (
            "uvicorn ends by the signal it was told to stop with, the worker by itself"
        )


@asynccontextmanager
async def started(
    tree: Path, told: Mapping[str, str], *words: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Start a container's command; at the end tell it to stop, and wait."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "services.cli", *words),
        cwd=tree,
        env=bare_environment(tree) | dict(told),
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.wait(), 30)


async def is_ready(port: int, process: asyncio.subprocess.Process) -> bool:
    """Ask what the health check asks until the answer is 200, the process ended, or half a minute passed."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
        for _ in range(150):
            if process.returncode is not None:
                return False
            with contextlib.suppress(httpx.TransportError):
                if (await http.get("/ready")).status_code == httpx.codes.OK:
                    return True
            await asyncio.sleep(0.2)
    return False


async def is_working(databases: Databases, urls: ServiceUrls, process: asyncio.subprocess.Process) -> bool:
    """Wait until the worker listens for jobs, the process ended, or half a minute passed."""
    name = make_url(urls.app).database
    connection = await connect(databases.admin_url)
    try:
        for _ in range(150):
            listening = await connection.fetchval(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND query ILIKE 'LISTEN%'", name
            )
            if process.returncode is not None or listening:
                return process.returncode is None
            await asyncio.sleep(0.2)
    finally:
        await connection.close()
    return False


def test_a_services_image_offers_the_two_commands_that_start_it(tmp_path: Path) -> None:
    tree = build_tree(tmp_path, "service", "attendance")
    assert {path.stem for path in (tree / "services" / "cli").iterdir()} == {
        *("__init__", "__main__", "commands", "serve", "work"),
    }
    for command in ("serve", "work"):
        assert "service" in run_inside(tree, "-m", "services.cli", command, "--help").lower()


def test_the_operators_image_can_migrate_every_service(tmp_path: Path) -> None:
    tree = build_tree(tmp_path, "operator")
    heads = (
        "from services.kernel.database.migrate import head_of, metadata_of;"
        f"print([bool(head_of(s)) and bool(metadata_of(s).tables) for s in {SERVICES}])"
    )
    assert run_inside(tree, "-c", heads).strip() == str([True] * len(SERVICES))


async def test_the_operator_puts_a_school_on_file_with_what_the_compose_file_tells(
    tmp_path: Path, made_up: Path, databases: Databases
) -> None:
    tree = build_tree(tmp_path / "kehou", "operator")
    async with databases.clone("enrollment") as urls:
        told = fill_container(tmp_path / "root", "operator", made_up)
        (tmp_path / "root/run/secrets/kehou_database_url").write_text(urls.app)
        words = ("-m", "services.cli", "school", "create", "S001", "实验小学", "--county", "潞州区")
        said = await asyncio.to_thread(run_inside, tree, *words, told=told)
    assert "S001 实验小学" in said
    assert "邀请码" in said


def test_everything_that_is_copied_reaches_the_builder() -> None:
    """.dockerignore lets in exactly what the COPY lines name."""
    let_in = {
        line[1:]
        for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line.startswith("!")
    }
    copied = {source for stage in stages() for sources, _ in copies_of(stage) for source in sources}
    assert {
        source for source in copied if not any(Path(source).is_relative_to(path) for path in let_in)
    } == set()
    assert {
        path for path in let_in if not any(Path(source).is_relative_to(path) for source in copied)
    } == set()


def test_a_process_in_a_container_is_not_root_and_brings_no_compiler_or_index() -> None:
    told = stages()
    assert any(line.startswith("USER ") and "root" not in line for line in told["ground"].lines)
    assert [
        line for name in ("service", "operator") for line in told[name].lines if line.startswith("USER")
    ] == []
    installs = [
        line for stage in told.values() for line in stage.lines if "pip" in line and "install" in line
    ]
    assert len(installs) == 1
    assert "--require-hashes" in installs[0]
    assert "http" not in DOCKERFILE.read_text(encoding="utf-8")


def test_the_images_python_is_the_one_that_the_lock_was_made_for() -> None:
    made_with = (
        (ROOT / "requirements" / "run.txt").read_text(encoding="utf-8").splitlines()[1].rsplit(" ", 1)[1]
    )
    images = {stage.parent for stage in stages().values() if stage.parent.startswith("python:")}
    assert images == {f"python:{made_with}-slim"}
