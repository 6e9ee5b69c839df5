"""Ids are made by whoever makes the fact, also by a phone, so that a retry names the same row."""

import time
from datetime import UTC, datetime
from uuid import UUID

import uuid_utils


def new_id() -> UUID:
    """Return a UUIDv7: ordered by the (real) time of its making."""
    return UUID(int=uuid_utils.uuid7().int)


def id_made_at(made: UUID) -> datetime:
    """Return the real instant (UTC, milliseconds) that a UUIDv7 carries."""
    return datetime.fromtimestamp((made.int >> 80) / 1000, tz=UTC)


def monotonic_ms() -> float:
    """Milliseconds of a clock that never goes back; for measuring lengths only."""
    return time.monotonic() * 1000
