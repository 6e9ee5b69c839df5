"""`make bench`: measure, print a table, write bench/results/latest.json."""

import asyncio
import json
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.measure_claims import measure_claims
from bench.measure_draw import measure_draw
from bench.measure_gateway import measure as measure_gateway
from bench.measure_imports import measure_imports
from bench.measure_scans import measure_scans

GOALS = {
    "gateway_share_of_direct": 0.35,
    "claim_share_of_trivial_post": 0.5,
    "claim_over_row_lock": 5,
    "draw_over_matching": 50,
}
"""What a figure should at least be (the issue that asked for it)."""
LIMITS = {"claim_oversold": 0, "claim_duplicates": 0, "draw_growth": 12}
"""What a figure should at most be."""
RESULTS = Path(__file__).parent / "results" / "latest.json"


def main() -> None:
    """Run every measure in one go, so that the figures may be compared with each other."""
    figures: dict[str, float] = {}
    say("measuring the gateway")
    figures |= measure_gateway()
    say("measuring scans")
    figures |= asyncio.run(measure_scans())
    say("measuring claims")
    figures |= measure_claims()
    say("measuring draws")
    figures |= measure_draw()
    say("measuring imports")
    figures |= measure_imports()
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(
        json.dumps(
            {"at": datetime.now(UTC).isoformat(), "python": platform.python_version(), **figures}, indent=1
        )
    )
    table = Table("figure", "measured", "goal")
    for name, value in figures.items():
        table.add_row(name, f"{value:,}", goal_of(name, value))
    Console().print(table)


def goal_of(name: str, value: float) -> str:
    """Return what the figure should be, and whether it is."""
    if name in LIMITS:
        return f"≤ {LIMITS[name]} {'✓' if value <= LIMITS[name] else '✗'}"
    if name in GOALS:
        return f"≥ {GOALS[name]} {'✓' if value >= GOALS[name] else '✗'}"
    return ""


def say(line: str) -> None:
    """Tell a person who waits; stdout is for the table."""
    print(f"{line} …", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
