"""What an operator does about letters that got stuck."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import text

from services.cli.letters import resend_dead, write_off_dead
from services.kernel.database.transaction import Database
from services.kernel.ids import new_id


async def put_dead(database: Database) -> UUID:
    """Put a batch into the outbox that its reader never took."""
    batch_id = new_id()
    async with database.transaction() as tx:
        await tx.execute(
            text(
                "INSERT INTO outgoing (batch_id, reader, letters, count, state, announced_at, tries, fault)"
                " VALUES (:batch_id, 'notifications', CAST(:letters AS jsonb), 1, 'dead', :at, 8, 'no')"
            ),
            {
                "batch_id": batch_id,
                "letters": json.dumps([{"kind": "attendance.child-received.v1"}]),
                "at": datetime(2026, 11, 23, 8, 31, tzinfo=UTC),
            },
        )
    return batch_id


async def state_of(database: Database, batch_id: UUID) -> tuple[str, int, str]:
    async with database.transaction() as tx:
        found = await tx.execute(
            text("SELECT state, tries, fault FROM outgoing WHERE batch_id = :id"), {"id": batch_id}
        )
        return tuple(found.one())


async def jobs_waiting(database: Database) -> int:
    async with database.transaction() as tx:
        return int(await tx.scalar(text("SELECT count(*) FROM pgqueuer WHERE entrypoint = 'letters'")) or 0)


@pytest.fixture
def offices(attendance_db: Database, enrollment_db: Database) -> Mapping[str, Database]:
    return {"attendance": attendance_db, "enrollment": enrollment_db}


async def test_a_named_batch_goes_on_its_way_again_and_the_others_stay(
    offices: Mapping[str, Database],
) -> None:
    named, other = await put_dead(offices["attendance"]), await put_dead(offices["enrollment"])
    assert await resend_dead(offices, [named]) == 1
    assert await state_of(offices["attendance"], named) == ("waiting", 0, "no")
    assert await state_of(offices["enrollment"], other) == ("dead", 8, "no")
    assert await jobs_waiting(offices["attendance"]) == 1


async def test_all_dead_batches_of_all_services_go_on_their_way_again(
    offices: Mapping[str, Database],
) -> None:
    for database in offices.values():
        await put_dead(database)
    assert await resend_dead(offices, None) == 2
    assert [await jobs_waiting(database) for database in offices.values()] == [1, 1]


async def test_what_is_written_off_stays_with_its_reason_and_never_goes_again(
    offices: Mapping[str, Database],
) -> None:
    batch_id = await put_dead(offices["attendance"])
    assert await write_off_dead(offices, [batch_id], reason="the school was closed") == 1
    assert (await state_of(offices["attendance"], batch_id))[::2] == ("written_off", "the school was closed")
    assert await resend_dead(offices, None) == 0
