"""Rounds: announced with a sealed seed, changed until they open, and over when the clock says so."""

import hashlib
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.calendar.errors import UnknownTerm
from services.enrollment.menu.errors import UnknownOffering
from services.enrollment.rounds.announce_round import announce_round
from services.enrollment.rounds.cancel_round import cancel_round
from services.enrollment.rounds.change_round import Correction, change_round
from services.enrollment.rounds.errors import (
    CloseOnlyLater,
    InAnotherRound,
    NotForARound,
    RoundCancelled,
    RoundClosed,
    RoundHasOpened,
    RoundIsOver,
    RoundNeedsOfferings,
    RoundTimesMixedUp,
    UnknownRound,
)
from services.enrollment.rounds.pick_offerings import Picked
from services.enrollment.rounds.round_of_offerings import standing_of
from services.enrollment.rounds.tables import Round
from services.kernel.cipher import FieldCipher
from services.kernel.clock import at_school_time
from services.kernel.ids import new_id
from tests.enrollment.conftest import NOON, RolledBack, Schools
from tests.enrollment.small_rounds import (
    CLOSES,
    OPENS,
    RESULTS,
    VISIBLE,
    announced,
    ids_of,
    phase_at,
    plan_of,
)

SECOND = timedelta(seconds=1)


async def test_a_preference_rounds_seed_is_fixed_sealed_and_only_its_hash_is_readable(
    filled: Schools, at: RolledBack, cipher: FieldCipher
) -> None:
    async with at(filled.primary) as tx:
        told = await announced(tx, filled)
        assert told.seed_sealed is not None
        seed = bytes.fromhex(cipher.open(told.seed_sealed))
        assert len(seed) == 32
        assert told.seed_hash == hashlib.sha256(seed).hexdigest()
        assert seed not in told.seed_sealed
        assert seed.hex().encode() not in told.seed_sealed


async def test_a_first_come_round_has_no_seed(filled: Schools, at: RolledBack) -> None:
    async with at(filled.primary) as tx:
        told = await announced(tx, filled, "first_come", frees_at=time(20, 0))
        assert (told.seed_sealed, told.seed_hash, told.frees_at) == (None, None, time(20, 0))


async def test_offerings_can_be_given_by_kind_and_basic_care_is_never_among_them(
    filled: Schools, at: RolledBack, cipher: FieldCipher
) -> None:
    async with at(filled.primary) as tx:
        told = await announce_round(
            tx,
            filled.primary,
            await plan_of(tx, filled.primary, "preference"),
            Picked(kinds=["club", "basic_care"]),
            by=filled.officers["S001"],
            cipher=cipher,
            now=NOON,
        )
        kinds = await tx.execute(
            text(
                "SELECT DISTINCT o.kind, o.basic FROM round_offering r JOIN offering o USING (school_id, offering_id)"
                " WHERE round_id = :round_id"
            ),
            {"round_id": told.round_id},
        )
        assert [tuple(row) for row in kinds] == [("club", False)]


@pytest.mark.parametrize(
    ("codes", "sabotage", "refusal"),
    [
        (["K055", "K001"], "", NotForARound),
        (["K055"], "UPDATE offering SET state = 'draft' WHERE code = 'K055'", NotForARound),
        ([], "", RoundNeedsOfferings),
    ],
)
async def test_what_cannot_be_in_a_round(
    codes: list[str], sabotage: str, refusal: Any, filled: Schools, at: RolledBack
) -> None:
    async with at(filled.primary) as tx:
        if sabotage:
            await tx.execute(text(sabotage))
        with pytest.raises(refusal):
            await announced(tx, filled, codes=codes)


async def test_another_schools_offering_and_an_unknown_term_are_as_if_they_were_not_there(
    filled: Schools, at: RolledBack, cipher: FieldCipher
) -> None:
    async with at(filled.junior) as tx:
        theirs = await tx.scalar(text("SELECT offering_id FROM offering WHERE NOT basic LIMIT 1"))
    async with at(filled.primary) as tx:
        plan = await plan_of(tx, filled.primary, "preference")
        officer: dict[str, Any] = {"by": filled.officers["S001"], "cipher": cipher, "now": NOON}
        with pytest.raises(UnknownOffering):
            await announce_round(tx, filled.primary, plan, Picked([theirs]), **officer)
        clubs = Picked(await ids_of(tx, "K055"))
        astray = await plan_of(tx, filled.primary, "preference", term_id=new_id())
        with pytest.raises(UnknownTerm):
            await announce_round(tx, filled.primary, astray, clubs, **officer)


@pytest.mark.parametrize(
    "told",
    [
        {"visible_from": OPENS + SECOND},
        {"closes_at": OPENS},
        {"results_at": CLOSES - SECOND},
        {"visible_from": NOON - 2 * SECOND, "opens_at": NOON - SECOND},
        {"results_at": at_school_time(date(2028, 1, 1), time(12, 0))},
    ],
)
async def test_times_that_make_no_sense_are_refused(
    told: dict[str, Any], filled: Schools, at: RolledBack
) -> None:
    async with at(filled.primary) as tx:
        with pytest.raises(RoundTimesMixedUp):
            await announced(tx, filled, **told)


async def test_an_offering_is_in_one_live_round_and_a_cancelled_one_sets_it_free(
    filled: Schools, at: RolledBack
) -> None:
    async with at(filled.primary) as tx:
        first = await announced(tx, filled)
        with pytest.raises(InAnotherRound) as caught:
            await announced(tx, filled, codes=["K055"])
        assert "“" in caught.value.sentence()
        await cancel_round(
            tx, filled.primary, first.round_id, reason="教室维修", by=filled.officers["S001"], now=NOON
        )
        assert await phase_at(tx, first, NOON) is None
        again = await announced(tx, filled)
        assert again.seed_hash != first.seed_hash
        assert await phase_at(tx, again, NOON) == "hidden"


async def test_a_round_that_is_over_leaves_its_offerings_to_the_next(filled: Schools, at: RolledBack) -> None:
    async with at(filled.primary) as tx:
        first = await announced(tx, filled)
        first.published_at = RESULTS
        await tx.flush()
        rest = await announced(
            tx,
            filled,
            "first_come",
            now=RESULTS,
            visible_from=RESULTS,
            opens_at=RESULTS + timedelta(hours=1),
            closes_at=RESULTS + timedelta(hours=2),
            results_at=RESULTS + timedelta(hours=2),
        )
        (club,) = await ids_of(tx, "K055")
        standing = (await standing_of(tx, filled.primary, [club], now=RESULTS))[club]
        assert (standing.round_id, standing.phase) == (rest.round_id, "visible")


async def change(tx: AsyncSession, filled: Schools, told: Round, now: datetime, **values: Any) -> Round:
    correction = Correction(values, reason="家长反映时间不够")
    return await change_round(
        tx, filled.primary, told.round_id, correction, by=filled.officers["S001"], now=now
    )


async def test_before_it_opens_a_round_can_be_changed_but_its_seed_cannot(
    filled: Schools, at: RolledBack
) -> None:
    async with at(filled.primary) as tx:
        told = await announced(tx, filled)
        seed = (told.seed_sealed, told.seed_hash)
        correction = Correction(
            {"title": "社团选课", "most_clubs": 1, "opens_at": OPENS + SECOND},
            Picked(await ids_of(tx, "K055", "K060")),
            "调整",
        )
        changed = await change_round(
            tx, filled.primary, told.round_id, correction, by=filled.officers["S001"], now=VISIBLE
        )
        assert (changed.title, changed.most_clubs, changed.opens_at) == ("社团选课", 1, OPENS + SECOND)
        assert (changed.seed_sealed, changed.seed_hash) == seed
        row = (await tx.execute(text("SELECT was, became, reason FROM round_change"))).one()
        assert (row.was["most_clubs"], row.became["most_clubs"], row.reason) == (2, 1, "调整")
        assert len(row.was["offerings"]) == 4
        assert len(row.became["offerings"]) == 2


async def test_an_open_rounds_close_can_be_put_off_and_nothing_else(filled: Schools, at: RolledBack) -> None:
    async with at(filled.primary) as tx:
        told = await announced(tx, filled)
        with pytest.raises(RoundHasOpened):
            await change(tx, filled, told, OPENS, most_clubs=5)
        with pytest.raises(CloseOnlyLater):
            await change(tx, filled, told, OPENS, closes_at=CLOSES - SECOND)
        with pytest.raises(CloseOnlyLater):
            await change(tx, filled, told, OPENS, results_at=RESULTS - SECOND)
        with pytest.raises(CloseOnlyLater):
            await change(tx, filled, told, OPENS, closes_at=RESULTS + SECOND)
        later = await change(tx, filled, told, OPENS, closes_at=CLOSES + SECOND)
        assert later.closes_at == CLOSES + SECOND
        assert await phase_at(tx, told, CLOSES) == "open"
        due = await tx.scalar(text("SELECT due_at FROM timer WHERE kind = 'round_close'"))
        assert due == CLOSES + SECOND
        with pytest.raises(RoundClosed):
            await change(tx, filled, told, CLOSES + SECOND, closes_at=CLOSES + 2 * SECOND)


async def test_a_change_may_not_take_an_offering_from_another_round(filled: Schools, at: RolledBack) -> None:
    async with at(filled.primary) as tx:
        await announced(tx, filled, codes=["K056"])
        mine = await announced(tx, filled, codes=["K055"])
        correction = Correction({}, Picked(await ids_of(tx, "K055", "K056")), "加一门")
        with pytest.raises(InAnotherRound):
            await change_round(
                tx, filled.primary, mine.round_id, correction, by=filled.officers["S001"], now=NOON
            )


async def test_what_was_drawn_is_not_cancelled(filled: Schools, at: RolledBack) -> None:
    async with at(filled.primary) as tx:
        told = await announced(tx, filled)
        cancelled: dict[str, Any] = {"reason": "不满意", "by": filled.officers["S001"], "now": CLOSES}
        told.drawn_at = CLOSES
        await tx.flush()
        with pytest.raises(RoundIsOver) as drawn:
            await cancel_round(tx, filled.primary, told.round_id, **cancelled)
        assert "已经抽签" in drawn.value.sentence()
        assert "已经公布结果" not in drawn.value.sentence()
        told.published_at = RESULTS
        await tx.flush()
        with pytest.raises(RoundIsOver) as out:
            await cancel_round(tx, filled.primary, told.round_id, **cancelled | {"now": RESULTS})
        assert "已经公布结果" in out.value.sentence()


async def test_a_cancelled_round_stays_cancelled(filled: Schools, at: RolledBack) -> None:
    async with at(filled.primary) as tx:
        told = await announced(tx, filled)
        cancelled: dict[str, Any] = {"reason": "停课", "by": filled.officers["S001"], "now": NOON}
        await cancel_round(tx, filled.primary, told.round_id, **cancelled)
        with pytest.raises(RoundCancelled) as caught:
            await cancel_round(tx, filled.primary, told.round_id, **cancelled)
        assert "停课" in caught.value.sentence()
        with pytest.raises(RoundCancelled):
            await change(tx, filled, told, NOON, most_clubs=3)
        with pytest.raises(UnknownRound):
            await cancel_round(tx, filled.junior, told.round_id, **cancelled)
