"""One club per child: there the draw and deferred acceptance are the same thing, whoever computes it."""

import warnings

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from matching.games import HospitalResident

from services.enrollment.draw.rules.draw_book import draw_book
from tests.enrollment.drawn_books import a_book, a_child, a_club


@st.composite
def wishes_and_places(draw: st.DrawFn) -> tuple[list[list[int]], list[int]]:
    places = draw(st.lists(st.integers(1, 3), min_size=1, max_size=6))
    one = st.lists(st.integers(0, len(places) - 1), unique=True, min_size=1, max_size=4)
    return draw(st.lists(one, min_size=1, max_size=10)), places


@settings(max_examples=200, deadline=None)
@given(wishes_and_places())
def test_one_club_per_child_is_what_hospitals_and_residents_come_to(
    school: tuple[list[list[int]], list[int]],
) -> None:
    """With one order for all clubs as every hospital's ranking of its residents."""
    lists, places = school
    wished = {club for some in lists for club in some}
    assume(wished == set(range(len(places))))
    clubs = [a_club(number, free=free) for number, free in enumerate(places)]
    result = draw_book(a_book(clubs, [a_child(number, *some) for number, some in enumerate(lists)], most=1))
    order = [placing.child_id for placing in result.placings]
    residents = {f"child{n}": [f"c{club}" for club in some] for n, some in enumerate(lists)}
    hospitals = {
        club.club_id: [child for child in order if club.club_id in residents[child]] for club in clubs
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of residents who end with nothing
        game = HospitalResident.create_from_dictionaries(
            residents, hospitals, {club.club_id: club.free for club in clubs}
        )
        solved = game.solve(optimal="resident")
    theirs = {str(hospital): {str(child) for child in some} for hospital, some in solved.items()}
    ours = {
        club.club_id: {placing.child_id for placing in result.placings if club.club_id in placing.given}
        for club in clubs
    }
    assert ours == theirs
