"""`scripts/setup.sh` says in one sentence what is missing, and does nothing when nothing is to be done."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A fresh clone, as far as the script sees it."""
    place = tmp_path / "kehou"
    for folder in ("scripts", "requirements"):
        shutil.copytree(ROOT / folder, place / folder)
    return place


def stand_in_python(project: Path, body: str) -> str:
    path = project.parent / "python"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


def set_up(project: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", "scripts/setup.sh", "run"],
        cwd=project,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def make_current(project: Path) -> None:
    """Leave a venv behind as a finished setup does."""
    (project / ".venv" / "bin").mkdir(parents=True)
    (project / ".venv" / "bin" / "python").symlink_to("/bin/true")
    sum_ = subprocess.run(
        ["/bin/sh", "-c", "cat requirements/run.txt | cksum"],
        cwd=project,
        capture_output=True,
        text=True,
        check=True,
    )
    (project / ".venv" / ".locked").write_text(f"run {sum_.stdout}")


def test_an_old_python_is_named_with_the_way_out(project: Path) -> None:
    old = stand_in_python(project, 'case "$*" in -V) echo Python 3.9.2;; *) exit 1;; esac')
    told = set_up(project, PYTHON=old)
    assert told.returncode == 1
    assert told.stderr == (
        f"kehou: Python 3.11 or newer is needed and was not found ({old} is Python 3.9.2): "
        "install one, or name it: make PYTHON=/path/to/python3.12 demo\n"
    )


def test_a_python_without_its_venv_module_is_named_with_the_way_out(project: Path) -> None:
    bare = stand_in_python(project, 'case "$*" in *ensurepip*) exit 1;; *) exit 0;; esac')
    told = set_up(project, PYTHON=bare)
    assert told.returncode == 1
    assert told.stderr.startswith(f"kehou: {bare} lacks its venv module: install it")
    assert told.stderr.count("\n") == 1


def test_nothing_is_done_when_the_venv_holds_what_the_lock_says(project: Path) -> None:
    make_current(project)
    told = set_up(project, PYTHON="/nonexistent")
    assert (told.returncode, told.stdout, told.stderr) == (0, "", "")


@pytest.mark.parametrize("stamp", [None, "updating\n"])
def test_a_half_made_venv_is_made_anew(project: Path, stamp: str | None) -> None:
    make_current(project)
    (project / ".venv" / "left_over").touch()
    (project / ".venv" / ".locked").unlink()
    if stamp:
        (project / ".venv" / ".locked").write_text(stamp)
    # The venv that this one makes has a pip that fails: far enough to see the old one gone.
    maker = stand_in_python(
        project,
        'case "$*" in *"venv .venv"*) mkdir -p .venv/bin; printf "#!/bin/sh\\necho ERROR: no pip here; exit 1" '
        "> .venv/bin/python; chmod +x .venv/bin/python;; esac",
    )
    told = set_up(project, PYTHON=maker)
    assert told.returncode == 1
    assert "pip failed: ERROR: no pip here" in told.stderr
    assert not (project / ".venv" / "left_over").exists()
    assert (project / ".venv" / ".locked").read_text() == "updating\n"
