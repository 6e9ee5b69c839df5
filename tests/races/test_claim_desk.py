"""A flash crowd at the desks of two processes: exact, each answered once, and nobody harmed by a neighbour."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import chain
from typing import Any

import orjson
import pytest
from sqlalchemy import text

from services.enrollment.selection import claim_desk, claim_places
from services.enrollment.selection.answer_claims import Answered, AskedClaim
from services.enrollment.selection.claim_desk import ClaimDesk
from services.enrollment.selection.claim_places import Claim, Given
from services.enrollment.selection.errors import QueueTooLong, StillInLine
from services.enrollment.selection.read_clubs import lock_clubs
from services.kernel.clock import ManualClock
from services.kernel.database.transaction import Database
from services.kernel.ids import new_id
from services.kernel.problems import Refusal
from services.kernel.web.once import AskedOnce
from tests.conftest import Databases
from tests.races.small_school import NOON, SmallSchool, club, open_school

Told = Answered | Refusal | BaseException


def written(given: Given) -> bytes:
    return orjson.dumps({"place_id": str(given.place_id), "child_id": str(given.child_id)})


def desk(database: Database) -> ClaimDesk:
    return ClaimDesk(database, ManualClock(NOON), written)


@asynccontextmanager
async def two_desks(school: SmallSchool) -> AsyncIterator[tuple[ClaimDesk, ClaimDesk]]:
    """Two processes of the service: each has its own pool and its own line."""
    other = Database(school.database.url)
    try:
        yield desk(school.database), desk(other)
    finally:
        await other.close()


def wish(school: SmallSchool, family: int, code: str, *, key: str = "", phone: int = 1) -> AskedClaim:
    child_id, *guardians = school.families[family]
    guardian = guardians[phone - 1]
    once = AskedOnce(guardian, "POST /api/v1/places", key or str(new_id()), f"{child_id}{code}".encode())
    return AskedClaim(Claim(child_id, guardian, school.offerings[code]), once)


async def told(*asked: Awaitable[Answered | Refusal]) -> list[Told]:
    return list(await asyncio.gather(*asked, return_exceptions=True))


def kinds(answers: list[Told]) -> Counter[str]:
    return Counter(one.slug() if isinstance(one, Refusal) else type(one).__name__ for one in answers)


async def taken(school: SmallSchool, code: str) -> int:
    async with school.database.transaction([school.school_id]) as tx:
        found = await tx.scalar(
            text("SELECT count(*) FROM place WHERE offering_id = :offering_id"),
            {"offering_id": school.offerings[code]},
        )
        return int(found)


async def test_two_hundred_families_and_one_place(databases: Databases) -> None:
    async with databases.fresh("enrollment") as database:
        school = await open_school(database, 200, [club("C1", 1)])
        async with two_desks(school) as desks:
            answers = await told(
                *(
                    desks[n % 2].ask(school.school_id, wish(school, n, "C1"))
                    for n in range(len(school.families))
                )
            )
        assert kinds(answers) == {"Answered": 1, "offering-full": 199}
        assert await taken(school, "C1") == 1


async def test_who_came_first_gets_the_place(databases: Databases) -> None:
    """The first is served alone, all others came meanwhile; none of them overtakes another."""
    async with databases.fresh("enrollment") as database:
        school = await open_school(database, 30, [club("C1", 12)])
        order = random.Random(7).sample(range(30), 30)  # noqa: S311 - any order, the same each time
        one = desk(database)
        answers = await told(*(one.ask(school.school_id, wish(school, n, "C1")) for n in order))
        assert [isinstance(answer, Answered) for answer in answers] == [True] * 12 + [False] * 18


@pytest.mark.parametrize("seed", range(4))
async def test_no_crowd_oversells_or_leaves_a_seat_empty(databases: Databases, seed: int) -> None:
    """Any order, any wishes, some of them twice, on two desks: every seat given once, as long as it is wanted."""
    dice = random.Random(seed)  # noqa: S311 - any crowd, the same each time
    menu = {f"C{n}": dice.randint(1, 6) for n in range(4)}
    async with databases.fresh("enrollment") as database:
        school = await open_school(database, 40, [club(code, seats) for code, seats in menu.items()])
        crowd = [(dice.randrange(40), dice.choice(list(menu))) for _ in range(120)]
        async with two_desks(school) as desks:
            asked = (dice.choice(desks).ask(school.school_id, wish(school, n, code)) for n, code in crowd)
            answers = await told(*asked)
        assert set(kinds(answers)) <= {"Answered", "offering-full", "place-held", "child-busy"}
        found = {code: await taken(school, code) for code in menu}
        assert all(found[code] <= seats for code, seats in menu.items())
        assert sum(found.values()) == kinds(answers)["Answered"]
        refused_though_free = [
            (n, code)
            for (n, code), answer in zip(crowd, answers, strict=True)
            if isinstance(answer, Refusal) and answer.slug() == "offering-full" and found[code] < menu[code]
        ]
        assert not refused_though_free


async def test_one_key_at_two_desks_at_the_same_moment_is_one_place(databases: Databases) -> None:
    async with databases.fresh("enrollment") as database:
        school = await open_school(database, 20, [club("C1", 20)])
        async with two_desks(school) as desks:
            pairs = (
                (desks[0].ask(school.school_id, one), desks[1].ask(school.school_id, one))
                for one in (wish(school, n, "C1") for n in range(20))
            )
            answers = await told(*chain.from_iterable(pairs))
        bodies = Counter(answer.body for answer in answers if isinstance(answer, Answered))
        assert kinds(answers) == {"Answered": 40}
        assert sorted(bodies.values()) == [2] * 20
        assert sum(answer.again for answer in answers if isinstance(answer, Answered)) == 20


async def test_one_key_twice_in_a_line_is_one_place(databases: Databases) -> None:
    async with databases.fresh("enrollment") as database:
        school = await open_school(database, 3, [club("C1", 3)])
        one, same = desk(database), wish(school, 1, "C1")
        asked = [wish(school, 0, "C1"), same, same, wish(school, 2, "C1")]
        answers = await told(*(one.ask(school.school_id, each) for each in asked))
        assert [answer.again for answer in answers if isinstance(answer, Answered)] == [
            False,
            False,
            True,
            False,
        ]
        assert answers[1].body == answers[2].body  # type: ignore[union-attr]


async def test_one_key_for_two_wishes_is_refused_whichever_desk_is_asked(databases: Databases) -> None:
    """Two children, one key: neither lock is shared, so the second is found out when answers are kept."""
    async with databases.fresh("enrollment") as database:
        school = await open_school(database, 2, [club("C1", 2), club("C2", 2)])
        first = wish(school, 0, "C1", key="the-same-key")
        other = wish(school, 1, "C2", key="the-same-key")
        account = first.once.account_id
        second = AskedClaim(
            other.claim, AskedOnce(account, other.once.route, other.once.key, other.once.request_hash)
        )
        async with two_desks(school) as desks:
            answers = await told(
                desks[0].ask(school.school_id, first), desks[1].ask(school.school_id, second)
            )
        assert kinds(answers) == {"Answered": 1, "key-reused": 1}
        assert await taken(school, "C1") + await taken(school, "C2") == 1


async def test_who_hangs_up_has_the_place_all_the_same(databases: Databases) -> None:
    async with databases.fresh("enrollment") as database:
        school = await open_school(database, 2, [club("C1", 2)])
        one, mine = desk(database), wish(school, 0, "C1")
        call = asyncio.create_task(one.ask(school.school_id, mine))
        await asyncio.sleep(0)
        call.cancel()
        await told(one.ask(school.school_id, wish(school, 1, "C1")))
        again = await one.ask(school.school_id, mine)
        assert isinstance(again, Answered)
        assert again.again
        assert await taken(school, "C1") == 2


def cut_in(calls: int, then: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[Any]]:
    """Let something happen to the first ``calls`` transactions, after their children are locked."""
    left = [calls]

    async def looked(tx: Any, *asked: Any, **named: Any) -> Any:
        if left[0]:
            left[0] -= 1
            await then(tx, *asked)
        return await lock_clubs(tx, *asked, **named)

    return looked


async def test_a_connection_that_dies_in_the_middle_takes_nobody_with_it(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with databases.fresh("enrollment") as database:
        school = await open_school(database, 10, [club("C1", 5)])

        async def die(tx: Any, *_: Any) -> None:
            me = await tx.scalar(text("SELECT pg_backend_pid()"))
            await databases.say(f"SELECT pg_terminate_backend({me})")

        monkeypatch.setattr(claim_places, "lock_clubs", cut_in(1, die))
        one = desk(database)
        answers = await told(*(one.ask(school.school_id, wish(school, n, "C1")) for n in range(10)))
        assert kinds(answers) == {"Answered": 5, "offering-full": 5}
        assert await taken(school, "C1") == 5


async def test_a_commit_whose_word_was_lost_is_not_made_twice(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server committed and the line broke: what was given is found by the keys."""
    async with databases.fresh("enrollment") as database:
        school = await open_school(database, 4, [club("C1", 4)])
        left, begin = [1], database.transaction

        @asynccontextmanager
        async def breaking(*scope: Any) -> AsyncIterator[Any]:
            async with begin(*scope) as tx:
                yield tx
            if left[0]:
                left[0] -= 1
                raise ConnectionResetError

        one = desk(database)
        with monkeypatch.context() as broken:
            broken.setattr(database, "transaction", breaking)
            answers = await told(*(one.ask(school.school_id, wish(school, n, "C1")) for n in range(4)))
        assert kinds(answers) == {"Answered": 4}
        assert await taken(school, "C1") == 4


async def test_a_claim_that_fails_fails_alone(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    async with databases.fresh("enrollment") as database:
        school = await open_school(database, 6, [club("C1", 6)])
        poisoned = school.families[3][0]

        async def looked(tx: Any, school_id: Any, offerings: Any, children: Any, **named: Any) -> Any:
            if poisoned in children:
                raise ZeroDivisionError
            return await lock_clubs(tx, school_id, offerings, children, **named)

        monkeypatch.setattr(claim_places, "lock_clubs", looked)
        one = desk(database)
        answers = await told(*(one.ask(school.school_id, wish(school, n, "C1")) for n in range(6)))
        assert kinds(answers) == {"Answered": 5, "ZeroDivisionError": 1}
        assert isinstance(answers[3], ZeroDivisionError)
        assert await taken(school, "C1") == 5


async def test_nobody_waits_for_long_without_being_told(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody keeps the school's offerings; who came is told to look again, who comes now to come later."""
    monkeypatch.setattr(claim_desk, "PATIENCE_SECONDS", 0.2)
    monkeypatch.setattr(claim_desk, "LONGEST_SECONDS", 0.4)
    async with databases.fresh("enrollment") as database:
        school = await open_school(database, 3, [club("C1", 3)])
        one, first = desk(database), wish(school, 0, "C1")
        async with database.transaction([school.school_id]) as tx:
            await tx.execute(text("SELECT 1 FROM offering FOR UPDATE"))
            waits = asyncio.create_task(told(one.ask(school.school_id, first)))
            await asyncio.sleep(0.3)
            (late,) = await told(one.ask(school.school_id, wish(school, 1, "C1")))
            assert isinstance(late, QueueTooLong)
            assert isinstance((await waits)[0], StillInLine)
        again: Told = late
        while isinstance(again, QueueTooLong | StillInLine):
            await asyncio.sleep(0.05)
            (again,) = await told(one.ask(school.school_id, first))
        assert isinstance(again, Answered)
        assert await taken(school, "C1") == 1


async def test_two_schools_do_not_wait_for_each_other(databases: Databases) -> None:
    async with databases.fresh("enrollment") as database:
        school = await open_school(database, 2, [club("C1", 2)])
        one, elsewhere = desk(database), new_id()
        async with database.transaction([school.school_id]) as tx:
            await tx.execute(text("SELECT 1 FROM offering FOR UPDATE"))
            waits = asyncio.create_task(told(one.ask(school.school_id, wish(school, 0, "C1"))))
            async with asyncio.timeout(5):
                (stranger,) = await told(one.ask(elsewhere, wish(school, 1, "C1")))
            assert isinstance(stranger, Refusal)
            assert not waits.done()
        assert kinds(await waits) == {"Answered": 1}
