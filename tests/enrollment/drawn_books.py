"""Books for the draw's tests: small schools with everything in them that can go wrong."""

from collections.abc import Sequence

from hypothesis import strategies as st

from services.enrollment.draw.rules.book import Applicant, Book, Club, Entry

SEED = "5e" * 32
HOURS = (("16:30", "17:30"), ("17:30", "18:30"), ("16:30", "18:30"), ("17:00", "18:00"))
WEEKDAYS = ((1,), (2,), (3,), (1, 3), (2, 4), (1, 2, 3))


def a_club(number: int, *, free: int = 2, minimum: int = 1, held: int = 0, day: int = 1) -> Club:
    return Club(f"c{number}", f"K{number:02}", f"社团{number}", (day,), "16:30", "17:30", free, held, minimum)


def a_child(number: int, *wishes: int, tier: int = 1, missed_first: bool = False) -> Applicant:
    entry = Entry(f"child{number}", f"{number:032x}", tuple(f"c{wish}" for wish in wishes))
    return Applicant(entry, tier, missed_first, salt=f"{number + 10**6:032x}")


def a_book(clubs: Sequence[Club], children: Sequence[Applicant], *, most: int = 3, seed: str = SEED) -> Book:
    return Book("round", seed, most, tuple(clubs), tuple(children))


@st.composite
def clubs_of(draw: st.DrawFn) -> list[Club]:
    return [
        Club(
            f"c{number}",
            f"K{number:02}",
            f"社团{number}",
            draw(st.sampled_from(WEEKDAYS)),
            *draw(st.sampled_from(HOURS)),
            draw(st.integers(0, 4)),
            draw(st.sampled_from((0, 0, 0, 1, 2))),
            draw(st.sampled_from((1, 1, 1, 2, 3, 4))),
        )
        for number in range(draw(st.integers(1, 7)))
    ]


@st.composite
def children_of(draw: st.DrawFn, clubs: Sequence[Club], *, links: bool) -> list[Applicant]:
    ids = [club.club_id for club in clubs]
    families = {
        family: (draw(st.sampled_from(("same_day", "same_end"))), draw(st.sampled_from(("each", "neither"))))
        for family in ("f1", "f2")
    }
    children = []
    for number in range(draw(st.integers(1, 9))):
        wishes = draw(st.lists(st.sampled_from(ids), unique=True, max_size=4))
        others = [one for one in ids if one not in wishes]
        holds = draw(st.lists(st.sampled_from(others), unique=True, max_size=1)) if others else []
        unfit = draw(st.lists(st.sampled_from(wishes), unique=True, max_size=1)) if wishes else []
        linked = draw(st.sampled_from((None, None, "f1", "f2"))) if links else None
        link, if_apart = families[linked] if linked else (None, None)
        most = draw(st.sampled_from((None, None, 1, 2)))
        ticket = f"{draw(st.integers(0, 2**32 - 1)):08x}{number:024x}"
        entry = Entry(f"child{number}", ticket, tuple(wishes), most, linked, link, if_apart)
        children.append(
            Applicant(
                entry,
                draw(st.integers(0, 2)),
                draw(st.booleans()),
                f"{number:032x}",
                tuple(holds),
                dict.fromkeys(unfit, "不适合。"),
            )
        )
    return children


@st.composite
def books(draw: st.DrawFn, *, links: bool = True, minimums: bool = True) -> Book:
    """Up to seven clubs and nine children, two families of siblings among them."""
    clubs = draw(clubs_of())
    if not minimums:
        clubs = [
            Club(c.club_id, c.code, c.title, c.weekdays, c.starts, c.ends, c.free, c.held) for c in clubs
        ]
    children = draw(children_of(clubs, links=links))
    seed = draw(st.binary(min_size=32, max_size=32)).hex()
    return a_book(clubs, children, most=draw(st.integers(1, 3)), seed=seed)
