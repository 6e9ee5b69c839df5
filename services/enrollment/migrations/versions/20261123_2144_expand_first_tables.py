"""Expand first tables.

Revision: 20261123_2144
Follows: nothing
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.kernel.database.install_jobs import install_jobs, remove_jobs
from services.kernel.database.security import append_only, look_up, secure_school_tables

revision = "20261123_2144"
down_revision = None
branch_labels = None
depends_on = None

OF_SCHOOLS = [
    "agreement_signature",
    "agreement_text",
    "blocked_person",
    "care_wish",
    "child",
    "child_health",
    "child_priority",
    "closed_day",
    "collector",
    "guardian",
    "guardianship",
    "guardianship_request",
    "import_run",
    "invitation",
    "menu_publication",
    "offering",
    "place",
    "room",
    "school_version",
    "self_release_permission",
    "staff",
    "term",
]

PEOPLE_BY_PHONE = """
SELECT staff.school_id, staff.staff_id, unnest(staff.personas)::text
  FROM staff WHERE staff.phone_index = $1 AND NOT staff.removed
UNION ALL
SELECT guardian.school_id, guardian.guardian_id, 'guardian'::text
  FROM guardian WHERE guardian.phone_index = $1 AND NOT guardian.removed AND EXISTS (
    SELECT FROM guardianship WHERE guardianship.school_id = guardian.school_id
       AND guardianship.guardian_id = guardian.guardian_id AND NOT guardianship.removed)
"""
INVITED_TO = "SELECT school_id, invitation_id FROM invitation WHERE invitation.code_hash = $1"


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
        "school",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("county", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("boarding", sa.String(), nullable=False),
        sa.Column("run_by_id", sa.Uuid(), nullable=True),
        sa.Column("releases_at", sa.Time(), nullable=False),
        sa.Column("work_ends_at", sa.Time(), nullable=False),
        sa.Column("complaint_contact", sa.String(), nullable=True),
        sa.Column("safety_measures", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("school_id", name=op.f("pk_school")),
        sa.UniqueConstraint("code", name=op.f("uq_school_code")),
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
        "agreement_text",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.school_id"], name=op.f("fk_agreement_text_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "number", name=op.f("pk_agreement_text")),
    )
    op.create_table(
        "child",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("student_no", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("pinyin", sa.String(), nullable=False),
        sa.Column("initials", sa.String(), nullable=False),
        sa.Column("sex", sa.String(), nullable=True),
        sa.Column("grade", sa.Integer(), nullable=False),
        sa.Column("class_name", sa.String(), nullable=False),
        sa.Column("boarder", sa.Boolean(), nullable=False),
        sa.Column("agreed_number", sa.Integer(), nullable=True),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.school_id"], name=op.f("fk_child_school_id")),
        sa.PrimaryKeyConstraint("school_id", "child_id", name=op.f("pk_child")),
        sa.UniqueConstraint("school_id", "student_no", name=op.f("uq_child_school_id_student_no")),
    )
    op.create_index("ix_child_class", "child", ["school_id", "grade", "class_name"], unique=False)
    op.create_index("ix_child_version", "child", ["school_id", "version"], unique=False)
    op.create_table(
        "closed_day",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("service_on", sa.Date(), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("released", sa.Integer(), nullable=False),
        sa.Column("absent", sa.Integer(), nullable=False),
        sa.Column("excused", sa.Integer(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.school_id"], name=op.f("fk_closed_day_school_id")),
        sa.PrimaryKeyConstraint("school_id", "service_on", name=op.f("pk_closed_day")),
    )
    op.create_table(
        "guardian",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("guardian_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.school_id"], name=op.f("fk_guardian_school_id")),
        sa.PrimaryKeyConstraint("school_id", "guardian_id", name=op.f("pk_guardian")),
        sa.UniqueConstraint("school_id", "phone_index", name=op.f("uq_guardian_school_id_phone_index")),
    )
    op.create_index("ix_guardian_phone_index", "guardian", ["phone_index"], unique=False)
    op.create_index("ix_guardian_version", "guardian", ["school_id", "version"], unique=False)
    op.create_table(
        "guardianship_request",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        sa.Column("child_name", sa.String(), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=True),
        sa.Column("class_name", sa.String(), nullable=True),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("child_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.school_id"], name=op.f("fk_guardianship_request_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "request_id", name=op.f("pk_guardianship_request")),
    )
    op.create_index(
        "ix_guardianship_request_open",
        "guardianship_request",
        ["school_id", "state", "request_id"],
        unique=False,
    )
    op.create_table(
        "import_run",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("file_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.Uuid(), nullable=True),
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.school_id"], name=op.f("fk_import_run_school_id")),
        sa.PrimaryKeyConstraint("school_id", "run_id", name=op.f("pk_import_run")),
    )
    op.create_table(
        "invitation",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("invitation_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("personas", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["school_id"], ["school.school_id"], name=op.f("fk_invitation_school_id")),
        sa.PrimaryKeyConstraint("school_id", "invitation_id", name=op.f("pk_invitation")),
    )
    op.create_index("ix_invitation_code_hash", "invitation", ["code_hash"], unique=False)
    op.create_table(
        "room",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("room_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.school_id"], name=op.f("fk_room_school_id")),
        sa.PrimaryKeyConstraint("school_id", "room_id", name=op.f("pk_room")),
        sa.UniqueConstraint("school_id", "name", name=op.f("uq_room_school_id_name")),
    )
    op.create_index("ix_room_version", "room", ["school_id", "version"], unique=False)
    op.create_table(
        "school_version",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("stamped_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.school_id"], name=op.f("fk_school_version_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", name=op.f("pk_school_version")),
    )
    op.create_table(
        "staff",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("staff_no", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("pinyin", sa.String(), nullable=False),
        sa.Column("initials", sa.String(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        sa.Column("personas", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("granted", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("homeroom_grade", sa.Integer(), nullable=True),
        sa.Column("homeroom_class", sa.String(), nullable=True),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.school_id"], name=op.f("fk_staff_school_id")),
        sa.PrimaryKeyConstraint("school_id", "staff_id", name=op.f("pk_staff")),
        sa.UniqueConstraint("school_id", "staff_no", name=op.f("uq_staff_school_id_staff_no")),
    )
    op.create_index("ix_staff_phone_index", "staff", ["phone_index"], unique=False)
    op.create_index("ix_staff_version", "staff", ["school_id", "version"], unique=False)
    op.create_index(
        "uq_staff_phone",
        "staff",
        ["school_id", "phone_index"],
        unique=True,
        postgresql_where=sa.text("NOT removed"),
    )
    op.create_table(
        "term",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("term_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.school_id"], name=op.f("fk_term_school_id")),
        sa.PrimaryKeyConstraint("school_id", "term_id", name=op.f("pk_term")),
        sa.UniqueConstraint("school_id", "name", name=op.f("uq_term_school_id_name")),
    )
    op.create_index("ix_term_version", "term", ["school_id", "version"], unique=False)
    op.create_table(
        "agreement_signature",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("signature_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("signer_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["school_id", "number"],
            ["agreement_text.school_id", "agreement_text.number"],
            name=op.f("fk_agreement_signature_school_id_number"),
        ),
        sa.PrimaryKeyConstraint("school_id", "signature_id", name=op.f("pk_agreement_signature")),
    )
    op.create_index(
        "ix_agreement_signature_child", "agreement_signature", ["school_id", "child_id"], unique=False
    )
    op.create_index(
        "uq_agreement_signature_side",
        "agreement_signature",
        ["school_id", "number", "side", "child_id", "signer_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "blocked_person",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("blocked_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("order_no", sa.String(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id", "child_id"],
            ["child.school_id", "child.child_id"],
            name=op.f("fk_blocked_person_school_id_child_id"),
        ),
        sa.PrimaryKeyConstraint("school_id", "blocked_id", name=op.f("pk_blocked_person")),
        sa.UniqueConstraint(
            "school_id", "child_id", "name", name=op.f("uq_blocked_person_school_id_child_id_name")
        ),
    )
    op.create_index("ix_blocked_person_version", "blocked_person", ["school_id", "version"], unique=False)
    op.create_table(
        "care_wish",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("weekdays", sa.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("until", sa.Time(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id", "child_id"],
            ["child.school_id", "child.child_id"],
            name=op.f("fk_care_wish_school_id_child_id"),
        ),
        sa.PrimaryKeyConstraint("school_id", "child_id", name=op.f("pk_care_wish")),
    )
    op.create_table(
        "child_health",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id", "child_id"],
            ["child.school_id", "child.child_id"],
            name=op.f("fk_child_health_school_id_child_id"),
        ),
        sa.PrimaryKeyConstraint("school_id", "child_id", name=op.f("pk_child_health")),
    )
    op.create_table(
        "child_priority",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("group_name", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id", "child_id"],
            ["child.school_id", "child.child_id"],
            name=op.f("fk_child_priority_school_id_child_id"),
        ),
        sa.PrimaryKeyConstraint("school_id", "child_id", "group_name", name=op.f("pk_child_priority")),
    )
    op.create_table(
        "collector",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("collector_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        sa.Column("born_year", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("weekdays", sa.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id", "child_id"],
            ["child.school_id", "child.child_id"],
            name=op.f("fk_collector_school_id_child_id"),
        ),
        sa.PrimaryKeyConstraint("school_id", "collector_id", name=op.f("pk_collector")),
        sa.UniqueConstraint(
            "school_id",
            "child_id",
            "name",
            "phone_index",
            name=op.f("uq_collector_school_id_child_id_name_phone_index"),
        ),
    )
    op.create_index("ix_collector_version", "collector", ["school_id", "version"], unique=False)
    op.create_table(
        "guardianship",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("guardian_id", sa.Uuid(), nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("may_choose", sa.Boolean(), nullable=False),
        sa.Column("may_sign", sa.Boolean(), nullable=False),
        sa.Column("may_collect", sa.Boolean(), nullable=False),
        sa.Column("is_told", sa.Boolean(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id", "child_id"],
            ["child.school_id", "child.child_id"],
            name=op.f("fk_guardianship_school_id_child_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "guardian_id"],
            ["guardian.school_id", "guardian.guardian_id"],
            name="fk_guardianship_guardian",
        ),
        sa.PrimaryKeyConstraint("school_id", "child_id", "guardian_id", name=op.f("pk_guardianship")),
    )
    op.create_index("ix_guardianship_guardian", "guardianship", ["school_id", "guardian_id"], unique=False)
    op.create_index("ix_guardianship_version", "guardianship", ["school_id", "version"], unique=False)
    op.create_table(
        "menu_publication",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("term_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=False),
        sa.Column("policy_id", sa.String(), nullable=False),
        sa.Column("menu", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id", "term_id"],
            ["term.school_id", "term.term_id"],
            name=op.f("fk_menu_publication_school_id_term_id"),
        ),
        sa.PrimaryKeyConstraint("school_id", "term_id", "number", name=op.f("pk_menu_publication")),
    )
    op.create_table(
        "offering",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("term_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("nature", sa.String(), nullable=False),
        sa.Column("basic", sa.Boolean(), nullable=False),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("teacher_id", sa.Uuid(), nullable=True),
        sa.Column("room_id", sa.Uuid(), nullable=True),
        sa.Column("weekdays", sa.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("grades", sa.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("minimum_size", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("assessment_no", sa.String(), nullable=True),
        sa.Column("fee_fen", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("needs_staffing", sa.Boolean(), nullable=False),
        sa.Column("opened_beside", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id", "room_id"], ["room.school_id", "room.room_id"], name="fk_offering_room"
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "teacher_id"], ["staff.school_id", "staff.staff_id"], name="fk_offering_teacher"
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "term_id"],
            ["term.school_id", "term.term_id"],
            name=op.f("fk_offering_school_id_term_id"),
        ),
        sa.PrimaryKeyConstraint("school_id", "offering_id", name=op.f("pk_offering")),
        sa.UniqueConstraint("school_id", "term_id", "code", name=op.f("uq_offering_school_id_term_id_code")),
    )
    op.create_index("ix_offering_version", "offering", ["school_id", "version"], unique=False)
    op.create_table(
        "self_release_permission",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id", "child_id"],
            ["child.school_id", "child.child_id"],
            name=op.f("fk_self_release_permission_school_id_child_id"),
        ),
        sa.PrimaryKeyConstraint("school_id", "child_id", name=op.f("pk_self_release_permission")),
    )
    op.create_index(
        "ix_self_release_permission_version",
        "self_release_permission",
        ["school_id", "version"],
        unique=False,
    )
    op.create_table(
        "place",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("weekdays", sa.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("chosen_by", sa.Uuid(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id", "child_id"],
            ["child.school_id", "child.child_id"],
            name=op.f("fk_place_school_id_child_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "offering_id"],
            ["offering.school_id", "offering.offering_id"],
            name="fk_place_offering",
        ),
        sa.PrimaryKeyConstraint("school_id", "place_id", name=op.f("pk_place")),
    )
    op.create_index("ix_place_child", "place", ["school_id", "child_id"], unique=False)
    op.create_index("ix_place_offering", "place", ["school_id", "offering_id"], unique=False)
    op.create_index("ix_place_version", "place", ["school_id", "version"], unique=False)
    op.create_index(
        "uq_place_open",
        "place",
        ["school_id", "offering_id", "child_id"],
        unique=True,
        postgresql_where=sa.text("until_on IS NULL"),
    )
    secure_school_tables(op, OF_SCHOOLS)
    append_only(op, ["agreement_signature", "agreement_text", "import_run", "menu_publication"])
    look_up(
        op,
        "people_by_phone(phone_index bytea)",
        "TABLE (school_id uuid, person_id uuid, persona text)",
        PEOPLE_BY_PHONE,
    )
    look_up(op, "invited_to(code_hash bytea)", "TABLE (school_id uuid, invitation_id uuid)", INVITED_TO)
    install_jobs(op)


def downgrade() -> None:
    remove_jobs(op)
    op.execute("DROP FUNCTION people_by_phone(bytea)")
    op.execute("DROP FUNCTION invited_to(bytea)")
    op.drop_index("uq_place_open", table_name="place", postgresql_where=sa.text("until_on IS NULL"))
    op.drop_index("ix_place_version", table_name="place")
    op.drop_index("ix_place_offering", table_name="place")
    op.drop_index("ix_place_child", table_name="place")
    op.drop_table("place")
    op.drop_index("ix_self_release_permission_version", table_name="self_release_permission")
    op.drop_table("self_release_permission")
    op.drop_index("ix_offering_version", table_name="offering")
    op.drop_table("offering")
    op.drop_table("menu_publication")
    op.drop_index("ix_guardianship_version", table_name="guardianship")
    op.drop_index("ix_guardianship_guardian", table_name="guardianship")
    op.drop_table("guardianship")
    op.drop_index("ix_collector_version", table_name="collector")
    op.drop_table("collector")
    op.drop_table("child_priority")
    op.drop_table("child_health")
    op.drop_table("care_wish")
    op.drop_index("ix_blocked_person_version", table_name="blocked_person")
    op.drop_table("blocked_person")
    op.drop_index(
        "uq_agreement_signature_side", table_name="agreement_signature", postgresql_nulls_not_distinct=True
    )
    op.drop_index("ix_agreement_signature_child", table_name="agreement_signature")
    op.drop_table("agreement_signature")
    op.drop_index("ix_term_version", table_name="term")
    op.drop_table("term")
    op.drop_index("uq_staff_phone", table_name="staff", postgresql_where=sa.text("NOT removed"))
    op.drop_index("ix_staff_version", table_name="staff")
    op.drop_index("ix_staff_phone_index", table_name="staff")
    op.drop_table("staff")
    op.drop_table("school_version")
    op.drop_index("ix_room_version", table_name="room")
    op.drop_table("room")
    op.drop_index("ix_invitation_code_hash", table_name="invitation")
    op.drop_table("invitation")
    op.drop_table("import_run")
    op.drop_index("ix_guardianship_request_open", table_name="guardianship_request")
    op.drop_table("guardianship_request")
    op.drop_index("ix_guardian_version", table_name="guardian")
    op.drop_index("ix_guardian_phone_index", table_name="guardian")
    op.drop_table("guardian")
    op.drop_table("closed_day")
    op.drop_index("ix_child_version", table_name="child")
    op.drop_index("ix_child_class", table_name="child")
    op.drop_table("child")
    op.drop_table("agreement_text")
    op.drop_index("timer_due", table_name="timer")
    op.drop_table("timer")
    op.drop_table("school")
    op.drop_index(
        "outgoing_unsettled", table_name="outgoing", postgresql_where=sa.text("state IN ('waiting', 'dead')")
    )
    op.drop_table("outgoing")
    op.drop_table("inbox")
    op.drop_index("answer_age", table_name="answer")
    op.drop_table("answer")
