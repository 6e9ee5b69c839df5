"""The verdict, and the figures of the last line."""

import time
from typing import Any

from services.cli.demo.compare import complaints
from services.cli.demo.read_records import Records, read_records
from services.cli.demo.stage import Stage
from services.cli.platform import Platform


async def tally(stage: Stage, platform: Platform) -> dict[str, Any]:
    """Return the figures; ``broken`` among them, in words, only when something does not agree."""
    with stage.show.step("the books are compared") as step:
        records = await read_records(stage, platform)
        broken = complaints(stage, records)
        step.outcome = "; ".join(broken) or "all agree"
    figures = _figures(stage, records, balanced=not broken)
    return {**figures, "broken": broken} if broken else figures


def _figures(stage: Stage, records: Records, *, balanced: bool) -> dict[str, Any]:
    """Everything here was counted by the platform; ``places_refused`` by the phones that were told so."""
    counts, ledger, letters = records.day["counts"], records.day["ledger"], records.letters.values()
    delivered, received = sum(one.delivered for one in letters), sum(one.received for one in letters)
    return {
        "children": len(stage.cards),
        "expected": counts["expected"],
        "received": counts["received"],
        "moved": ledger.get("moved", 0),
        "missing_raised": counts["missing_raised"],
        "missing_cleared": counts["missing_cleared"],
        "released": counts["released"],
        "self_released": counts["self_released"],
        "absent": counts["absent"],
        "late": counts["late"],
        "ladder_steps": sum(case["steps_climbed"] for case in records.late_cases),
        "refused_releases": counts["refused_releases"],
        "wishes": stage.drawn["wishes"],
        "first_choice_share": stage.drawn["first_choice_share"],
        "placed_in_care": stage.drawn["placed_in_care"],
        "dissolved": stage.drawn["dissolved"],
        "waiting": stage.meant.waiting,
        "refused_places": stage.meant.full,
        "told_wechat": records.messages["told_wechat"],
        "told_sms": records.messages["told_sms"],
        "facts": sum(one.announced for one in letters),
        "letters_delivered": delivered,
        "letters_lost": max(0, delivered - received) + sum(one.dead + one.waiting for one in letters),
        "duplicates_applied": max(0, received - delivered) + records.messages["doubled_without_doubt"],
        "ledger_lines": sum(ledger.values()),
        "balanced": balanced and records.day["state"] == "closed",
        "seconds": round(time.perf_counter() - stage.show.started, 1),
    }
