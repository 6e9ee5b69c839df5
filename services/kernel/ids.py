"""Ids are made by whoever makes the fact, also by a phone, so that a retry names the same row."""

from uuid import UUID

import uuid_utils


def new_id() -> UUID:
    """Return a UUIDv7: ordered by the (real) time of its making."""
    return UUID(int=uuid_utils.uuid7().int)
