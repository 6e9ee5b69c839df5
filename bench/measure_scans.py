"""How many scans does a platform take, as phones send them, against plain INSERTs of the same ledger rows?

Everything is real: gateway, attendance, its database with the embedded server's own settings (fsync on), the load
generator in this process on the same machine. Workers run; their letters wait (no notifications are told: nobody
has a phone), so this is the figure of the receiving side.
"""

import asyncio
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
import orjson
from sqlalchemy.engine import make_url

from bench.seed_schools import GROUP_SIZE, SERVICE_ON, STARTS, Group, seed_school
from services.cli.platform.platform import Platform, Wishes
from services.kernel.database.provision import ServiceUrls, connect
from services.kernel.database.transaction import Database
from services.kernel.ids import new_id
from services.kernel.tokens import PUBLIC, Identity, load_signer

SCHOOLS = 12
SINGLE_GROUPS = 100
CONNECTIONS = 16
BARE_BATCHES = 1000

COLUMNS = (
    "school_id, service_on, entry_id, child_id, turn, number, kind, adult_before, adult_after, room_after,"
    " session_id, hand_over_id, method, actor_id, device_id, collector_id, corrects, reason, occurred_at,"
    " recorded_at"
)


async def measure_scans() -> dict[str, float]:
    """Return singles a second, batch rows a second, bare rows a second, and the share."""
    with TemporaryDirectory(prefix="kehou-bench-") as folder:
        async with Platform(Path(folder), Wishes(origin=STARTS - timedelta(minutes=1))) as platform:
            urls = platform.urls["attendance"]
            groups = await _seed(urls.app)
            tokens = _tokens(platform, groups)
            singles = [
                _request(tokens, group, [child])
                for group in groups[:SINGLE_GROUPS]
                for child in group.child_ids
            ]
            batches = [_request(tokens, group, group.child_ids) for group in groups[SINGLE_GROUPS:]]
            url = f"{platform.gateway_url}/api/v1/scans"
            single = await _send(url, singles)
            batch = await _send(url, batches)
            bare = await _bare_sql(urls, groups)
    return {
        "scan_single_per_s": round(single),
        "scan_batch_rows_per_s": round(batch * GROUP_SIZE),
        "bare_sql_rows_per_s": round(bare),
        "scan_batch_share_of_bare_sql": round(batch * GROUP_SIZE / bare, 3),
    }


async def _seed(url: str) -> list[Group]:
    database = Database(url)
    try:
        seeded = [
            await seed_school(database, number, now=STARTS - timedelta(minutes=1))
            for number in range(SCHOOLS)
        ]
    finally:
        await database.close()
    return [group for groups in seeded for group in groups]


def _tokens(platform: Platform, groups: Sequence[Group]) -> dict[Any, str]:
    signer = load_signer(platform.layout.keys, "gateway")
    return {
        group.teacher_id: signer.sign_identity(
            Identity(
                account_id=new_id(),
                persona="teacher",
                people={group.school_id: group.teacher_id},
                device_id=new_id(),
            ),
            audience=PUBLIC,
            ttl=timedelta(minutes=30),
        )
        for group in groups
    }


def _request(tokens: dict[Any, str], group: Group, child_ids: Sequence[Any]) -> tuple[str, bytes]:
    body = {
        "service_on": SERVICE_ON,
        "device_clock": STARTS,
        "scans": [
            {"scan_id": new_id(), "child_id": child, "occurred_at": STARTS, "method": "card"}
            for child in child_ids
        ],
    }
    return tokens[group.teacher_id], orjson.dumps(body)


async def _send(url: str, requests: Sequence[tuple[str, bytes]]) -> float:
    """Send all of them on `CONNECTIONS` connections; return requests a second. Every scan must be taken."""
    waiting = iter(requests)
    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    async with aiohttp.ClientSession(connector=connector) as http:
        started = time.perf_counter()
        await asyncio.gather(*(_phone(http, url, waiting) for _ in range(CONNECTIONS)))
        return len(requests) / (time.perf_counter() - started)


async def _phone(http: aiohttp.ClientSession, url: str, waiting: Iterator[tuple[str, bytes]]) -> None:
    for token, body in waiting:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        async with http.post(url, data=body, headers=headers) as reply:
            answer = await reply.read()
            if reply.status != 200 or b'"refused"' in answer:
                raise RuntimeError(answer[:500].decode())


async def _bare_sql(urls: ServiceUrls, groups: Sequence[Group]) -> float:
    """Insert rows like the ledger's, 40 in a statement, on as many connections; return rows a second."""
    owner = await connect(make_url(urls.owner))
    await owner.execute("CREATE TABLE bare_entry (LIKE entry INCLUDING ALL)")
    await owner.close()
    waiting = iter([_bare_rows(groups[n % len(groups)]) for n in range(BARE_BATCHES)])
    connections = [await connect(make_url(urls.app)) for _ in range(CONNECTIONS)]
    started = time.perf_counter()
    await asyncio.gather(*(_insert(connection, waiting) for connection in connections))
    took = time.perf_counter() - started
    for connection in connections:
        await connection.close()
    return BARE_BATCHES * GROUP_SIZE / took


async def _insert(connection: Any, waiting: Iterator[list[Any]]) -> None:
    width = COLUMNS.count(",") + 1
    rows = ", ".join(
        "(" + ", ".join(f"${row * width + column}" for column in range(1, width + 1)) + ")"
        for row in range(GROUP_SIZE)
    )
    insert = f"INSERT INTO bare_entry ({COLUMNS}) VALUES {rows}"  # noqa: S608 - constants
    for values in waiting:
        await connection.execute(insert, *values)


def _bare_rows(group: Group) -> list[Any]:
    return list(_flat(_bare_row(group, child) for child in group.child_ids))


def _flat(rows: Iterable[tuple[Any, ...]]) -> Iterator[Any]:
    for row in rows:
        yield from row


def _bare_row(group: Group, child: Any) -> tuple[Any, ...]:
    room, session = new_id(), new_id()
    before, after = None, group.teacher_id
    return (
        group.school_id, SERVICE_ON, new_id(), child, 1, int(new_id().int % 1_000_000_000), "received", before,
        after, room, session, None, "card", after, None, None, None, None, STARTS, STARTS,
    )  # fmt: skip
