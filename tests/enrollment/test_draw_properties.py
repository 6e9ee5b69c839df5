"""What a draw promises, on books that hypothesis makes up, against a slow and plainly right one."""

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.enrollment.draw.rules.book import Book
from services.enrollment.draw.rules.contest import contest_of
from services.enrollment.draw.rules.draw_book import Result, draw_book
from services.enrollment.draw.rules.lottery_order import lottery_numbers, order_of
from services.enrollment.draw.rules.passes import run_passes
from services.enrollment.draw.rules.siblings import go_together
from tests.enrollment.drawn_books import books
from tests.enrollment.slow_draw import SlowRun, minutes, slow_draw

many = settings(max_examples=200, deadline=None)
some = settings(max_examples=60, deadline=None)


def given_in(result: Result) -> dict[str, list[str]]:
    return {one.child_id: sorted(one.given) for one in result.placings}


def outcome_in(book: Book, result: Result, child_id: str, club_id: str) -> str:
    (placing,) = [one for one in result.placings if one.child_id == child_id]
    (child,) = [one for one in book.children if one.entry.child_id == child_id]
    return dict(zip(child.entry.wishes, placing.outcomes, strict=True))[club_id].outcome


@many
@given(books())
def test_the_fast_draw_is_the_slow_one(book: Book) -> None:
    result = draw_book(book)
    slow, gone = slow_draw(book, result.entries_root)
    assert given_in(result) == {child: sorted(clubs) for child, clubs in slow.items()}
    assert set(result.dissolved) == gone


@some
@given(books())
def test_no_club_is_given_to_more_children_than_it_has_places(book: Book) -> None:
    given = [club for clubs in given_in(draw_book(book)).values() for club in clubs]
    assert all(given.count(club.club_id) <= club.free for club in book.clubs)


@some
@given(books())
def test_no_child_is_in_two_clubs_at_once_or_in_more_than_it_may(book: Book) -> None:
    got = given_in(draw_book(book))
    clubs = {club.club_id: club for club in book.clubs}
    for child in book.children:
        fresh = got[child.entry.child_id]
        taken: set[Any] = set().union(*(minutes(clubs[one]) for one in child.holds))
        for club in fresh:
            assert not taken & minutes(clubs[club])
            taken |= minutes(clubs[club])
        most = min(book.most_clubs, child.entry.most_clubs or book.most_clubs)
        assert not fresh or len(fresh) + len(child.holds) <= most
        assert set(fresh) <= set(child.entry.wishes) - set(child.unfit)


@some
@given(books(links=False, minimums=False))
def test_nobody_holds_a_place_that_somebody_before_wanted_in_that_pass_or_earlier_and_could_have_held(
    book: Book,
) -> None:
    """Looked at from outside: in the pass in which a child got less than a wish, or nothing, that wish was gone to
    somebody who stands before it, or in an earlier pass, or the child could not have it."""
    result = draw_book(book)
    slow = SlowRun(book, result.entries_root, set())
    position = {one.child_id: one.position for one in result.placings}
    when: dict[str, list[tuple[int, int]]] = {club.club_id: [] for club in book.clubs}
    for child_id, clubs in slow.given.items():
        for number, club in enumerate(clubs):
            when[club].append((number, position[child_id]))
    for child in book.children:
        own = slow.given[child.entry.child_id]
        for number in range(len(own) + 1):
            at_that_time = list(own[:number])
            got = own[number] if number < len(own) else None
            wishes = list(child.entry.wishes)
            better = wishes[: wishes.index(got)] if got else wishes
            for wish in better:
                slow.given[child.entry.child_id] = at_that_time
                could = slow.could(child, wish)
                slow.given[child.entry.child_id] = own
                if could:
                    later = [one for one in when[wish] if one > (number, position[child.entry.child_id])]
                    assert not later


@some
@given(books())
def test_no_wish_is_refused_while_a_place_is_free_and_nothing_stands_against_it(book: Book) -> None:
    result = draw_book(book)
    run = SlowRun(book, result.entries_root, set(result.dissolved))
    for child in book.children:
        for club in child.entry.wishes:
            if run.free(club) > 0 and run.could(child, club):
                assert child.entry.if_apart == "neither"
                assert outcome_in(book, result, child.entry.child_id, club) == "apart"


@some
@given(books(), st.randoms(use_true_random=False))
def test_who_came_first_plays_no_part(book: Book, chance: Any) -> None:
    mixed, clubs = list(book.children), list(book.clubs)
    chance.shuffle(mixed)
    chance.shuffle(clubs)
    assert draw_book(replace(book, children=tuple(mixed), clubs=tuple(clubs))) == draw_book(book)


@some
@given(books(minimums=False, links=False))
def test_every_rank_counts(book: Book) -> None:
    """A wish more never costs a better one: without its last wish a child gets the same of the others."""
    order = order_of(book, lottery_numbers(book, "00"))
    given = run_passes(contest_of(book, order), ()).given
    for place, index in enumerate(index for unit in order for index in unit):
        child = book.children[index]
        shorter = replace(child, entry=replace(child.entry, wishes=child.entry.wishes[:-1]))
        children = (*book.children[:index], shorter, *book.children[index + 1 :])
        less = run_passes(contest_of(replace(book, children=children), order), ()).given[place]
        assert less == given[place][: len(less)]
        assert len(given[place]) - len(less) in (0, 1)


@some
@given(books())
def test_linking_moves_nobody_forward(book: Book) -> None:
    alone = replace(
        book,
        children=tuple(replace(c, entry=replace(c.entry, linked_id=None)) for c in book.children),
    )
    # The order is looked at, not the numbers: a link is in a list, and so in the root that turns all numbers.
    root = draw_book(book).entries_root
    before = [c.entry.child_id for (c,) in (unit for unit in SlowRun(alone, root, set()).order)]
    linked = [[c.entry.child_id for c in unit] for unit in SlowRun(book, root, set()).order]
    together = {child for unit in linked if len(unit) > 1 for child in unit}
    after = [child for unit in linked for child in unit]
    assert [one.child_id for one in draw_book(book).placings] == after
    for child in after:
        ahead = {one for one in before[: before.index(child)] if one not in together}
        assert ahead <= set(after[: after.index(child)])
    for unit in linked:
        last = max(before.index(child) for child in unit)
        assert {c for c in before[:last] if c not in together} == {
            c for c in after[: after.index(unit[0])] if c not in together
        }


@some
@given(books())
def test_siblings_are_together_or_apart_only_as_their_family_chose(book: Book) -> None:
    result = draw_book(book)
    run = SlowRun(book, result.entries_root, set(result.dissolved))
    for unit in run.order:
        if len(unit) > 1 and unit[0].entry.if_apart == "neither":
            got = [run.given[child.entry.child_id] for child in unit]
            assert len({len(clubs) for clubs in got}) == 1
            for combination in zip(*got, strict=True):
                clubs = [run.clubs[club] for club in combination]
                assert all(go_together(a, b, unit[0].entry.link) for a in clubs for b in clubs)


@some
@given(books())
def test_every_club_that_opens_has_its_minimum(book: Book) -> None:
    result = draw_book(book)
    given = [club for clubs in given_in(result).values() for club in clubs]
    for club in book.clubs:
        if club.club_id in result.dissolved:
            assert club.club_id not in given
        else:
            assert club.minimum <= 1 or club.held + given.count(club.club_id) >= club.minimum


@some
@given(books())
def test_each_wish_has_the_reason_that_is_true(book: Book) -> None:
    result = draw_book(book)
    run = SlowRun(book, result.entries_root, set(result.dissolved))
    children = {child.entry.child_id: child for child in book.children}
    for placing in result.placings:
        child, got = children[placing.child_id], set(placing.given)
        for club, wish in zip(child.entry.wishes, placing.outcomes, strict=True):
            hours = minutes(run.clubs[club])
            match wish.outcome:
                case "unfit":
                    assert club in child.unfit
                case "dissolved":
                    assert wish.facts["filled"] < wish.facts["minimum"]
                case "clash":
                    assert wish.facts["with"] in got | set(child.holds)
                    assert hours & minutes(run.clubs[wish.facts["with"]])
                case "limit":
                    assert len(got) + len(child.holds) >= wish.facts["most"]
                case "full":
                    assert run.free(club) == 0
                    assert wish.facts["places"] == run.clubs[club].free
                    if wish.facts.get("last") is not None and child.entry.linked_id is None:
                        assert wish.facts["last"] < placing.position
                    assert wish.facts.get("instead") in {None, *got}
                case "apart":
                    assert child.entry.linked_id is not None
