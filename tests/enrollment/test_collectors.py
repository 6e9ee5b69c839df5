"""Who may collect a child in a guardian's place, and who must not."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from services.enrollment.families.block_person import Block, block_person, lift_block
from services.enrollment.families.collector_photo import MOST_KB, collector_in_sight, photo_of, set_photo
from services.enrollment.families.errors import (
    CollectorNotAdult,
    CollectorNotPossible,
    NoRightToCollect,
    NotAPhoto,
    PhotoTooLarge,
    TooManyCollectors,
    UnknownBlock,
    UnknownCollector,
    ValidityNotPossible,
)
from services.enrollment.families.name_collector import end_collector, name_collector
from services.enrollment.families.rules.collector_terms import (
    MOST_COLLECTORS,
    NewCollector,
    collector_objection,
    year_later,
)
from services.kernel.cipher import FieldCipher
from services.kernel.clock import school_day
from services.kernel.problems import NotYours
from tests.enrollment.conftest import NOON, RolledBack, Schools
from tests.enrollment.test_transfers import facts

TODAY = school_day(NOON)
JPEG = b"\xff\xd8\xff\xe0" + bytes(100)


def adult(**but: Any) -> NewCollector:
    told: dict[str, Any] = {
        "name": "刘奶奶", "relation": "祖母", "phone": "13700001111", "born_year": 1958, "valid_from": TODAY,
        "valid_until": TODAY + timedelta(days=60), "weekdays": [5, 1, 1],
    }  # fmt: skip
    return NewCollector(**{**told, **but})


@given(
    born=st.integers(1940, 2026),
    days=st.integers(-30, 800),
    start=st.dates(date(2024, 1, 1), date(2028, 12, 31)),
)
def test_only_an_adult_for_a_year_at_most_that_is_not_over(born: int, days: int, start: date) -> None:
    named = adult(born_year=born, valid_from=start, valid_until=start + timedelta(days=days))
    objection = collector_objection(named, today=start)
    if start.year - born < 18:
        assert isinstance(objection, CollectorNotAdult)
    elif not 0 <= days <= (year_later(start) - start).days:
        assert isinstance(objection, ValidityNotPossible)
    else:
        assert objection is None


async def test_a_named_adult_may_collect_and_all_guardians_are_told(
    filled: Schools, at: RolledBack, families: Any, cipher: FieldCipher
) -> None:
    async with at(filled.primary) as tx:
        family = (await families(tx, filled.primary, 1))[0]
        told: Any = {"guardian_id": family.guardian_id, "now": NOON}
        first = await name_collector(tx, filled.primary, family.child_id, adult(), cipher=cipher, **told)
        assert first.weekdays == [1, 5]
        again = await name_collector(
            tx, filled.primary, family.child_id, adult(relation="外婆"), cipher=cipher, **told
        )
        assert (again.collector_id, again.relation) == (first.collector_id, "外婆")
        await end_collector(tx, filled.primary, first.collector_id, **told)
        with pytest.raises(UnknownCollector):
            await end_collector(tx, filled.primary, first.collector_id, **told)
        changes = await facts(tx, "collector-changed")
        assert [fact["change"] for fact in changes] == ["named", "named", "ended"]


async def test_a_stranger_names_nobody_and_ends_nobody(
    filled: Schools, at: RolledBack, families: Any, cipher: FieldCipher
) -> None:
    async with at(filled.primary) as tx:
        mine, other, *_ = await families(tx, filled.primary, 1)
        stranger: Any = {"guardian_id": other.guardian_id, "now": NOON}
        with pytest.raises(NotYours):
            await name_collector(tx, filled.primary, mine.child_id, adult(), cipher=cipher, **stranger)
        named = await name_collector(
            tx, filled.primary, mine.child_id, adult(), cipher=cipher, guardian_id=mine.guardian_id, now=NOON
        )
        with pytest.raises(UnknownCollector):
            await end_collector(tx, filled.primary, named.collector_id, **stranger)
        with pytest.raises(UnknownCollector):
            await collector_in_sight(tx, filled.primary, named.collector_id, guardian_id=other.guardian_id)
        await end_collector(tx, filled.primary, named.collector_id, guardian_id=None, now=NOON)


async def test_a_guardian_who_may_not_collect_names_nobody_who_may(
    filled: Schools, at: RolledBack, families: Any, cipher: FieldCipher
) -> None:
    async with at(filled.primary) as tx:
        family = (await families(tx, filled.primary, 1))[0]
        await tx.execute(text("UPDATE guardianship SET may_collect = false"))
        with pytest.raises(NoRightToCollect):
            await name_collector(
                tx,
                filled.primary,
                family.child_id,
                adult(),
                cipher=cipher,
                guardian_id=family.guardian_id,
                now=NOON,
            )


async def test_a_ninth_collector_is_one_too_many(
    filled: Schools, at: RolledBack, families: Any, cipher: FieldCipher
) -> None:
    async with at(filled.primary) as tx:
        family = (await families(tx, filled.primary, 1))[0]
        await tx.execute(text("UPDATE collector SET removed = true"))
        told: Any = {"cipher": cipher, "guardian_id": family.guardian_id, "now": NOON}
        for number in range(MOST_COLLECTORS):
            person = adult(phone=f"1370000111{number}")
            await name_collector(tx, filled.primary, family.child_id, person, **told)
        with pytest.raises(TooManyCollectors):
            await name_collector(tx, filled.primary, family.child_id, adult(name="第九人"), **told)
        same = adult(phone="13700001110", relation="邻居")
        await name_collector(tx, filled.primary, family.child_id, same, **told)


@pytest.mark.parametrize("person", [{"name": "刘某"}, {"phone": "13700002222"}])
async def test_a_blocked_person_is_refused_for_that_child_and_for_no_other(
    person: dict[str, str], filled: Schools, at: RolledBack, families: Any, cipher: FieldCipher
) -> None:
    async with at(filled.primary) as tx:
        mine, other, *_ = await families(tx, filled.primary, 1)
        await block_person(
            tx,
            filled.primary,
            Block(mine.child_id, "刘某", "13700002222", "离异后争抢", "（2026）潞01民初3号"),
            by=filled.officers["S001"],
            cipher=cipher,
            now=NOON,
        )
        named = adult(**person)
        for family, refused in ((mine, True), (other, False)):
            call = name_collector(
                tx,
                filled.primary,
                family.child_id,
                named,
                cipher=cipher,
                guardian_id=family.guardian_id,
                now=NOON,
            )
            if refused:
                with pytest.raises(CollectorNotPossible) as caught:
                    await call
                assert caught.value.facts == {}
            else:
                await call


async def test_a_block_takes_what_the_person_had_and_lifting_it_gives_nothing_back(
    filled: Schools, at: RolledBack, families: Any, cipher: FieldCipher
) -> None:
    async with at(filled.primary) as tx:
        family = (await families(tx, filled.primary, 1))[0]
        named = await name_collector(
            tx,
            filled.primary,
            family.child_id,
            adult(),
            cipher=cipher,
            guardian_id=family.guardian_id,
            now=NOON,
        )
        guardian = await tx.scalar(
            text("SELECT name FROM guardian WHERE guardian_id = :id"), {"id": family.guardian_id}
        )
        recorded: Any = {"by": filled.officers["S001"], "cipher": cipher, "now": NOON}
        for name, phone in (("别名", "13700001111"), (guardian, None)):
            block = Block(family.child_id, name, phone, "法院裁定", "（2026）潞01民初4号")
            blocked = await block_person(tx, filled.primary, block, **recorded)
        may = text("SELECT may_collect FROM guardianship WHERE guardian_id = :id")
        assert not await tx.scalar(may, {"id": family.guardian_id})
        gone = text("SELECT removed FROM collector WHERE collector_id = :id")
        assert await tx.scalar(gone, {"id": named.collector_id})
        lifted = await lift_block(tx, filled.primary, blocked.blocked_id, reason="裁定撤销", now=NOON)
        assert lifted.removed_because == "裁定撤销"
        assert not await tx.scalar(may, {"id": family.guardian_id})
        with pytest.raises(UnknownBlock):
            await lift_block(tx, filled.primary, blocked.blocked_id, reason="再次", now=NOON)


async def test_a_photo_is_a_small_jpeg_or_png_and_replaces_the_last(
    filled: Schools, at: RolledBack, families: Any, cipher: FieldCipher
) -> None:
    async with at(filled.primary) as tx:
        family = (await families(tx, filled.primary, 1))[0]
        named = await name_collector(
            tx,
            filled.primary,
            family.child_id,
            adult(),
            cipher=cipher,
            guardian_id=family.guardian_id,
            now=NOON,
        )
        with pytest.raises(NotAPhoto):
            await set_photo(tx, named, b"<svg onload=alert(1)>", now=NOON)
        with pytest.raises(PhotoTooLarge):
            await set_photo(tx, named, JPEG + bytes(MOST_KB * 1024), now=NOON)
        await set_photo(tx, named, JPEG, now=NOON)
        await set_photo(tx, named, b"\x89PNG\r\n\x1a\n" + bytes(10), now=NOON)
        assert (await photo_of(tx, named)).media_type == "image/png"
