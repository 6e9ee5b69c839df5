"""The lock is whole on every Python that the project promises, not only on the one it was made on."""

import re
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCKS = Path(__file__).parents[2] / "requirements"


def locked(lock: str) -> set[str]:
    pins = re.findall(r"^([A-Za-z0-9._-]+)==", (LOCKS / lock).read_text(), re.MULTILINE)
    return {canonicalize_name(pin) for pin in pins}


@pytest.mark.parametrize("python", ["3.11.0", "3.11.2", "3.12.3", "3.13.1", "3.14.0"])
@pytest.mark.parametrize("lock", ["run.txt", "dev.txt"])
def test_what_a_package_asks_for_on_another_python_is_locked_too(lock: str, python: str) -> None:
    there = {"extra": "", "python_full_version": python, "python_version": python[:4]}
    names = locked(lock)
    wanted = {
        canonicalize_name(requirement.name)
        for name in names
        for requirement in map(Requirement, requires(name) or [])
        if requirement.marker is None or requirement.marker.evaluate(there)
    }
    assert not wanted - names
