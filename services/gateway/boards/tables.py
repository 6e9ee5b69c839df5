"""Tickets and the short sessions that they open (real clock)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlmodel import Field

from services.gateway.table import GatewayTable
from services.kernel.database.service_table import Instant


class BoardTicket(GatewayTable, table=True):
    """A leader's leave to show one school's board on one screen; hashes only."""

    ticket_hash: bytes = Field(primary_key=True, sa_type=LargeBinary)
    session_hash: bytes | None = Field(default=None, sa_type=LargeBinary, unique=True)
    account_id: UUID = Field(foreign_key="account.account_id")
    persona: str
    shown_school_id: UUID
    person_id: UUID
    full_names: bool = Field(default=False, description="Children's names in full; shortened otherwise.")
    ends_at: datetime = Field(
        sa_type=Instant, description="Of the ticket until it is used, then of the session."
    )
    used_at: datetime | None = Field(default=None, sa_type=Instant)
    confirmed_at: datetime = Field(
        sa_type=Instant, description="When enrollment last said that the right lives."
    )
