"""A large sheet lies on disk and is read again and again in its order."""

import gc

from hypothesis import given, settings
from hypothesis import strategies as st

from services.enrollment.imports.rules.row_judgement import seen_twice
from services.enrollment.imports.spool import BATCH, Spool


@settings(max_examples=20, deadline=None)
@given(length=st.sampled_from([0, 1, BATCH - 1, BATCH, BATCH + 1, 3 * BATCH + 7]))
def test_everything_comes_back_in_its_order_as_often_as_it_is_asked_for(length: int) -> None:
    spool: Spool[tuple[int, str]] = Spool()
    things = [(number, f"第{number}行") for number in range(length)]
    spool.extend(things)
    assert len(spool) == length
    assert list(spool) == list(spool) == things
    assert all(len(batch) <= BATCH for batch in spool.batches())


def test_two_readers_and_a_writer_do_not_disturb_each_other() -> None:
    spool: Spool[int] = Spool()
    spool.extend(range(2 * BATCH))
    one, other = iter(spool), iter(spool)
    assert [next(one) for _ in range(BATCH + 1)] == list(range(BATCH + 1))
    assert next(other) == 0
    spool.extend(range(BATCH))
    assert next(one) == BATCH + 1
    assert len(list(spool)) == 3 * BATCH


def test_its_file_is_closed_with_it() -> None:
    spool: Spool[int] = Spool()
    spool.extend(range(2 * BATCH))
    file = spool._file
    assert file is not None
    del spool
    gc.collect()
    assert file.closed


@given(texts=st.lists(st.text(max_size=3)))
def test_what_comes_twice_is_found_by_its_hash(texts: list[str]) -> None:
    twice = {text for text in texts if texts.count(text) > 1}
    assert seen_twice(texts) == {hash(text) for text in twice}
