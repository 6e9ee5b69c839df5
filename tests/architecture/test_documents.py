"""Papers tell the truth about the tree: what they link to and name is there."""

import re
from collections.abc import Iterator
from pathlib import Path

from services.cli.commands import COMMANDS
from tests.architecture.source_tree import ROOT, named, project_files, python_files

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
NAMED = re.compile(
    r"`((?:services|tests|docs|scripts|policies|deploy|bench|examples|requirements)/[\w./-]+)`"
)
TARGET = re.compile(r"(?:`|^)make ([a-z]+)", re.MULTILINE)
COMMAND = re.compile(r"(?:python -m services\.cli|`kehou|^kehou|run --rm operator) ([a-z-]+)", re.MULTILINE)
SCRIPT = re.compile(r"python -m (scripts\.\w+)")

MADE_ON_THE_SPOT = ("deploy/secrets", "deploy/inbox", "bench/results")
"""Written by a command where it runs, and kept out of git."""


def papers() -> Iterator[tuple[Path, str]]:
    for path in project_files():
        if path.suffix == ".md" and not path.is_relative_to(ROOT / "tests"):
            yield path, path.read_text(encoding="utf-8")


def is_there(path: Path) -> bool:
    return path.exists() or any(path.parent.glob(path.name))


def test_every_link_leads_to_a_file() -> None:
    broken = [
        f"{named(paper)}: {target}"
        for paper, text in papers()
        for target in LINK.findall(text)
        if not target.startswith("#") and not is_there(paper.parent / target.partition("#")[0])
    ]
    assert not broken


def test_every_file_that_a_paper_names_is_there() -> None:
    gone = [
        f"{named(paper)}: {name}"
        for paper, text in papers()
        for name in NAMED.findall(text)
        if not name.startswith(MADE_ON_THE_SPOT) and not is_there(ROOT / name.rstrip("/."))
    ]
    assert not gone


def test_every_command_that_a_paper_names_exists() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    unknown = [
        f"{named(paper)}: {word}"
        for paper, text in papers()
        for word in TARGET.findall(text)
        if word not in targets
    ]
    unknown += [
        f"{named(paper)}: {word}"
        for paper, text in papers()
        for word in COMMAND.findall(text)
        if word not in COMMANDS
    ]
    unknown += [
        f"{named(paper)}: {script}"
        for paper, text in papers()
        for script in SCRIPT.findall(text)
        if not (ROOT / f"{script.replace('.', '/')}.py").exists()
    ]
    assert not unknown


def test_every_rule_of_the_policy_that_code_cites_can_be_looked_up() -> None:
    page = (ROOT / "docs" / "guides" / "policy.md").read_text(encoding="utf-8")
    unknown = {
        f"{named(path)}: {rule}"
        for path in python_files("services")
        for rule in re.findall(r"\bR\d\d\b", path.read_text(encoding="utf-8"))
        if f"| {rule} |" not in page
    }
    assert not unknown


def test_the_list_of_decisions_has_no_gap() -> None:
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs" / "decisions").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))
