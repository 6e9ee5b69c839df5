"""Expand first tables.

Revision: 20261123_2205
Follows: nothing
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.kernel.database.install_jobs import install_jobs, remove_jobs
from services.kernel.database.security import secure_school_tables

revision = "20261123_2205"
down_revision = None
branch_labels = None
depends_on = None

OF_SCHOOLS = [
    "attempt",
    "binding",
    "child",
    "collector",
    "guardianship",
    "message",
    "person",
    "room",
    "unaddressed",
]


def upgrade() -> None:
    op.create_table(
        "answer",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column(
            "made_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="Real clock.",
        ),
        sa.PrimaryKeyConstraint("account_id", "route", "key", name=op.f("pk_answer")),
    )
    op.create_index("answer_age", "answer", ["made_at"], unique=False)
    op.create_table(
        "attempt",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("provider_id", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("school_id", "attempt_id", name=op.f("pk_attempt")),
    )
    op.create_index("ix_attempt_message", "attempt", ["school_id", "message_id", "attempt_id"], unique=False)
    op.create_table(
        "binding",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("openid", sa.String(), nullable=True),
        sa.Column("bound_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "person_id", name=op.f("pk_binding")),
    )
    op.create_index("ix_binding_account", "binding", ["account_id"], unique=False)
    op.create_table(
        "child",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "child_id", name=op.f("pk_child")),
    )
    op.create_table(
        "collector",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("collector_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "collector_id", name=op.f("pk_collector")),
    )
    op.create_table(
        "credit",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("template_id", sa.String(), nullable=False),
        sa.Column("remaining", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "template_id", name=op.f("pk_credit")),
    )
    op.create_table(
        "guardianship",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("guardian_id", sa.Uuid(), nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("is_told", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "child_id", "guardian_id", name=op.f("pk_guardianship")),
    )
    op.create_index("ix_guardianship_guardian", "guardianship", ["school_id", "guardian_id"], unique=False)
    op.create_table(
        "inbox",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="Real clock.",
        ),
        sa.PrimaryKeyConstraint("letter_id", name=op.f("pk_inbox")),
    )
    op.create_table(
        "message",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("cause_id", sa.Uuid(), nullable=False),
        sa.Column("step_no", sa.Integer(), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("service_on", sa.Date(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "told_in",
            sa.BigInteger(),
            server_default=sa.text("(pg_current_xact_id()::text::bigint)"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("school_id", "message_id", name=op.f("pk_message")),
        sa.UniqueConstraint(
            "school_id",
            "cause_id",
            "step_no",
            "recipient_id",
            "kind",
            name=op.f("uq_message_school_id_cause_id_step_no_recipient_id_kind"),
        ),
    )
    op.create_index("ix_message_child", "message", ["school_id", "child_id", "service_on"], unique=False)
    op.create_index("ix_message_day", "message", ["school_id", "service_on", "kind"], unique=False)
    op.create_index(
        "ix_message_feed", "message", ["school_id", "recipient_id", "told_in", "message_id"], unique=False
    )
    op.create_table(
        "outgoing",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("reader", sa.String(), nullable=False, comment="The service that these letters are for."),
        sa.Column("letters", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False, comment="waiting, delivered, dead or written_off"),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=False, comment="Domain clock."),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True, comment="Real clock."),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("fault", sa.Text(), nullable=True, comment="What the last try came back with."),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_outgoing")),
    )
    op.create_index(
        "outgoing_unsettled",
        "outgoing",
        ["state", "batch_id"],
        unique=False,
        postgresql_where=sa.text("state IN ('waiting', 'dead')"),
    )
    op.create_table(
        "person",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sort", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "person_id", name=op.f("pk_person")),
    )
    op.create_index("ix_person_phone", "person", ["school_id", "phone_index"], unique=False)
    op.create_table(
        "room",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("room_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "room_id", name=op.f("pk_room")),
    )
    op.create_table(
        "school",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("roster_version", sa.Integer(), nullable=False),
        sa.Column("tells_moves", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("school_id", name=op.f("pk_school")),
    )
    op.create_table(
        "timer",
        sa.Column("timer_id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column(
            "subject", sa.Uuid(), nullable=False, comment="What it is about; one timer of a kind for each."
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False, comment="Domain clock."),
        sa.Column(
            "facts", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "retry_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Real clock; set after a failed run.",
        ),
        sa.PrimaryKeyConstraint("timer_id", name=op.f("pk_timer")),
        sa.UniqueConstraint("school_id", "kind", "subject", name=op.f("uq_timer_school_id_kind_subject")),
    )
    op.create_index("timer_due", "timer", ["due_at"], unique=False)
    op.create_table(
        "unaddressed",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("cause_id", sa.Uuid(), nullable=False),
        sa.Column("step_no", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("fact", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("addressed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("school_id", "kind", "cause_id", "step_no", name=op.f("pk_unaddressed")),
    )
    secure_school_tables(op, OF_SCHOOLS)
    install_jobs(op)


def downgrade() -> None:
    remove_jobs(op)
    op.drop_table("unaddressed")
    op.drop_index("timer_due", table_name="timer")
    op.drop_table("timer")
    op.drop_table("school")
    op.drop_table("room")
    op.drop_index("ix_person_phone", table_name="person")
    op.drop_table("person")
    op.drop_index(
        "outgoing_unsettled", table_name="outgoing", postgresql_where=sa.text("state IN ('waiting', 'dead')")
    )
    op.drop_table("outgoing")
    op.drop_index("ix_message_feed", table_name="message")
    op.drop_index("ix_message_day", table_name="message")
    op.drop_index("ix_message_child", table_name="message")
    op.drop_table("message")
    op.drop_table("inbox")
    op.drop_index("ix_guardianship_guardian", table_name="guardianship")
    op.drop_table("guardianship")
    op.drop_table("credit")
    op.drop_table("collector")
    op.drop_table("child")
    op.drop_index("ix_binding_account", table_name="binding")
    op.drop_table("binding")
    op.drop_index("ix_attempt_message", table_name="attempt")
    op.drop_table("attempt")
    op.drop_index("answer_age", table_name="answer")
    op.drop_table("answer")
