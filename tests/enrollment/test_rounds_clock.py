"""When a round is hidden, visible, open, closed and out, and when its offerings can be claimed: by the clock alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrollment.rounds.round_of_offerings import standing_of
from services.enrollment.rounds.rules.phase import Phase, claim_bar, phase_of
from services.kernel.ids import new_id
from tests.enrollment.conftest import NOON, RolledBack, Schools
from tests.enrollment.small_rounds import CLOSES, OPENS, RESULTS, VISIBLE, announced, ids_of, phase_at

SECOND = timedelta(seconds=1)
PHASES = get_args(Phase)


@dataclass
class Told:
    """A round's instants."""

    kind: str
    visible_from: datetime
    opens_at: datetime
    closes_at: datetime
    results_at: datetime
    published_at: datetime | None


@given(
    st.sampled_from(["preference", "first_come"]),
    st.lists(st.integers(0, 40), min_size=4, max_size=4).map(sorted),
    st.none() | st.integers(0, 10),
    st.lists(st.integers(-5, 60), min_size=2, max_size=2).map(sorted),
)
def test_a_phase_follows_the_one_before_and_never_goes_back(
    kind: str, hours: list[int], late: int | None, looks: list[int]
) -> None:
    visible, opens, closes, results = (NOON + timedelta(hours=hour) for hour in hours)
    out = None if late is None else results + timedelta(hours=late)

    def seen(hour: int) -> str:
        now = NOON + timedelta(hours=hour)
        published = out if out is not None and out <= now else None
        return phase_of(Told(kind, visible, opens, closes, results, published), now=now)

    first, second = (PHASES.index(seen(hour)) for hour in looks)
    assert first <= second


@pytest.mark.parametrize("kind", ["preference", "first_come"])
async def test_opening_is_inside_the_round_and_closing_is_outside(
    kind: str, filled: Schools, at: RolledBack
) -> None:
    async with at(filled.primary) as tx:
        told = await announced(tx, filled, kind)
        told_at = {
            VISIBLE - SECOND: "hidden",
            VISIBLE: "visible",
            OPENS - SECOND: "visible",
            OPENS: "open",
            CLOSES - SECOND: "open",
            CLOSES: "closed",
            RESULTS - SECOND: "closed",
        }
        assert {now: await phase_at(tx, told, now) for now in told_at} == told_at


async def test_a_first_come_round_is_over_by_the_clock_and_a_drawn_one_when_its_results_are_written(
    filled: Schools, at: RolledBack
) -> None:
    async with at(filled.primary) as tx:
        drawn = await announced(tx, filled, codes=["K055"])
        assert await phase_at(tx, drawn, RESULTS) == "closed"
        drawn.published_at = RESULTS
        await tx.flush()
        assert await phase_at(tx, drawn, RESULTS) == "out"
        first_come = await announced(
            tx,
            filled,
            "first_come",
            now=RESULTS,
            visible_from=RESULTS,
            opens_at=RESULTS + SECOND,
            closes_at=RESULTS + 2 * SECOND,
            results_at=RESULTS + 3 * SECOND,
        )
        assert await phase_at(tx, first_come, RESULTS + 3 * SECOND) == "out"


async def test_an_offering_in_no_round_has_no_standing(filled: Schools, at: RolledBack) -> None:
    async with at(filled.primary) as tx:
        await announced(tx, filled, codes=["K056"])
        assert await standing_of(tx, filled.primary, await ids_of(tx, "K055"), now=NOON) == {}


@pytest.mark.parametrize(
    ("kind", "now", "slug"),
    [
        ("preference", NOON, "offering-not-open"),
        ("first_come", NOON, "offering-not-open"),
        ("first_come", VISIBLE, "round-not-open-yet"),
        ("preference", VISIBLE, "wishes-instead"),
        ("preference", OPENS, "wishes-instead"),
        ("first_come", OPENS, None),
        ("first_come", CLOSES, "round-closed-for-now"),
        ("preference", RESULTS, "round-closed-for-now"),
        ("first_come", RESULTS, None),
    ],
)
async def test_whether_an_offering_of_a_round_can_be_claimed(
    kind: str, now: datetime, slug: str | None, filled: Schools, at: RolledBack
) -> None:
    async with at(filled.primary) as tx:
        await announced(tx, filled, kind)
        (club,) = await ids_of(tx, "K055")
        standing = (await standing_of(tx, filled.primary, [club], now=now))[club]
        bar = claim_bar(standing, offering="机器人", offering_id=club)
        assert (bar.slug() if bar else None) == slug
        assert bar is None or "—" not in bar.sentence()


def test_an_offering_in_no_round_can_be_claimed() -> None:
    assert claim_bar(None, offering="机器人", offering_id=new_id()) is None


async def test_what_is_chosen_by_round_waits_for_its_round_to_be_announced_and_to_be_out(
    filled: Schools, at: RolledBack
) -> None:
    """Until it can be seen, a hidden round answers as none; a cancelled one leaves it to the next."""
    async with at(filled.primary) as tx:
        (club,) = await ids_of(tx, "K055")

        async def bar(now: datetime) -> str | None:
            standing = (await standing_of(tx, filled.primary, [club], now=now)).get(club)
            refusal = claim_bar(standing, offering="机器人", offering_id=club, by_round=True)
            return refusal.slug() if refusal else None

        assert await bar(NOON) == "round-to-come"
        told = await announced(tx, filled, "first_come")
        times = (VISIBLE - timedelta(seconds=1), VISIBLE, OPENS, RESULTS)
        assert [await bar(now) for now in times] == ["round-to-come", "round-not-open-yet", None, None]
        told.cancelled_at = OPENS
        await tx.flush()
        assert await bar(RESULTS) == "round-to-come"
