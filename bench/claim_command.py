"""The claim command alone, on one hot club, against a row lock, a count and an insert for each claim."""

import asyncio
from collections.abc import Iterator, Sequence
from statistics import median
from time import perf_counter
from typing import Any

import asyncpg
from sqlalchemy.engine import make_url

from bench.seed_crowd import FAMILIES, NOW, Wisher, seed_crowd
from services.enrollment.selection.claim_desk import MOST_AT_ONCE
from services.enrollment.selection.claim_places import Claim, Given, claim_places
from services.kernel.clock import school_day
from services.kernel.database.provision import connect
from services.kernel.database.transaction import Database
from services.kernel.ids import new_id

ROUNDS = 3
CONNECTIONS = (1, 2, 4, 8)
"""The row lock is tried with each of these; its best counts."""
FIRST_NUMBER = 100

_SCOPE = "SELECT set_config('kehou.school_ids', $1, true)"
_LOCK = "SELECT capacity FROM offering WHERE school_id = $1 AND offering_id = $2 FOR NO KEY UPDATE"
_COUNT = "SELECT count(*) FROM place WHERE school_id = $1 AND offering_id = $2 AND until_on IS NULL"
_INSERT = (
    "INSERT INTO place (school_id, place_id, offering_id, child_id, weekdays, from_on, chosen_by, chosen_at,"
    " came_by, version) VALUES ($1, $2, $3, $4, '{1,3}', $5, $6, $7, 'claim', 1)"
)


async def measure_command(url: str) -> dict[str, float]:
    """Return claims a second both ways, and how many times as fast the command is; medians of rounds in turns."""
    database = Database(url)
    try:
        crowds = [
            await seed_crowd(database, FIRST_NUMBER + number, clubs=1, seats=FAMILIES)
            for number in range(2 * ROUNDS)
        ]
        trial = await seed_crowd(database, FIRST_NUMBER - 1, clubs=len(CONNECTIONS), seats=FAMILIES)
        hot = [[one for one in trial if one.offering_id == key] for key in {one.offering_id for one in trial}]
        tried = [
            (await _row_locks(url, crowd, connections), connections)
            for crowd, connections in zip(hot, CONNECTIONS, strict=True)
        ]
        best = max(tried)[1]
        rounds = [
            (await _command(database, crowds.pop()), await _row_locks(url, crowds.pop(), best))
            for _ in range(ROUNDS)
        ]
    finally:
        await database.close()
    return {
        "claim_command_per_s": round(median(command for command, _ in rounds)),
        "row_lock_per_s": round(median(locks for _, locks in rounds)),
        "row_lock_connections": best,
        "claim_over_row_lock": round(median(command / locks for command, locks in rounds), 2),
    }


async def _command(database: Database, crowd: Sequence[Wisher]) -> float:
    claims = [Claim(one.child_id, one.guardian_id, one.offering_id) for one in crowd]
    started = perf_counter()
    for first in range(0, len(claims), MOST_AT_ONCE):
        async with database.transaction([crowd[0].school_id]) as tx:
            batch = claims[first : first + MOST_AT_ONCE]
            answers = await claim_places(tx, crowd[0].school_id, batch, now=NOW)
        if not all(isinstance(answer, Given) for answer in answers):
            raise RuntimeError("there is a seat for everybody")
    return len(claims) / (perf_counter() - started)


async def _row_locks(url: str, crowd: Sequence[Wisher], connections: int) -> float:
    waiting = iter(crowd)
    opened = [await connect(make_url(url)) for _ in range(connections)]
    try:
        started = perf_counter()
        await asyncio.gather(*(_claim_by_claim(connection, waiting) for connection in opened))
        return len(crowd) / (perf_counter() - started)
    finally:
        for connection in opened:
            await connection.close()


async def _claim_by_claim(connection: "asyncpg.Connection[Any]", waiting: Iterator[Wisher]) -> None:
    for one in waiting:
        async with connection.transaction():
            await connection.execute(_SCOPE, f"{{{one.school_id}}}")
            capacity = await connection.fetchval(_LOCK, one.school_id, one.offering_id)
            if await connection.fetchval(_COUNT, one.school_id, one.offering_id) < capacity:
                facts = (one.school_id, new_id(), one.offering_id, one.child_id)
                await connection.execute(_INSERT, *facts, school_day(NOW), one.guardian_id, NOW)
