"""Expand first tables.

Revision: 20261123_2154
Follows: nothing
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.kernel.database.install_jobs import install_jobs, remove_jobs
from services.kernel.database.provision import APP
from services.kernel.database.security import append_only, secure_school_tables

revision = "20261123_2154"
down_revision = None
branch_labels = None
depends_on = None

OF_SCHOOLS = [
    "adult",
    "blocked",
    "calendar_day",
    "child",
    "code_try",
    "collector",
    "entry",
    "expectation",
    "guardian",
    "hand_over",
    "late_case",
    "late_receipt",
    "late_step",
    "missing_case",
    "offering",
    "pass",
    "place",
    "refused_scan",
    "release_refusal",
    "room",
    "self_release",
    "service_day",
    "session",
    "stay",
]
REWRITTEN_BY_NOBODY = ["entry", "late_receipt", "late_step", "refused_scan", "release_refusal"]

# The ledger grows by a partition a month. The app may ask for one and reaches its rows through the parent only:
# row security stands there, and no right on a partition itself is left to it.
ENSURE_PARTITION = f"""
CREATE FUNCTION ensure_entry_partition(day date) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $body$
DECLARE
  first date := date_trunc('month', day)::date;
  partition text := 'entry_' || to_char(first, 'YYYY_MM');
BEGIN
  IF day NOT BETWEEN date '2020-01-01' AND date '2099-12-31' THEN
    RAISE EXCEPTION 'no ledger for %', day;
  END IF;
  IF to_regclass('public.' || partition) IS NOT NULL THEN
    RETURN;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext(partition));
  IF to_regclass('public.' || partition) IS NULL THEN
    EXECUTE format('CREATE TABLE %I PARTITION OF entry FOR VALUES FROM (%L) TO (%L)',
                   partition, first, (first + interval '1 month')::date);
    EXECUTE format('REVOKE ALL ON %I FROM {APP}', partition);
  END IF;
END $body$
"""
FIRST_MONTHS = """
SELECT ensure_entry_partition(month::date)
  FROM generate_series(date '2026-08-01', date '2027-12-01', interval '1 month') AS month
"""
# A fresh platform gets its first day within seconds, long before autovacuum has looked: the planner then takes
# the day for one row and joins it a thousand times over (a board took 2 s and more, 10 ms with statistics).
MEASURE_TABLES = """
CREATE FUNCTION measure_tables(stays bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $body$
BEGIN
  IF (SELECT reltuples FROM pg_class WHERE oid = 'stay'::regclass) * 1.5 < stays THEN
    ANALYZE adult, child, collector, expectation, room, session, stay;
  END IF;
END $body$
"""


def upgrade() -> None:
    op.create_table(
        "adult",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("adult_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("personas", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("homeroom_grade", sa.Integer(), nullable=True),
        sa.Column("homeroom_class", sa.String(), nullable=True),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "adult_id"),
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
        sa.PrimaryKeyConstraint("account_id", "route", "key"),
    )
    op.create_index("answer_age", "answer", ["made_at"], unique=False)
    op.create_table(
        "blocked",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("blocked_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "child_id", "blocked_id"),
    )
    op.create_table(
        "calendar_day",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("day_on", sa.Date(), nullable=False),
        sa.Column("term_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("runs_as", sa.Integer(), nullable=True),
        sa.Column("certain", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "day_on", "term_id"),
    )
    op.create_table(
        "child",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("student_no", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("initials", sa.String(), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=False),
        sa.Column("class_name", sa.String(), nullable=False),
        sa.Column("boarder", sa.Boolean(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "child_id"),
    )
    op.create_table(
        "code_try",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("service_on", sa.Date(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "service_on", "subject_id"),
    )
    op.create_table(
        "collector",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("collector_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("is_guardian", sa.Boolean(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("may_collect", sa.Boolean(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("weekdays", sa.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "child_id", "collector_id"),
    )
    op.create_table(
        "expectation",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("service_on", sa.Date(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "service_on", "session_id", "child_id"),
    )
    op.create_index(
        "expectation_by_child", "expectation", ["school_id", "service_on", "child_id"], unique=False
    )
    op.create_table(
        "guardian",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("guardian_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "guardian_id"),
    )
    op.create_table(
        "hand_over",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("service_on", sa.Date(), nullable=False),
        sa.Column("hand_over_id", sa.Uuid(), nullable=False),
        sa.Column("giver_id", sa.Uuid(), nullable=False),
        sa.Column("taker_id", sa.Uuid(), nullable=True),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("room_id", sa.Uuid(), nullable=True),
        sa.Column("offered", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("taken_back", sa.Integer(), nullable=False),
        sa.Column("refused", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("school_id", "service_on", "hand_over_id"),
    )
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
        sa.PrimaryKeyConstraint("letter_id"),
    )
    op.create_table(
        "late_case",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("service_on", sa.Date(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("late_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_step", sa.Integer(), nullable=False),
        sa.Column("next_step_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pauses", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("school_id", "service_on", "case_id"),
        sa.UniqueConstraint("school_id", "service_on", "child_id", "turn"),
    )
    op.create_table(
        "late_receipt",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("service_on", sa.Date(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("step_no", sa.Integer(), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "service_on", "case_id", "step_no", "recipient_id"),
    )
    op.create_table(
        "late_step",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("service_on", sa.Date(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("step_no", sa.Integer(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("recipients", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "service_on", "case_id", "step_no"),
    )
    op.create_table(
        "missing_case",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("service_on", sa.Date(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cleared_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("school_id", "service_on", "case_id"),
    )
    op.create_index(
        "one_open_case_a_child",
        "missing_case",
        ["school_id", "service_on", "child_id"],
        unique=True,
        postgresql_where=sa.text("cleared_at IS NULL"),
    )
    op.create_table(
        "offering",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("term_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("teacher_id", sa.Uuid(), nullable=True),
        sa.Column("room_id", sa.Uuid(), nullable=True),
        sa.Column("weekdays", sa.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "offering_id"),
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
        sa.PrimaryKeyConstraint("batch_id"),
    )
    op.create_index(
        "outgoing_unsettled",
        "outgoing",
        ["state", "batch_id"],
        unique=False,
        postgresql_where=sa.text("state IN ('waiting', 'dead')"),
    )
    op.create_table(
        "pass",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("service_on", sa.Date(), nullable=False),
        sa.Column("pass_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("collector_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("school_id", "service_on", "pass_id"),
        sa.UniqueConstraint("school_id", "service_on", "code_hash", "child_id"),
    )
    op.create_index("pass_by_child", "pass", ["school_id", "service_on", "child_id"], unique=False)
    op.create_table(
        "place",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("weekdays", sa.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("school_id", "place_id"),
    )
    op.create_index("place_by_child", "place", ["school_id", "child_id"], unique=False)
    op.create_index("place_by_offering", "place", ["school_id", "offering_id"], unique=False)
    op.create_table(
        "refused_scan",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("service_on", sa.Date(), nullable=False),
        sa.Column("scan_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("problem", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "service_on", "scan_id"),
    )
    op.create_table(
        "release_refusal",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("service_on", sa.Date(), nullable=False),
        sa.Column("refusal_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("pass_id", sa.Uuid(), nullable=True),
        sa.Column("collector_id", sa.Uuid(), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("problem", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("alarming", sa.Boolean(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "service_on", "refusal_id"),
    )
    op.create_table(
        "room",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("room_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "room_id"),
    )
    op.create_table(
        "school",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("releases_at", sa.Time(), nullable=False),
        sa.Column("roster_version", sa.Integer(), nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("school_id"),
    )
    op.create_table(
        "self_release",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "child_id"),
    )
    op.create_table(
        "service_day",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("service_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("roster_version", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("school_id", "service_on"),
    )
    op.create_table(
        "session",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("service_on", sa.Date(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("teacher_id", sa.Uuid(), nullable=True),
        sa.Column("room_id", sa.Uuid(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "service_on", "session_id"),
        sa.UniqueConstraint("school_id", "service_on", "offering_id", "starts_at"),
    )
    op.create_table(
        "stay",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("service_on", sa.Date(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("adult_id", sa.Uuid(), nullable=True),
        sa.Column("room_id", sa.Uuid(), nullable=True),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("hand_over_id", sa.Uuid(), nullable=True),
        sa.Column("received", sa.Boolean(), nullable=False),
        sa.Column("walk_in", sa.Boolean(), nullable=False),
        sa.Column("missing", sa.Boolean(), nullable=False),
        sa.Column("due_home_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state IN ('in_care', 'in_transit')) = (adult_id IS NOT NULL)", name="stay_has_an_adult"
        ),
        sa.PrimaryKeyConstraint("school_id", "service_on", "child_id", "turn"),
        postgresql_with={"fillfactor": 50},
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
        sa.PrimaryKeyConstraint("timer_id"),
        sa.UniqueConstraint("school_id", "kind", "subject"),
    )
    op.create_index("timer_due", "timer", ["due_at"], unique=False)
    op.create_table(
        "entry",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("service_on", sa.Date(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("adult_before", sa.Uuid(), nullable=True),
        sa.Column("adult_after", sa.Uuid(), nullable=True),
        sa.Column("room_after", sa.Uuid(), nullable=True),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("hand_over_id", sa.Uuid(), nullable=True),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("collector_id", sa.Uuid(), nullable=True),
        sa.Column("corrects", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id", "service_on", "child_id", "turn"],
            ["stay.school_id", "stay.service_on", "stay.child_id", "stay.turn"],
        ),
        sa.PrimaryKeyConstraint("school_id", "service_on", "entry_id"),
        sa.UniqueConstraint("school_id", "service_on", "child_id", "turn", "number"),
        postgresql_partition_by="RANGE (service_on)",
    )
    secure_school_tables(op, OF_SCHOOLS)
    append_only(op, REWRITTEN_BY_NOBODY)
    op.execute(ENSURE_PARTITION)
    op.execute("REVOKE ALL ON FUNCTION ensure_entry_partition(date) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION ensure_entry_partition(date) TO {APP}")
    op.execute(FIRST_MONTHS)
    op.execute(MEASURE_TABLES)
    op.execute("REVOKE ALL ON FUNCTION measure_tables(bigint) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION measure_tables(bigint) TO {APP}")
    install_jobs(op)


def downgrade() -> None:
    remove_jobs(op)
    op.execute("DROP FUNCTION measure_tables(bigint)")
    op.execute("DROP FUNCTION ensure_entry_partition(date)")
    op.drop_table("entry")
    op.drop_index("timer_due", table_name="timer")
    op.drop_table("timer")
    op.drop_table("stay")
    op.drop_table("session")
    op.drop_table("service_day")
    op.drop_table("self_release")
    op.drop_table("school")
    op.drop_table("room")
    op.drop_table("release_refusal")
    op.drop_table("refused_scan")
    op.drop_index("place_by_offering", table_name="place")
    op.drop_index("place_by_child", table_name="place")
    op.drop_table("place")
    op.drop_index("pass_by_child", table_name="pass")
    op.drop_table("pass")
    op.drop_index(
        "outgoing_unsettled", table_name="outgoing", postgresql_where=sa.text("state IN ('waiting', 'dead')")
    )
    op.drop_table("outgoing")
    op.drop_table("offering")
    op.drop_index(
        "one_open_case_a_child", table_name="missing_case", postgresql_where=sa.text("cleared_at IS NULL")
    )
    op.drop_table("missing_case")
    op.drop_table("late_step")
    op.drop_table("late_receipt")
    op.drop_table("late_case")
    op.drop_table("inbox")
    op.drop_table("hand_over")
    op.drop_table("guardian")
    op.drop_index("expectation_by_child", table_name="expectation")
    op.drop_table("expectation")
    op.drop_table("collector")
    op.drop_table("code_try")
    op.drop_table("child")
    op.drop_table("calendar_day")
    op.drop_table("blocked")
    op.drop_index("answer_age", table_name="answer")
    op.drop_table("answer")
    op.drop_table("adult")
