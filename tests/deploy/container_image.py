"""What an image would hold: the Dockerfile's COPY lines, carried out without an engine."""

import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "deploy" / "Dockerfile"


@dataclass
class Stage:
    """One stage of the Dockerfile: its parent, and what it copies from the tree, (sources, destination)."""

    parent: str
    copies: list[tuple[list[str], str]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


def stages() -> dict[str, Stage]:
    """Return the Dockerfile's stages by name."""
    found: dict[str, Stage] = {}
    current = Stage("")
    for line in re.sub(r"\\\n", " ", DOCKERFILE.read_text(encoding="utf-8")).splitlines():
        word, _, rest = line.strip().partition(" ")
        if word == "FROM":
            parent, _, name = rest.partition(" AS ")
            current = found[name] = Stage(parent)
        elif word and not word.startswith("#"):
            current.lines.append(line.strip())
            if word == "COPY" and not rest.startswith("--from="):
                *sources, destination = rest.split()
                current.copies.append((sources, destination))
    return found


def copies_of(stage: str) -> list[tuple[list[str], str]]:
    """Return everything that ends up in a stage's working folder, its parents' first."""
    known = stages()
    if stage not in known:
        return []
    return [*copies_of(known[stage].parent), *known[stage].copies]


def build_tree(folder: Path, stage: str, service: str = "") -> Path:
    """Copy into ``folder`` what the image of ``stage`` holds in its working folder."""
    for sources, destination in copies_of(stage):
        for source in sources:
            named = source.replace("${SERVICE}", service)
            target = folder / destination.replace("${SERVICE}", service)
            if (ROOT / named).is_dir():
                shutil.copytree(
                    ROOT / named, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__")
                )
            else:
                into = target / Path(named).name if destination.endswith("/") else target
                into.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / named, into)
    return folder
