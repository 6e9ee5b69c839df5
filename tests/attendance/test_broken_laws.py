"""The check finds each law that is broken, and nothing where all hold."""

from typing import Any

import pytest

from services.attendance.custody.rules.broken_laws import broken_laws
from services.kernel.ids import new_id

HOMEROOM, QIN = new_id(), new_id()


def line(number: int, kind: str, before: Any, after: Any, **facts: Any) -> dict[str, Any]:
    told = {"method": "card", "actor_id": QIN, "corrects": None, "reason": None, **facts}
    return {"number": number, "kind": kind, "adult_before": before, "adult_after": after, **told}


def stay(state: str, adult: Any, last: int, **facts: Any) -> dict[str, Any]:
    told = {"hand_over_id": None, "missing": False, "case_open": False, **facts}
    return {"state": state, "adult_id": adult, "last_number": last, **told}


OFFERED = line(1, "received", None, HOMEROOM, method="offer", actor_id=HOMEROOM)
TAKEN = line(2, "moved", HOMEROOM, QIN)
HOME = line(3, "released", QIN, None, method="pass")


def test_a_whole_day_breaks_nothing() -> None:
    missing = line(1, "missing", None, None, method="timer", actor_id=None)
    assert broken_laws([], stay("expected", None, 0)) == []
    assert broken_laws([OFFERED], stay("in_transit", HOMEROOM, 1, hand_over_id=new_id())) == []
    assert broken_laws([OFFERED, TAKEN, HOME], stay("released", None, 3)) == []
    assert broken_laws([missing], stay("expected", None, 1, missing=True, case_open=True)) == []


@pytest.mark.parametrize(
    ("law", "lines", "where"),
    [
        ("numbers are gap-free", [OFFERED, HOME | {"adult_before": HOMEROOM}], stay("released", None, 2)),
        ("numbers are gap-free", [OFFERED, TAKEN], stay("in_care", QIN, 3)),
        (
            "the chain of adults is unbroken",
            [OFFERED, line(2, "moved", QIN, QIN)],
            stay("in_care", QIN, 2),
        ),
        ("custody is neither made nor lost", [line(1, "released", None, None)], stay("released", None, 1)),
        (
            "custody is neither made nor lost",
            [OFFERED, TAKEN | {"adult_after": None}],
            stay("absent", None, 2),
        ),
        (
            "a note moves nobody",
            [OFFERED, line(2, "sighted", HOMEROOM, QIN)],
            stay("in_care", QIN, 2),
        ),
        (
            "nothing closes by itself",
            [OFFERED, TAKEN, HOME | {"method": "timer", "actor_id": None}],
            stay("released", None, 3),
        ),
        (
            "a correction names what it corrects, and why",
            [OFFERED, line(2, "corrected", HOMEROOM, QIN, corrects=new_id())],
            stay("in_care", QIN, 2),
        ),
        ("exactly one adult answers for a child in care", [OFFERED, TAKEN], stay("in_care", HOMEROOM, 2)),
        ("exactly one adult answers for a child in care", [OFFERED, TAKEN], stay("released", QIN, 2)),
        ("who is under way was offered", [OFFERED], stay("in_transit", HOMEROOM, 1)),
        ("a missing child has an open case", [], stay("expected", None, 0, missing=True)),
        (
            "who is accounted for is not missing",
            [OFFERED, TAKEN, HOME],
            stay("released", None, 3, missing=True, case_open=True),
        ),
        ("every line has its stay", [OFFERED], None),
    ],
)
def test_a_broken_law_is_named(law: str, lines: list[Any], where: Any) -> None:
    assert [found for found, _ in broken_laws(lines, where)] == [law]
