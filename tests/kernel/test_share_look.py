"""Looks that many share."""

import asyncio

import pytest

from services.kernel.share_look import SharedLook


async def test_those_who_ask_during_a_look_share_the_next_one() -> None:
    seen: list[str] = []
    gate = asyncio.Event()

    async def look(subject: str) -> None:
        seen.append(subject)
        await gate.wait()

    shared = SharedLook(look)
    first = asyncio.create_task(shared("school"))
    await asyncio.sleep(0)
    later = [asyncio.create_task(shared("school")) for _ in range(20)]
    await asyncio.sleep(0)
    assert seen == ["school"]
    gate.set()
    await asyncio.gather(first, *later)
    assert seen == ["school", "school"]


async def test_two_subjects_do_not_wait_for_each_other() -> None:
    seen: list[str] = []
    gate = asyncio.Event()

    async def look(subject: str) -> None:
        seen.append(subject)
        await gate.wait()

    shared = SharedLook(look)
    tasks = [asyncio.create_task(shared(subject)) for subject in ("one", "two")]
    await asyncio.sleep(0)
    assert sorted(seen) == ["one", "two"]
    gate.set()
    await asyncio.gather(*tasks)


async def test_a_look_that_failed_serves_nobody() -> None:
    tries = 0

    async def look(_: str) -> None:
        nonlocal tries
        tries += 1
        await asyncio.sleep(0)
        if tries == 1:
            raise ConnectionError

    shared = SharedLook(look)
    results = await asyncio.gather(*(shared("school") for _ in range(3)), return_exceptions=True)
    assert [type(result) for result in results] == [ConnectionError, type(None), type(None)]
    assert tries == 2


async def test_the_next_asker_after_a_look_takes_a_new_one() -> None:
    looks = 0

    async def look(_: str) -> None:
        nonlocal looks
        looks += 1

    shared = SharedLook(look)
    await shared("school")
    await shared("school")
    assert looks == 2
    with pytest.raises(TypeError):
        await shared({})  # type: ignore[arg-type] # a subject is hashable
