"""Which laws does a stay break? From its lines, in the order of their numbers, and where it says it stands."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from services.attendance.custody.rules.take_step import IN_CHARGE, NOTES

Row = Mapping[str, Any]
OPENING: Row = {"number": 0, "adult_after": None}
"""What stands before the first line: nobody's."""

HAS_ADULT: dict[str, tuple[bool, bool]] = {
    "received": (False, True),
    "moved": (True, True),
    "released": (True, False),
    "excused": (False, False),
}
"""Whether somebody answers for the child before and after a line of this kind."""


def broken_laws(lines: Sequence[Row], stay: Row | None) -> list[tuple[str, str]]:
    """Return each broken law with what was found; none is what must be, at any moment of a day.

    ``stay`` has state, adult_id, last_number, hand_over_id, missing, and whether a case of it is open.
    """
    found = [each for before, line in pairwise([OPENING, *lines]) for each in _of_line(before, line)]
    if stay is None:
        return [*found, ("every line has its stay", f"{len(lines)} lines")]
    return found + _of_stay(lines, stay)


def _of_line(before: Row, line: Row) -> list[tuple[str, str]]:
    number, kind = line["number"], line["kind"]
    is_note = kind in NOTES
    held = (line["adult_before"] is not None, line["adult_after"] is not None)
    checks = (
        (number == before["number"] + 1, "numbers are gap-free", f"{number} after {before['number']}"),
        (
            line["adult_before"] == before["adult_after"],
            "the chain of adults is unbroken",
            f"{number}: {line['adult_before']} after {before['adult_after']}",
        ),
        (
            HAS_ADULT.get(kind, held) == held,
            "custody is neither made nor lost",
            f"{number} {kind}: from {line['adult_before']} to {line['adult_after']}",
        ),
        (
            not is_note or line["adult_after"] == line["adult_before"],
            "a note moves nobody",
            f"{number} {kind}",
        ),
        (
            is_note or (line["actor_id"] is not None and line["method"] != "timer"),
            "nothing closes by itself",
            f"{number} {kind} by {line['method']}",
        ),
        (
            kind != "corrected" or (line["corrects"] is not None and bool(line["reason"])),
            "a correction names what it corrects, and why",
            f"{number}",
        ),
    )
    return [(law, detail) for holds, law, detail in checks if not holds]


def _of_stay(lines: Sequence[Row], stay: Row) -> list[tuple[str, str]]:
    state, adult, last = stay["state"], stay["adult_id"], [OPENING, *lines][-1]
    checks = (
        (
            adult == last["adult_after"] and (state in IN_CHARGE) == (adult is not None),
            "exactly one adult answers for a child in care",
            f"{state} with {adult}, by the ledger {last['adult_after']}",
        ),
        (
            stay["last_number"] == len(lines),
            "numbers are gap-free",
            f"the stay says {stay['last_number']}, the ledger has {len(lines)}",
        ),
        (
            (state == "in_transit") == (stay["hand_over_id"] is not None),
            "who is under way was offered",
            f"{state} in {stay['hand_over_id']}",
        ),
        (
            stay["missing"] == stay["case_open"],
            "a missing child has an open case",
            f"missing {stay['missing']}, case {stay['case_open']}",
        ),
        (
            not stay["missing"] or state in IN_CHARGE | {"expected"},
            "who is accounted for is not missing",
            state,
        ),
    )
    return [(law, detail) for holds, law, detail in checks if not holds]
