"""A draw is proved by its papers: what was tampered with anywhere is found, by a family and by the county."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from typer.testing import CliRunner

from services.cli.lottery import lottery
from services.enrollment.draw.rules.book import METHOD, Book
from services.enrollment.draw.rules.check_papers import check_papers
from services.enrollment.draw.rules.draw_book import draw_book
from services.enrollment.draw.rules.lottery_order import lottery_number, seed_hash
from services.enrollment.draw.rules.merkle import Tree, climb, leaf
from services.enrollment.draw.rules.papers import (
    AnnouncedClub,
    Announcement,
    Paper,
    Receipt,
    Record,
    receipts_of,
)
from tests.enrollment.drawn_books import SEED, a_book, a_child, a_club, books

PAPERS: TypeAdapter[Paper] = TypeAdapter(Paper)


def school() -> Book:
    clubs = [a_club(0, free=2), a_club(1, free=1, day=2), a_club(2, free=5, minimum=4, day=3)]
    children = [a_child(n, 0, 1, 2, tier=n % 2, missed_first=n == 3) for n in range(4)]
    return a_book(clubs, children)


def record_of(book: Book) -> Record:
    result = draw_book(book)
    return Record(
        method=book.method,
        round_id=book.round_id,
        seed_hash=seed_hash(book.seed),
        entries_root=result.entries_root,
        order_root=result.order_root,
        book=book,
        placings=result.placings,
        dissolved=result.dissolved,
    )


def announced(book: Book, *, drawn: bool = True) -> Announcement:
    result = draw_book(book)
    return Announcement(
        method=METHOD,
        round_id=book.round_id,
        seed_hash=seed_hash(book.seed),
        entries_root=result.entries_root if drawn else None,
        order_root=result.order_root if drawn else None,
        seed=book.seed if drawn else None,
        clubs=[
            AnnouncedClub(
                club_id=club.club_id,
                code=club.code,
                title=club.title,
                places=club.free,
                wished=sum(club.club_id in child.entry.wishes for child in book.children),
            )
            for club in book.clubs
        ],
        summary=result.summary if drawn else None,
    )


def holds(*papers: Any) -> bool:
    return all(check.passed is not False for check in check_papers(papers))


def through_json(paper: Any, change: Callable[[dict[str, Any]], None]) -> Any:
    told = json.loads(paper.model_dump_json())
    change(told)
    return PAPERS.validate_python(told)


@settings(max_examples=40, deadline=None)
@given(books())
def test_honest_papers_hold_alone_and_together(book: Book) -> None:
    receipts = receipts_of(book, draw_book(book))
    assert holds(record_of(book), announced(book), announced(book, drawn=False), *receipts)


@settings(max_examples=40, deadline=None)
@given(books(), st.data())
def test_a_receipt_that_differs_anywhere_is_found(book: Book, data: st.DataObject) -> None:
    receipt = json.loads(data.draw(st.sampled_from(receipts_of(book, draw_book(book)))).model_dump_json())
    place, entry = receipt["place"], receipt["entry"]
    changes: dict[str, Callable[[], None]] = {
        "position": lambda: place.update(position=place["position"] + 1),
        "lottery": lambda: place.update(lottery="0" * 64),
        "given": lambda: place.update(given=[*place["given"], "c9"]),
        "missed": lambda: place.update(missed_first=not place["missed_first"]),
        "tier": lambda: place.update(tier_seal="1" * 64),
        "ticket": lambda: entry.update(ticket="f" * 32),
        "wishes": lambda: entry.update(wishes=[*entry["wishes"], "c9"]),
        "link": lambda: entry.update(if_apart="sometimes"),
        "seed": lambda: receipt.update(seed="2" * 64),
        "hash": lambda: receipt.update(seed_hash="3" * 64),
        "entries": lambda: receipt.update(entries_root="4" * 64),
        "order": lambda: receipt.update(order_root="5" * 64),
        "round": lambda: receipt.update(round_id="another"),
        "method": lambda: receipt.update(method="kehou-draw-0"),
    }
    changes[data.draw(st.sampled_from(sorted(changes)))]()
    assert not holds(Receipt.model_validate(receipt))


def test_an_announcement_of_another_round_proves_nothing_and_that_is_said() -> None:
    receipt = receipts_of(school(), draw_book(school()))[0]
    other = announced(replace(school(), round_id="another"))
    said = [check.sentence for check in check_papers([other, receipt]) if check.passed is None]
    assert [sentence for sentence in said if "没有给出这一轮的公告" in sentence]


def raise_tier(told: dict[str, Any]) -> None:
    told["book"]["children"][0]["tier"] = 0 if told["book"]["children"][0]["tier"] else 1


def add_a_child(told: dict[str, Any]) -> None:
    extra = json.loads(json.dumps(told["book"]["children"][0]))
    extra["entry"] |= {"child_id": "late", "ticket": "9" * 32}
    told["book"]["children"].append(extra)


def swap_two(told: dict[str, Any]) -> None:
    first, second = told["placings"][0], told["placings"][1]
    first["child_id"], second["child_id"] = second["child_id"], first["child_id"]


def change(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def make(told: dict[str, Any]) -> None:
        *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        here: Any = told
        for step in steps:
            here = here[step]
        here[last] = value

    return make


@pytest.mark.parametrize(
    "tamper",
    [
        raise_tier,
        add_a_child,
        swap_two,
        change("book.seed", "77" * 32),
        change("book.most_clubs", 1),
        change("book.clubs.0.free", 3),
        change("book.clubs.2.minimum", 5),
        change("book.children.1.missed_first", True),
        change("book.children.1.entry.wishes", ["c1"]),
        change("book.children.1.entry.wishes", ["nowhere"]),
        change("book.children.1.salt", "00"),
        change("book.round_id", "another"),
        change("placings.0.outcomes.0.outcome", "full"),
        change("placings.3.outcomes.1.facts", {"places": 100}),
        change("placings.2.position", 9),
        change("placings", []),
        change("dissolved", ["c2"]),
        change("order_root", "ab" * 32),
        change("entries_root", "ab" * 32),
        change("seed_hash", "ab" * 32),
    ],
)
def test_a_record_that_differs_anywhere_is_found(tamper: Callable[[dict[str, Any]], None]) -> None:
    record = record_of(school())
    assert holds(record)
    assert not holds(through_json(record, tamper))


def test_a_seed_that_was_exchanged_after_the_announcement_is_found() -> None:
    before = announced(school(), drawn=False)
    other = replace(school(), seed="aa" * 32)
    receipt = receipts_of(other, draw_book(other))[0]
    assert holds(receipt)
    assert not holds(before, receipt)
    assert not holds(before, record_of(other))


@pytest.mark.parametrize(
    "tamper", [change("clubs.0.places", 9), change("clubs.1.wished", 9), change("summary.placed", 99)]
)
def test_figures_that_everybody_read_and_that_are_not_those_of_the_draw_are_found(
    tamper: Callable[[dict[str, Any]], None],
) -> None:
    assert not holds(through_json(announced(school()), tamper), record_of(school()))


def test_two_families_who_were_told_different_draws_find_out_by_comparing() -> None:
    one, other = school(), replace(school(), most_clubs=1)
    assert not holds(receipts_of(one, draw_book(one))[0], receipts_of(other, draw_book(other))[0])


def test_nobodys_number_can_be_chosen_by_who_knows_the_seed() -> None:
    """Any other list anywhere turns all numbers."""
    book = school()
    changed = replace(book, children=(*book.children[:-1], a_child(3, 1)))
    lotteries = {one.child_id: one.lottery for one in draw_book(book).placings}
    assert all(one.lottery != lotteries[one.child_id] for one in draw_book(changed).placings)


def test_a_receipt_tells_no_tier_and_nobody_elses_list() -> None:
    book = school()
    for receipt in receipts_of(book, draw_book(book)):
        told = receipt.model_dump_json()
        assert '"tier"' not in told
        own = next(c for c in book.children if c.entry.child_id == receipt.entry.child_id)
        assert own.salt not in told
        assert all(c.entry.ticket not in told for c in book.children if c is not own)


def test_a_number_is_what_anybody_computes_with_a_hash_function() -> None:
    """As the guide describes it: `openssl dgst -sha256 -mac HMAC -macopt hexkey:…`."""
    number = lottery_number(SEED, "r", "00", "t", method=METHOD)
    assert number == "0dc0d11b98360c7953599e156ddf2382a5b7c854af92384245f8124b82dac242"


@pytest.mark.parametrize("size", range(1, 18))
def test_every_leaf_climbs_to_the_root(size: int) -> None:
    leaves = [leaf([number]) for number in range(size)]
    tree = Tree(leaves)
    assert {climb(one, tree.path(index)) for index, one in enumerate(leaves)} == {tree.root}
    assert climb(leaf(["other"]), tree.path(0)) != tree.root


def write(folder: Path, name: str, paper: Any) -> str:
    (folder / name).write_text(paper.model_dump_json(), encoding="utf-8")
    return str(folder / name)


def test_the_command_ticks_what_holds(tmp_path: Path) -> None:
    book = school()
    files = [
        write(tmp_path, "announcement.json", announced(book)),
        write(tmp_path, "receipt.json", receipts_of(book, draw_book(book))[0]),
        write(tmp_path, "record.json", record_of(book)),
    ]
    done = CliRunner().invoke(lottery, ["verify", *files])
    assert done.exit_code == 0, done.output
    assert done.output.count("✓") >= 10
    assert "✗" not in done.output


def test_the_command_fails_on_what_does_not_hold(tmp_path: Path) -> None:
    book = school()
    other = replace(book, seed="aa" * 32)
    files = [
        write(tmp_path, "announcement.json", announced(book, drawn=False)),
        write(tmp_path, "receipt.json", receipts_of(other, draw_book(other))[0]),
    ]
    done = CliRunner().invoke(lottery, ["verify", *files])
    assert done.exit_code == 1
    assert "✗ 2 份文件的种子指纹一致" in done.output
