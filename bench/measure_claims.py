"""How fast does a flash crowd get its places, against a trivial POST and against a row lock for each claim?

Gateway, enrollment and the embedded server (its own settings, fsync on) run as on a platform; the crowd is 3,000
families with 60 clubs, 40 % of whom want the same five. They come in one burst, each with its own token and key.
The claim command alone is measured in this process, on one hot club that everybody gets, against the same rows
written claim by claim under a row lock.
"""

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header
from pydantic import BaseModel
from sqlalchemy import text

from bench.burst import Burst, post, send
from bench.claim_command import measure_command
from bench.living_process import free_port, make_keys, serve, serving
from bench.seed_crowd import SEATS, Wisher, seed_crowd
from services.enrollment.app import ROUTERS
from services.gateway.app import create_app
from services.kernel.database.embedded import EmbeddedPostgres
from services.kernel.database.migrate import migrate
from services.kernel.database.provision import provision
from services.kernel.database.transaction import Database
from services.kernel.ids import new_id
from services.kernel.settings import Settings
from services.kernel.tokens import PUBLIC, Identity, Signer
from services.kernel.web.app import build_app
from services.kernel.web.dependencies import Caller

ROUNDS = 3
TRIVIAL, CLAIM = "/api/v1/places/trivial", "/api/v1/places"
WARM_UP = 600
NOWHERE = "postgresql+asyncpg://nobody@127.0.0.1:1/none"
"""The gateway passes through; its pool never opens a connection."""


def measure_claims() -> dict[str, float]:
    """Return claims a second and their two shares, medians over the rounds; oversold and doubled are sums."""
    with TemporaryDirectory(prefix="kehou-bench-") as folder, ExitStack() as stack:
        server = stack.enter_context(EmbeddedPostgres(Path(folder) / "postgres"))
        url = asyncio.run(_prepare(server.admin_url, Path(folder) / "secrets"))
        signer = make_keys(Path(folder), "gateway", "enrollment")
        ports = {"enrollment": free_port(), "gateway": free_port()}
        env = {**os.environ, "KEHOU_KEYS_DIR": folder, "KEHOU_CLOCK": "real"}
        env["KEHOU_ENROLLMENT_URL"] = f"http://127.0.0.1:{ports['enrollment']}"
        env["KEHOU_GATEWAY_REQUESTS_PER_DEVICE_A_MINUTE"] = "100000000"
        for name, port in ports.items():
            database = {"KEHOU_DATABASE_URL": NOWHERE if name == "gateway" else url}
            stack.enter_context(serving("bench.measure_claims", name, port, env | database))
        figures = asyncio.run(_rounds(url, signer, ports["gateway"]))
        return figures | asyncio.run(measure_command(url))


async def _prepare(admin_url: str, secrets: Path) -> str:
    urls = (await provision(admin_url, secrets, services=["enrollment"]))["enrollment"]
    await migrate("enrollment", urls.owner)
    return urls.app


async def _rounds(url: str, signer: Signer, port: int) -> dict[str, float]:
    database = Database(url)
    found: list[tuple[Burst, Burst]] = []
    oversold = doubled = 0
    try:
        for number in range(ROUNDS + 1):
            crowd = await seed_crowd(database, number)
            tokens = [_token(signer, wisher) for wisher in crowd]
            if number == 0:
                # Processes, pools and prepared statements come to life.
                await send(port, _claims(crowd, tokens)[:WARM_UP])
            # Every family has opened the app before the hour: its token is known at both doors.
            await send(port, _trivial(crowd, tokens))
            trivial = await send(port, _trivial(crowd, tokens))
            if number > 0:
                claims = await send(port, _claims(crowd, tokens))
                found.append((trivial, claims))
                doubled += await _doubled(database, crowd, claims)
                oversold += await _oversold(database, crowd)
    finally:
        await database.close()
    return {
        "trivial_post_per_s": round(median(trivial.per_s for trivial, _ in found)),
        "claim_per_s": round(median(claims.per_s for _, claims in found)),
        "claim_share_of_trivial_post": round(
            median(claims.per_s / trivial.per_s for trivial, claims in found), 3
        ),
        "claim_oversold": oversold,
        "claim_duplicates": doubled,
    }


def _token(signer: Signer, wisher: Wisher) -> str:
    who = Identity(account_id=new_id(), persona="guardian", people={wisher.school_id: wisher.guardian_id})
    return signer.sign_identity(who, audience=PUBLIC, ttl=timedelta(minutes=30))


def _claims(crowd: Sequence[Wisher], tokens: Sequence[str]) -> list[bytes]:
    return [_post(CLAIM, wisher, token) for wisher, token in zip(crowd, tokens, strict=True)]


def _trivial(crowd: Sequence[Wisher], tokens: Sequence[str]) -> list[bytes]:
    return [_post(TRIVIAL, wisher, token) for wisher, token in zip(crowd, tokens, strict=True)]


def _post(path: str, wisher: Wisher, token: str) -> bytes:
    body: dict[str, UUID | str] = {
        "school_id": wisher.school_id,
        "offering_id": wisher.offering_id,
        "child_id": wisher.child_id,
    }
    return post(path, token, body, key=str(new_id()))


async def _oversold(database: Database, crowd: Sequence[Wisher]) -> int:
    """Return how many children sit on seats that are not there, and see that no seat stayed empty for nothing."""
    async with database.transaction([crowd[0].school_id]) as tx:
        rows = await tx.execute(text("SELECT offering_id, count(*) AS taken FROM place GROUP BY 1"))
        taken = {row.offering_id: row.taken for row in rows}
    wanted = {key: sum(one.offering_id == key for one in crowd) for key in {one.offering_id for one in crowd}}
    if any(taken.get(key, 0) < min(number, SEATS) for key, number in wanted.items()):
        raise RuntimeError("a family was refused a seat that was free")
    return sum(max(number - SEATS, 0) for number in taken.values())


async def _doubled(database: Database, crowd: Sequence[Wisher], claims: Burst) -> int:
    """Return how many places nobody was told of, or were told twice, or held twice by one child."""
    if set(claims.statuses) != {201, 409}:
        odd = next(body for status, body in claims.bodies if status not in {201, 409})
        raise RuntimeError(f"not every claim was answered: {claims.statuses} {odd.decode()}")
    told = [json.loads(body)["place_id"] for status, body in claims.bodies if status == 201]
    async with database.transaction([crowd[0].school_id]) as tx:
        rows = (await tx.execute(text("SELECT place_id, child_id FROM place"))).all()
    doubled = len(rows) - len({row.child_id for row in rows}) + len(told) - len(set(told))
    return doubled + len(set(told) ^ {str(row.place_id) for row in rows})


class _TrivialIn(BaseModel):
    school_id: UUID
    offering_id: UUID
    child_id: UUID


def _trivial_router() -> APIRouter:
    router = APIRouter()

    @router.post(TRIVIAL)
    async def trivial(
        body: _TrivialIn, who: Caller, idempotency_key: Annotated[str, Header()]
    ) -> dict[str, str]:
        return {"persona": who.persona, "child_id": str(body.child_id), "key": idempotency_key}

    return router


def _serve(name: str, port: int) -> None:
    settings = Settings()
    if name == "gateway":
        serve(create_app(settings), port)
    else:
        serve(build_app("enrollment", settings, routers=[_trivial_router(), *ROUTERS]), port)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _serve(sys.argv[1], int(sys.argv[2]))
    else:
        print(json.dumps(measure_claims(), indent=1))
