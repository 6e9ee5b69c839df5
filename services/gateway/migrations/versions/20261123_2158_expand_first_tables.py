"""Expand first tables.

Revision: 20261123_2158
Follows: nothing
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.kernel.database.install_jobs import install_jobs, remove_jobs
from services.kernel.database.security import append_only

revision = "20261123_2158"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.LargeBinary(), nullable=True),
        sa.Column("people", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("people_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("announced", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_account")),
        sa.UniqueConstraint("phone_index", name=op.f("uq_account_phone_index")),
    )
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
        "audit_entry",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("persona", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column(
            "facts", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_audit_entry")),
    )
    op.create_index("ix_audit_entry_account", "audit_entry", ["account_id", "entry_id"], unique=False)
    op.create_index("ix_audit_entry_action", "audit_entry", ["action", "entry_id"], unique=False)
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
        "board_ticket",
        sa.Column("ticket_hash", sa.LargeBinary(), nullable=False),
        sa.Column("session_hash", sa.LargeBinary(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("persona", sa.String(), nullable=False),
        sa.Column("shown_school_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("full_names", sa.Boolean(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.account_id"], name=op.f("fk_board_ticket_account_id")
        ),
        sa.PrimaryKeyConstraint("ticket_hash", name=op.f("pk_board_ticket")),
        sa.UniqueConstraint("session_hash", name=op.f("uq_board_ticket_session_hash")),
    )
    op.create_table(
        "consent",
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("text_hash", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"], name=op.f("fk_consent_account_id")),
        sa.PrimaryKeyConstraint("consent_id", name=op.f("pk_consent")),
    )
    op.create_index("ix_consent_account", "consent", ["account_id", "purpose", "consent_id"], unique=False)
    op.create_table(
        "device",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"], name=op.f("fk_device_account_id")),
        sa.PrimaryKeyConstraint("account_id", "device_id", name=op.f("pk_device")),
    )
    op.create_table(
        "identity_key",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value_index", sa.LargeBinary(), nullable=False),
        sa.Column("value_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.account_id"], name=op.f("fk_identity_key_account_id")
        ),
        sa.PrimaryKeyConstraint("kind", "value_index", name=op.f("pk_identity_key")),
    )
    op.create_index("ix_identity_key_account", "identity_key", ["account_id"], unique=False)
    op.create_table(
        "token_family",
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("persona", sa.String(), nullable=False),
        sa.Column("chosen_school_id", sa.Uuid(), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_because", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.account_id"], name=op.f("fk_token_family_account_id")
        ),
        sa.PrimaryKeyConstraint("family_id", name=op.f("pk_token_family")),
    )
    op.create_index("ix_token_family_account", "token_family", ["account_id"], unique=False)
    op.create_table(
        "refresh_token",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["family_id"],
            ["token_family.family_id"],
            name=op.f("fk_refresh_token_family_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_refresh_token")),
    )
    op.create_index("ix_refresh_token_family", "refresh_token", ["family_id"], unique=False)
    append_only(op, ["audit_entry", "consent"])
    install_jobs(op)


def downgrade() -> None:
    remove_jobs(op)
    op.drop_index("ix_refresh_token_family", table_name="refresh_token")
    op.drop_table("refresh_token")
    op.drop_index("ix_token_family_account", table_name="token_family")
    op.drop_table("token_family")
    op.drop_index("ix_identity_key_account", table_name="identity_key")
    op.drop_table("identity_key")
    op.drop_table("device")
    op.drop_index("ix_consent_account", table_name="consent")
    op.drop_table("consent")
    op.drop_table("board_ticket")
    op.drop_index("timer_due", table_name="timer")
    op.drop_table("timer")
    op.drop_index(
        "outgoing_unsettled", table_name="outgoing", postgresql_where=sa.text("state IN ('waiting', 'dead')")
    )
    op.drop_table("outgoing")
    op.drop_table("inbox")
    op.drop_index("ix_audit_entry_action", table_name="audit_entry")
    op.drop_index("ix_audit_entry_account", table_name="audit_entry")
    op.drop_table("audit_entry")
    op.drop_index("answer_age", table_name="answer")
    op.drop_table("answer")
    op.drop_table("account")
