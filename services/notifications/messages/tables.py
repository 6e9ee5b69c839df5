"""Messages: one row for each cause and recipient. What became of each try stands in ``delivery``."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field

from services.kernel.database.service_table import Instant, Json
from services.notifications.table import NotificationsTable


class Message(NotificationsTable, table=True):
    """One thing to be told to one person. The unique key *is* the rule that nobody is told twice."""

    __table_args__ = (
        UniqueConstraint("school_id", "cause_id", "step_no", "recipient_id", "kind"),
        Index("ix_message_feed", "school_id", "recipient_id", "told_in", "message_id"),
        Index("ix_message_day", "school_id", "service_on", "kind"),
        Index("ix_message_child", "school_id", "child_id", "service_on"),
    )

    school_id: UUID = Field(primary_key=True)
    message_id: UUID = Field(primary_key=True)
    kind: str = Field(description="A kind of the catalogue.")
    cause_id: UUID = Field(description="The entry, case, refusal, place or round that it is about.")
    step_no: int = Field(
        default=0, description="The rung of the lateness ladder, the number of a menu; 0 elsewhere."
    )
    recipient_id: UUID
    child_id: UUID | None = Field(default=None, description="None: it concerns the whole school.")
    service_on: date = Field(description="The day that it is about.")
    facts: dict[str, Any] = Field(sa_type=Json, description="What the words are made of.")
    title: str
    body: str = Field(description="The in-app text, as it was said.")
    urgent: bool = Field(default=False, description="WeChat and SMS both, at once.")
    happened_at: datetime = Field(sa_type=Instant, description="Domain clock.")
    written_at: datetime = Field(sa_type=Instant, description="Domain clock.")
    expires_at: datetime | None = Field(
        default=None, sa_type=Instant, description="Domain clock; not sent after it."
    )
    state: str = Field(default="waiting", description="waiting or settled.")
    outcome: str | None = Field(default=None, description="delivered, failed, doubtful or withheld.")
    channel: str | None = Field(default=None, description="The channel that reached the recipient first.")
    settled_at: datetime | None = Field(default=None, sa_type=Instant, description="Domain clock.")
    tries: int = Field(default=0, description="Attempts begun; 0 means that nothing left yet.")
    read_at: datetime | None = Field(
        default=None, sa_type=Instant, description="Domain clock; read in the app."
    )
    told_in: int = Field(
        sa_type=BigInteger,
        sa_column_kwargs={"server_default": text("(pg_current_xact_id()::text::bigint)")},
        description="The transaction that wrote it: a feed shows only what no open transaction can precede.",
    )


class Unaddressed(NotificationsTable, table=True):
    """A fact that nobody could be told of: the child is unknown here, or has no guardian. Never silence."""

    school_id: UUID = Field(primary_key=True)
    kind: str = Field(primary_key=True, description="The fact's word on the wire.")
    cause_id: UUID = Field(primary_key=True)
    step_no: int = Field(primary_key=True, default=0)
    reason: str = Field(
        description="What is not known here yet: unknown-child, no-guardian, unknown-offering …"
    )
    fact: dict[str, Any] = Field(sa_type=Json)
    seen_at: datetime = Field(sa_type=Instant, description="Domain clock.")
    addressed_at: datetime | None = Field(default=None, sa_type=Instant, description="Domain clock.")
