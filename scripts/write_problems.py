"""Write docs/problems.md: every refusal that the platform can answer with, from the classes themselves.

python -m scripts.write_problems
"""

import pkgutil
from collections import defaultdict
from collections.abc import Iterator
from http import HTTPStatus
from importlib import import_module
from pathlib import Path

import services
from services.kernel.problems import Refusal, RemoteRefusal
from services.kernel.web.problems import STATUS

PAGE = Path(__file__).parents[1] / "docs" / "problems.md"
HEAD = """\
# Problems

Every refusal leaves as `application/problem+json` (RFC 9457): `type` is `urn:kehou:problem:<slug>`, `title` is
English, `detail` is a Chinese sentence that can be shown to a parent or a teacher, and the facts named in braces
come along as members. This page is written from the classes by `python -m scripts.write_problems`; a test fails when it
is stale.
"""
OTHER_STATUS = {
    "method-not-taken": HTTPStatus.METHOD_NOT_ALLOWED,
    "unexpected-fault": HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""Two answers whose status comes with the event, not with a kind of refusal."""
SKIPPED = ("services.cli", "services.standin")
"""Neither answers the public."""


def refusals() -> list[type[Refusal]]:
    """Return every refusal with a name of its own, by module and place in it."""
    for found in pkgutil.walk_packages(services.__path__, "services."):
        if not found.name.startswith(SKIPPED):
            import_module(found.name)
    kinds = {Refusal, RemoteRefusal, *STATUS}
    named = [refusal for refusal in _below(Refusal) if refusal not in kinds]
    return sorted(set(named), key=lambda refusal: (refusal.__module__, refusal.__name__))


def _below(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    for refusal in kind.__subclasses__():
        if not refusal.__module__.startswith("services.") or refusal.__module__.startswith(SKIPPED):
            continue
        yield refusal
        yield from _below(refusal)


def status_of_kind(refusal: type[Refusal]) -> HTTPStatus:
    """Return the status with which a refusal is answered."""
    of_kind = next((STATUS[kind] for kind in refusal.__mro__ if kind in STATUS), HTTPStatus.BAD_REQUEST)
    return OTHER_STATUS.get(refusal.slug(), of_kind)


def problems_page() -> str:
    """Return the page as it should stand in the tree."""
    by_service: dict[str, list[str]] = defaultdict(list)
    for refusal in refusals():
        status = status_of_kind(refusal)
        by_service[refusal.__module__.split(".")[1]].append(
            f"| `{refusal.slug()}` | {status.value} | {refusal.title()} | {refusal.detail} |"
        )
    tables = [
        "\n".join([f"\n## {service}\n", "| slug | status | title | detail |", "|---|---|---|---|", *rows, ""])
        for service, rows in sorted(by_service.items())
    ]
    return HEAD + "".join(tables)


if __name__ == "__main__":
    PAGE.write_text(problems_page(), encoding="utf-8")
    print(f"{PAGE.name}: {len(refusals())} refusals")
