"""Check the papers of a draw, each by itself and against each other; needs nothing but the papers."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from services.enrollment.draw.rules.book import METHOD, Book
from services.enrollment.draw.rules.draw_book import Placing, draw_book
from services.enrollment.draw.rules.entries_root import entry_leaf
from services.enrollment.draw.rules.lottery_order import lottery_number, seed_hash
from services.enrollment.draw.rules.merkle import climb
from services.enrollment.draw.rules.order_root import order_leaf
from services.enrollment.draw.rules.papers import Announcement, Receipt, Record

COMPARED = {
    "method": "规则版本",
    "seed_hash": "种子指纹",
    "seed": "种子",
    "entries_root": "全部志愿表的根哈希",
    "order_root": "全部名次的根哈希",
}
"""What papers of one round must agree on."""

NAMES = {Announcement: "公告", Receipt: "凭据", Record: "全册"}


@dataclass(frozen=True)
class Check:
    """One thing that was looked at; ``passed`` None: nothing was there to hold it against."""

    passed: bool | None
    sentence: str


def check_papers(papers: Sequence[Announcement | Receipt | Record]) -> list[Check]:
    """Return every check; the draw is proved as far as the papers go when none of them failed."""
    checks: list[Check] = []
    for paper in papers:
        checks.append(Check(paper.method == METHOD, f"{NAMES[type(paper)]}：规则版本是 {METHOD}"))
        match paper:
            case Announcement():
                checks += _announcement(paper)
            case Receipt():
                checks += _receipt(paper)
            case Record():
                checks += _record(paper)
    return checks + list(_against_each_other(papers))


def check_shown(position: int, given: Collection[str], receipt: Receipt) -> Check:
    """Hold what a family was shown, its place in the order and its clubs, against its receipt."""
    place = receipt.place
    return Check(
        (position, sorted(given)) == (place.position, sorted(place.given)),
        f"结果页：显示第 {position} 位、得到 {len(given)} 门，与凭据相同",
    )


def _announcement(paper: Announcement) -> Iterator[Check]:
    if paper.seed is None:
        yield Check(None, "公告：还没有种子（结果公布后才有），以后再核对")
    else:
        yield Check(
            _holds(lambda: seed_hash(paper.seed or "") == paper.seed_hash), "公告：种子与事先公布的指纹一致"
        )


def _receipt(paper: Receipt) -> Iterator[Check]:
    place, entry = paper.place, paper.entry
    yield Check(_holds(lambda: seed_hash(paper.seed) == paper.seed_hash), "凭据：种子与其指纹一致")
    yield Check(
        _holds(lambda: climb(entry_leaf(entry), paper.entry_path) == paper.entries_root),
        f"凭据：这份志愿表（{len(entry.wishes)} 个志愿）在截止时的全部志愿表之中",
    )
    number = lottery_number(paper.seed, paper.round_id, paper.entries_root, entry.ticket, method=paper.method)
    yield Check(
        place.ticket == entry.ticket and place.lottery == number,
        f"凭据：抽签号 {place.lottery[:12]}… 由种子、全部志愿表和自己的抽签凭号算出",
    )
    yield Check(
        _holds(lambda: climb(order_leaf(place), paper.order_path) == paper.order_root),
        f"凭据：第 {place.position} 位、得到 {len(place.given)} 门，与全部名次的根哈希一致",
    )


def _record(paper: Record) -> Iterator[Check]:
    yield Check(_holds(lambda: seed_hash(paper.book.seed) == paper.seed_hash), "全册：种子与其指纹一致")
    try:
        again = draw_book(paper.book)
    except (ArithmeticError, LookupError, TypeError, ValueError):
        yield Check(False, "全册：内容前后不符，无法重新抽签")
        return
    same = (paper.book.round_id, paper.book.method) == (paper.round_id, paper.method)
    yield Check(same and again.entries_root == paper.entries_root, "全册：全部志愿表的根哈希重新算出后一致")
    yield Check(again.order_root == paper.order_root, "全册：全部名次的根哈希重新算出后一致")
    yield Check(
        sorted(again.dissolved) == sorted(paper.dissolved),
        f"全册：未开成的课程 {len(paper.dissolved)} 门一致",
    )
    told = {placing.child_id: placing for placing in paper.placings}
    other = [one for one in again.placings if not _same(one, told.get(one.child_id))]
    more = len(told) - len(again.placings)
    ending = f"，不一致 {len(other)} 个（第一个在第 {other[0].position} 位）" if other else ""
    yield Check(
        not other and not more, f"全册：{len(again.placings)} 个孩子的名次、结果和原因逐一重新算出{ending}"
    )


def _same(one: Placing, other: Placing | None) -> bool:
    return other is not None and one == other


def _against_each_other(papers: Sequence[Announcement | Receipt | Record]) -> Iterator[Check]:
    rounds = sorted({paper.round_id for paper in papers})
    for round_id in rounds:
        own = [paper for paper in papers if paper.round_id == round_id]
        if not any(isinstance(paper, Announcement) for paper in own):
            yield Check(None, "没有给出这一轮的公告：请把截止前保存的公告一起核对，才能确认种子没有换过")
        for name, label in COMPARED.items():
            told = [value for paper in own if (value := _told(paper, name)) is not None]
            if len(told) > 1:
                yield Check(len(set(told)) == 1, f"{len(told)} 份文件的{label}一致")
        records = [paper for paper in own if isinstance(paper, Record)]
        for paper in own:
            if isinstance(paper, Announcement) and paper.summary is not None and records:
                yield Check(
                    _holds(lambda: _announces(paper, records[0].book)),  # noqa: B023 - called at once
                    "公告里的名额、填报人数和结果统计与全册一致",
                )


def _announces(paper: Announcement, book: Book) -> bool:
    """Whether the figures that everybody read are those of the book."""
    wished = Counter(wish for child in book.children for wish in child.entry.wishes)
    places = {club.club_id: club.free for club in book.clubs}
    return paper.summary == draw_book(book).summary and all(
        (club.places, club.wished) == (places[club.club_id], wished[club.club_id]) for club in paper.clubs
    )


def _told(paper: Announcement | Receipt | Record, name: str) -> str | None:
    source = paper.book if isinstance(paper, Record) and name == "seed" else paper
    value: str | None = getattr(source, name)
    return value


def _holds(equation: Callable[[], bool]) -> bool:
    """Whether an equation holds; what cannot be computed does not."""
    try:
        return equation()
    except (LookupError, TypeError, ValueError):
        return False
