"""Clock, ids, cipher, cursors, refusals."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag

from services.kernel.cipher import FieldCipher
from services.kernel.clock import FileClock, at_school_time, local_hhmm, real_now, school_day, set_pace
from services.kernel.ids import new_id
from services.kernel.pagination import BadCursor, pack_cursor, unpack_cursor
from services.kernel.problems import NotFound

RING = "b:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=,a:QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI="


def test_a_day_is_cut_in_changzhi_not_in_utc() -> None:
    early = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert school_day(early) == date(2026, 11, 23)
    assert at_school_time(date(2026, 11, 23), time(7, 30)) == early
    assert local_hhmm(early) == "07:30"


def test_two_processes_read_the_same_fast_clock(tmp_path: Path) -> None:
    origin = datetime(2026, 11, 23, 8, 20, tzinfo=UTC)
    set_pace(tmp_path / "clock.json", origin=origin, rate=3600)
    one, two = FileClock(tmp_path / "clock.json"), FileClock(tmp_path / "clock.json")
    assert timedelta() <= one.now() - origin < timedelta(hours=1)
    set_pace(tmp_path / "clock.json", origin=origin + timedelta(days=1), rate=0)
    assert one.now() == two.now() == origin + timedelta(days=1)


def test_ids_are_ordered_by_their_making_and_carry_it() -> None:
    made = [new_id() for _ in range(200)]
    assert made == sorted(made)
    made_at = datetime.fromtimestamp((made[-1].int >> 80) / 1000, tz=UTC)
    assert abs(made_at - real_now()) < timedelta(seconds=5)


def test_a_sealed_phone_opens_again_and_never_looks_the_same() -> None:
    cipher = FieldCipher(RING)
    assert cipher.open(cipher.seal("19900000001")) == "19900000001"
    assert cipher.seal("19900000001") != cipher.seal("19900000001")
    assert cipher.blind_index("19900000001") == cipher.blind_index("19900000001")


def test_turning_the_key_ring_loses_neither_texts_nor_the_index() -> None:
    old, new = FieldCipher(RING.split(",")[1]), FieldCipher(RING)
    assert new.open(old.seal("19900000001")) == "19900000001"
    assert new.blind_index("19900000001") == old.blind_index("19900000001")


def test_a_tampered_phone_does_not_open() -> None:
    cipher = FieldCipher(RING)
    sealed = bytearray(cipher.seal("19900000001"))
    sealed[-1] ^= 1
    with pytest.raises(InvalidTag):
        cipher.open(bytes(sealed))


def test_an_empty_key_ring_is_refused() -> None:
    with pytest.raises(ValueError, match="KEHOU_FIELD_KEYS"):
        FieldCipher("")


def test_a_cursor_leads_back_to_its_place_and_a_made_up_one_is_refused() -> None:
    assert unpack_cursor(pack_cursor(17, "x"), parts=2) == [17, "x"]
    for made_up in ("", "!!", pack_cursor(1)):
        with pytest.raises(BadCursor):
            unpack_cursor(made_up, parts=2)


def test_a_refusal_speaks_even_when_a_fact_was_forgotten() -> None:
    class RoomLocked(NotFound):
        """The room is locked."""

        detail = "“{room}”已锁，请找 {keeper}。"

    problem = RoomLocked(room="西楼201").problem()
    assert problem["type"] == "urn:kehou:problem:room-locked"
    assert problem["title"] == "The room is locked"
    assert problem["detail"] == "“西楼201”已锁，请找 —。"
