"""A place that begins on a later day is kept from now on: one at a time, so that nobody stores them."""

from datetime import timedelta
from typing import Any

from services.enrollment.selection.claim_places import Given
from services.enrollment.selection.give_up_place import give_up_place
from tests.enrollment.conftest import NOON, RolledBack, Schools
from tests.enrollment.test_claims import TODAY, claim, told


async def test_a_child_keeps_one_place_ahead_at_a_time_and_no_row_of_them(
    filled: Schools, at: RolledBack, families: Any
) -> None:
    async with at(filled.primary) as tx:
        (family, *_) = await families(tx, filled.primary, 1)
        days = [TODAY + timedelta(days=number) for number in (7, 14, 21)]
        (now,) = await claim(tx, filled.primary, "K060", family)
        assert isinstance(now, Given)
        leave: Any = {"guardian_id": family.guardian_id, "now": NOON}
        await give_up_place(tx, filled.primary, now.place_id, until_on=days[0], **leave)
        (ahead,) = await claim(tx, filled.primary, "K065", family, from_on=days[0])
        assert isinstance(ahead, Given)
        await give_up_place(tx, filled.primary, ahead.place_id, until_on=days[1], **leave)
        assert told(await claim(tx, filled.primary, "K058", family, from_on=days[1])) == ["child-busy"]
        assert told(await claim(tx, filled.primary, "K058", family, from_on=days[2])) == ["child-busy"]
        begun = NOON + timedelta(days=7)
        assert told(await claim(tx, filled.primary, "K058", family, from_on=days[1], now=begun)) == ["place"]
