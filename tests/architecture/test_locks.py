"""What is installed is what was locked: exact versions, with hashes, from whichever index the machine uses."""

import re

import pytest

from tests.architecture.source_tree import ROOT

LOCKS = ("run", "dev")
PINNED = re.compile(r"^([A-Za-z0-9][\w.-]*)==\S+ \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")


def lines_of(lock: str) -> list[str]:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_versions_and_hashes_and_nothing_else(lock: str) -> None:
    assert [line for line in lines_of(lock) if not PINNED.match(line) and not HASH.match(line)] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_each_locked_package_has_a_hash(lock: str) -> None:
    lines = lines_of(lock)
    bare = [
        line
        for line, after in zip(lines, [*lines[1:], ""], strict=True)
        if PINNED.match(line) and not HASH.match(after)
    ]
    assert not bare


@pytest.mark.parametrize("lock", LOCKS)
def test_everything_asked_for_is_locked(lock: str) -> None:
    locked = {
        match.group(1).lower().replace("_", "-") for line in lines_of(lock) if (match := PINNED.match(line))
    }
    asked = (ROOT / "requirements" / f"{lock}.in").read_text(encoding="utf-8").splitlines()
    names = {
        re.split(r"[\[=<>~! ]", line)[0].lower().replace("_", "-")
        for line in asked
        if line.strip() and not line.startswith(("#", "-"))
    }
    assert names <= locked
