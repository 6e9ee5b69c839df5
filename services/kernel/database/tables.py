"""The kernel's own tables, present in every service's database: letters out, letters in, timers, stored answers.

They are *platform* tables: no row security, because workers serve all schools; they hold ids, no names.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

KERNEL_TABLES = frozenset({"outgoing", "inbox", "timer", "answer"})
"""Named in every service's list of platform tables."""


def add_kernel_tables(metadata: MetaData) -> None:
    """Declare the kernel's tables in a service's metadata, so that its migrations know them."""
    instant = DateTime(timezone=True)
    Table(
        "outgoing",
        metadata,
        Column("batch_id", Uuid, primary_key=True),
        Column("reader", String, nullable=False, comment="The service that these letters are for."),
        Column("letters", JSONB, nullable=False),
        Column("count", Integer, nullable=False),
        Column("state", String, nullable=False, comment="waiting, delivered, dead or written_off"),
        Column("announced_at", instant, nullable=False, comment="Domain clock."),
        Column("settled_at", instant, comment="Real clock."),
        Column("tries", Integer, nullable=False, server_default=text("0")),
        Column("fault", Text, comment="What the last try came back with."),
        Index(
            "outgoing_unsettled", "state", "batch_id", postgresql_where=text("state IN ('waiting', 'dead')")
        ),
    )
    Table(
        "inbox",
        metadata,
        Column("letter_id", Uuid, primary_key=True),
        Column("kind", String, nullable=False),
        Column("sender", String, nullable=False),
        Column("received_at", instant, nullable=False, server_default=text("now()"), comment="Real clock."),
    )
    Table(
        "timer",
        metadata,
        Column("timer_id", BigInteger, primary_key=True, autoincrement=True),
        Column("school_id", Uuid, nullable=False),
        Column("kind", String, nullable=False),
        Column("subject", Uuid, nullable=False, comment="What it is about; one timer of a kind for each."),
        Column("due_at", instant, nullable=False, comment="Domain clock."),
        Column("facts", JSONB, nullable=False, server_default=text("'{}'")),
        Column("tries", Integer, nullable=False, server_default=text("0")),
        Column("retry_at", instant, comment="Real clock; set after a failed run."),
        UniqueConstraint("school_id", "kind", "subject"),
        Index("timer_due", "due_at"),
    )
    Table(
        "answer",
        metadata,
        Column("account_id", Uuid, primary_key=True),
        Column("route", String, primary_key=True),
        Column("key", String, primary_key=True),
        Column("request_hash", LargeBinary, nullable=False),
        Column("body", LargeBinary),
        Column("made_at", instant, nullable=False, server_default=text("now()"), comment="Real clock."),
        Index("answer_age", "made_at"),
    )
