"""How long does a draw take, how does that grow with the children, and what does deferred acceptance take instead?

A book is laid out first (not measured): five wishes a child, a few clubs wanted by most, minimum sizes that some do not
reach, one child in ten linked to a sibling, two clubs at most. Measured is all that follows: the root over the lists,
lottery numbers, order, passes with every dissolution, a reason for each wish, the root over the order. Each size runs
in a process of its own, for its peak of memory; it is drawn several times and the fastest counts. Seconds are of the
processor: neither side waits for anything.
"""

import json
import random
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from matching.games import HospitalResident

from bench.peak_memory import peak_mb
from services.enrollment.draw.rules.book import Applicant, Book, Club, Entry
from services.enrollment.draw.rules.contest import contest_of
from services.enrollment.draw.rules.draw_book import draw_book
from services.enrollment.draw.rules.entries_root import entries_root
from services.enrollment.draw.rules.lottery_order import Unit, lottery_numbers, order_of
from services.enrollment.draw.rules.passes import run_passes

SIZES = {1_200: 9, 12_000: 5, 120_000: 3}
"""Children, and how often they are drawn."""
MATCHED = 12_000
PLACES = 30
MINIMUM = 20
TIMES = (
    ((1,), "16:30", "17:30"),
    ((2,), "17:30", "18:30"),
    ((3,), "16:30", "18:30"),
    ((1, 4), "17:30", "18:30"),
)


def measure_draw() -> dict[str, float]:
    """Return seconds by size, their growth per tenfold, memory, and the share of a draw in deferred acceptance."""
    found = {size: _in_own_process(str(size)) for size in SIZES}
    matched = _in_own_process("matching")
    seconds = [found[size]["seconds"] for size in SIZES]
    largest = max(SIZES)
    return {
        **{f"draw_seconds_{size}": round(one["seconds"], 3) for size, one in found.items()},
        "draw_growth": round(max(b / a for a, b in pairwise(seconds)), 1),
        f"draw_dissolved_{largest}": found[largest]["dissolved"],
        f"draw_book_mb_{largest}": round(found[largest]["book_mb"]),
        f"draw_growth_mb_{largest}": round(found[largest]["growth_mb"]),
        "matching_seconds_12000": round(matched["matching"], 2),
        "draw_over_matching": round(matched["matching"] / matched["draw"], 1),
    }


def make_book(children: int, *, clubs: int, most: int, plain: bool = False) -> Book:
    """Return a book that is the same at every call; ``plain``: no siblings, no minimum sizes."""
    chance = random.Random(children)  # noqa: S311 - laid out alike each time
    offered = tuple(_club(number, plain=plain) for number in range(clubs))
    applicants = tuple(_child(chance, number, offered, plain=plain) for number in range(children))
    return Book("a-round", "5e" * 32, most, offered, applicants)


def _club(number: int, *, plain: bool) -> Club:
    weekdays, starts, ends = TIMES[number % len(TIMES)]
    minimum = 1 if plain else MINIMUM
    return Club(
        f"c{number:05}", f"K{number:05}", f"社团{number}", weekdays, starts, ends, PLACES, minimum=minimum
    )


def _child(chance: random.Random, number: int, clubs: tuple[Club, ...], *, plain: bool) -> Applicant:
    wishes: dict[str, None] = {}
    while len(wishes) < 5:
        wishes[clubs[int(len(clubs) * chance.random() ** 4)].club_id] = None
    linked = None if plain or number % 20 > 1 else f"family{number // 20}"
    entry = Entry(
        f"child{number}",
        f"{chance.getrandbits(128):032x}",
        tuple(wishes),
        None,
        linked,
        linked and chance.choice(("same_day", "same_end")),
        linked and "each",
    )
    return Applicant(
        entry, int(chance.random() < 0.9), chance.random() < 0.2, f"{chance.getrandbits(128):032x}"
    )


def _draw(size: int) -> dict[str, float]:
    before = peak_mb()
    book = make_book(size, clubs=size // 20, most=2)
    laid_out = peak_mb()
    seconds, result = _fastest(lambda: draw_book(book), SIZES[size])
    return {
        "seconds": seconds,
        "dissolved": len(result.dissolved),
        "book_mb": laid_out - before,
        "growth_mb": peak_mb() - laid_out,
    }


def _against_matching() -> dict[str, float]:
    """Place 12,000 children in 600 clubs, one each, both ways; the children placed are the same."""
    book = make_book(MATCHED, clubs=600, most=1, plain=True)

    def ours() -> tuple[list[Unit], list[tuple[int, ...]]]:
        root = entries_root(child.entry for child in book.children)
        order = order_of(book, lottery_numbers(book, root))
        return order, run_passes(contest_of(book, order), ()).given

    seconds, (order, given) = _fastest(ours, 5)
    started = time.process_time()
    solved = _theirs(book, order)
    took = time.process_time() - started
    clubs = [club.club_id for club in book.clubs]
    got = {(clubs[club], index) for (index,), some in zip(order, given, strict=True) for club in some}
    if got != solved:
        raise RuntimeError("the two do not place the same children")
    return {"draw": seconds, "matching": took}


def _theirs(book: Book, order: list[Unit]) -> set[tuple[str, int]]:
    sys.setrecursionlimit(100_000)
    ranked: dict[str, list[int]] = {}
    for (index,) in order:
        for club in book.children[index].entry.wishes:
            ranked.setdefault(club, []).append(index)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        game = HospitalResident.create_from_dictionaries(
            {index: list(child.entry.wishes) for index, child in enumerate(book.children)},
            ranked,
            {club.club_id: club.free for club in book.clubs if club.club_id in ranked},
        )
        solved = game.solve(optimal="resident")
    return {(club.name, child.name) for club, some in solved.items() for child in some}


def _fastest(work: Callable[[], Any], times: int) -> tuple[float, Any]:
    took, result = [], None
    for _ in range(times):
        result = None  # two results at once are nobody's memory
        started = time.process_time()
        result = work()
        took.append(time.process_time() - started)
    return min(took), result


def _in_own_process(what: str) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.measure_draw", what]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603 - this file
    measured: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return measured


if __name__ == "__main__":
    if len(sys.argv) < 2:
        print(json.dumps(measure_draw(), indent=1))
    else:
        print(json.dumps(_against_matching() if sys.argv[1] == "matching" else _draw(int(sys.argv[1]))))
