"""Expand enrollment in full.

Revision: 20261124_0036
Follows: 20261123_2144
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.kernel.database.security import append_only, secure_school_tables

revision = "20261124_0036"
down_revision = "20261123_2144"
branch_labels = None
depends_on = None

OF_SCHOOLS = [
    "agreement_reminder",
    "care_due",
    "child_move",
    "collector_photo",
    "draw",
    "draw_entry",
    "draw_wish",
    "family_request",
    "grade_promotion",
    "held_back_place",
    "offering_change",
    "offering_invitation",
    "partner",
    "round",
    "round_change",
    "round_offering",
    "school_day_override",
    "sensitive_read",
    "swap_proposal",
    "timetable_proposal",
    "waiting_entry",
    "wish_list",
]
KEPT = [
    "agreement_reminder",
    "child_move",
    "draw",
    "draw_entry",
    "draw_wish",
    "family_request",
    "grade_promotion",
    "round_change",
    "sensitive_read",
]


def upgrade() -> None:
    op.create_table(
        "grade_promotion",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("school_year", sa.String(), nullable=False),
        sa.Column("promoted", sa.Integer(), nullable=False),
        sa.Column("graduated", sa.Integer(), nullable=False),
        sa.Column("forced_because", sa.String(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.school_id"], name=op.f("fk_grade_promotion_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "school_year", name=op.f("pk_grade_promotion")),
    )
    op.create_table(
        "partner",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("qualification", sa.String(), nullable=True),
        sa.Column("check_no", sa.String(), nullable=True),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("check_valid_until", sa.Date(), nullable=True),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.school_id"], name=op.f("fk_partner_school_id")),
        sa.PrimaryKeyConstraint("school_id", "partner_id", name=op.f("pk_partner")),
    )
    op.create_table(
        "school_day_override",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("service_on", sa.Date(), nullable=False),
        sa.Column("runs_as", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.school_id"], name=op.f("fk_school_day_override_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "service_on", name=op.f("pk_school_day_override")),
    )
    op.create_table(
        "sensitive_read",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("read_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=True),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.school_id"], name=op.f("fk_sensitive_read_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "read_id", name=op.f("pk_sensitive_read")),
    )
    op.create_index("ix_sensitive_read_child", "sensitive_read", ["school_id", "child_id"], unique=False)
    op.create_table(
        "agreement_reminder",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=False),
        sa.Column("reminder_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_by", sa.Uuid(), nullable=True),
        sa.Column("children", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id", "number"],
            ["agreement_text.school_id", "agreement_text.number"],
            name=op.f("fk_agreement_reminder_school_id_number"),
        ),
        sa.PrimaryKeyConstraint("school_id", "reminded_on", name=op.f("pk_agreement_reminder")),
    )
    op.add_column("agreement_signature", sa.Column("request_id", sa.Uuid(), nullable=True))
    op.create_table(
        "care_due",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id", "child_id"],
            ["child.school_id", "child.child_id"],
            name=op.f("fk_care_due_school_id_child_id"),
        ),
        sa.PrimaryKeyConstraint("school_id", "child_id", name=op.f("pk_care_due")),
    )
    op.create_table(
        "child_move",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("move_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("other_school", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["school_id", "child_id"],
            ["child.school_id", "child.child_id"],
            name=op.f("fk_child_move_school_id_child_id"),
        ),
        sa.PrimaryKeyConstraint("school_id", "move_id", name=op.f("pk_child_move")),
    )
    op.create_index("ix_child_move_child", "child_move", ["school_id", "child_id"], unique=False)
    op.create_index("ix_child_move_effective", "child_move", ["school_id", "effective_on"], unique=False)
    op.create_table(
        "family_request",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("guardian_id", sa.Uuid(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("act", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id", "child_id"],
            ["child.school_id", "child.child_id"],
            name=op.f("fk_family_request_school_id_child_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "guardian_id"],
            ["guardian.school_id", "guardian.guardian_id"],
            name="fk_family_request_guardian",
        ),
        sa.PrimaryKeyConstraint("school_id", "request_id", name=op.f("pk_family_request")),
    )
    op.create_index("ix_family_request_child", "family_request", ["school_id", "child_id"], unique=False)
    op.create_index(
        "ix_family_request_guardian", "family_request", ["school_id", "guardian_id"], unique=False
    )
    op.create_table(
        "round",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("term_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("visible_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("results_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("most_clubs", sa.Integer(), nullable=False),
        sa.Column("most_wishes", sa.Integer(), nullable=False),
        sa.Column("frees_at", sa.Time(), nullable=True),
        sa.Column("seed_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("seed_hash", sa.String(), nullable=True),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("announced_by", sa.Uuid(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entries_root", sa.String(), nullable=True),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["school_id", "term_id"],
            ["term.school_id", "term.term_id"],
            name=op.f("fk_round_school_id_term_id"),
        ),
        sa.PrimaryKeyConstraint("school_id", "round_id", name=op.f("pk_round")),
    )
    op.create_index("ix_round_term", "round", ["school_id", "term_id"], unique=False)
    op.create_table(
        "round_change",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("was", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("became", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id", "round_id"],
            ["round.school_id", "round.round_id"],
            name=op.f("fk_round_change_school_id_round_id"),
        ),
        sa.PrimaryKeyConstraint("school_id", "change_id", name=op.f("pk_round_change")),
    )
    op.create_index("ix_round_change_round", "round_change", ["school_id", "round_id"], unique=False)
    op.create_table(
        "timetable_proposal",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("term_id", sa.Uuid(), nullable=False),
        sa.Column("asked", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("plan", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("unplaced", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("adopted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["school_id", "term_id"],
            ["term.school_id", "term.term_id"],
            name=op.f("fk_timetable_proposal_school_id_term_id"),
        ),
        sa.PrimaryKeyConstraint("school_id", "proposal_id", name=op.f("pk_timetable_proposal")),
    )
    op.create_table(
        "collector_photo",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("collector_id", sa.Uuid(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("photo", sa.LargeBinary(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id", "collector_id"],
            ["collector.school_id", "collector.collector_id"],
            name=op.f("fk_collector_photo_school_id_collector_id"),
        ),
        sa.PrimaryKeyConstraint("school_id", "collector_id", name=op.f("pk_collector_photo")),
    )
    op.create_table(
        "draw",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("entries_root", sa.String(), nullable=False),
        sa.Column("order_root", sa.String(), nullable=False),
        sa.Column("book", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("dissolved", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("summary", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id", "round_id"],
            ["round.school_id", "round.round_id"],
            name=op.f("fk_draw_school_id_round_id"),
        ),
        sa.PrimaryKeyConstraint("school_id", "round_id", name=op.f("pk_draw")),
    )
    op.create_table(
        "draw_entry",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("missed_first", sa.Boolean(), nullable=False),
        sa.Column("lottery", sa.String(), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.Column("receipt", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id", "child_id"], ["child.school_id", "child.child_id"], name="fk_draw_entry_child"
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "round_id"],
            ["round.school_id", "round.round_id"],
            name=op.f("fk_draw_entry_school_id_round_id"),
        ),
        sa.PrimaryKeyConstraint("school_id", "round_id", "child_id", name=op.f("pk_draw_entry")),
    )
    op.create_table(
        "draw_wish",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id", "round_id"],
            ["round.school_id", "round.round_id"],
            name=op.f("fk_draw_wish_school_id_round_id"),
        ),
        sa.PrimaryKeyConstraint("school_id", "round_id", "child_id", "rank", name=op.f("pk_draw_wish")),
    )
    op.create_table(
        "held_back_place",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("back_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id", "offering_id"],
            ["offering.school_id", "offering.offering_id"],
            name=op.f("fk_held_back_place_school_id_offering_id"),
        ),
        sa.PrimaryKeyConstraint("school_id", "place_id", name=op.f("pk_held_back_place")),
    )
    op.create_index(
        "ix_held_back_place_offering",
        "held_back_place",
        ["school_id", "offering_id", "back_at"],
        unique=False,
    )
    op.create_table(
        "offering_change",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("new_values", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id", "offering_id"],
            ["offering.school_id", "offering.offering_id"],
            name=op.f("fk_offering_change_school_id_offering_id"),
        ),
        sa.PrimaryKeyConstraint("school_id", "offering_id", name=op.f("pk_offering_change")),
    )
    op.create_table(
        "offering_invitation",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id", "child_id"],
            ["child.school_id", "child.child_id"],
            name="fk_offering_invitation_child",
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "offering_id"],
            ["offering.school_id", "offering.offering_id"],
            name=op.f("fk_offering_invitation_school_id_offering_id"),
        ),
        sa.PrimaryKeyConstraint("school_id", "offering_id", "child_id", name=op.f("pk_offering_invitation")),
    )
    op.create_table(
        "round_offering",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id", "offering_id"],
            ["offering.school_id", "offering.offering_id"],
            name="fk_round_offering_offering",
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "round_id"],
            ["round.school_id", "round.round_id"],
            name=op.f("fk_round_offering_school_id_round_id"),
        ),
        sa.PrimaryKeyConstraint("school_id", "round_id", "offering_id", name=op.f("pk_round_offering")),
    )
    op.create_index(
        "ix_round_offering_offering", "round_offering", ["school_id", "offering_id"], unique=False
    )
    op.create_table(
        "waiting_entry",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("place_id", sa.Uuid(), nullable=True),
        sa.Column("promoted_by", sa.Uuid(), nullable=True),
        sa.Column("promoted_because", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["school_id", "child_id"], ["child.school_id", "child.child_id"], name="fk_waiting_entry_child"
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "offering_id"],
            ["offering.school_id", "offering.offering_id"],
            name=op.f("fk_waiting_entry_school_id_offering_id"),
        ),
        sa.PrimaryKeyConstraint("school_id", "entry_id", name=op.f("pk_waiting_entry")),
    )
    op.create_index("ix_waiting_entry_child", "waiting_entry", ["school_id", "child_id"], unique=False)
    op.create_index(
        "ix_waiting_entry_queue",
        "waiting_entry",
        ["school_id", "offering_id", "tier", "since", "entry_id"],
        unique=False,
        postgresql_where=sa.text("state IN ('waiting', 'offered')"),
    )
    op.create_index(
        "uq_waiting_entry_live",
        "waiting_entry",
        ["school_id", "offering_id", "child_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('waiting', 'offered')"),
    )
    op.create_table(
        "wish_list",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("offerings", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("most_clubs", sa.Integer(), nullable=True),
        sa.Column("linked_id", sa.Uuid(), nullable=True),
        sa.Column("link", sa.String(), nullable=True),
        sa.Column("if_apart", sa.String(), nullable=True),
        sa.Column("ticket", sa.String(), nullable=False),
        sa.Column("submitted_by", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id", "child_id"], ["child.school_id", "child.child_id"], name="fk_wish_list_child"
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "round_id"],
            ["round.school_id", "round.round_id"],
            name=op.f("fk_wish_list_school_id_round_id"),
        ),
        sa.PrimaryKeyConstraint("school_id", "round_id", "child_id", name=op.f("pk_wish_list")),
    )
    op.create_index("ix_wish_list_child", "wish_list", ["school_id", "child_id"], unique=False)
    op.create_table(
        "swap_proposal",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("swap_id", sa.Uuid(), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("gives_id", sa.Uuid(), nullable=False),
        sa.Column("wants_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_place_id", sa.Uuid(), nullable=True),
        sa.Column("taken_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["school_id", "place_id"], ["place.school_id", "place.place_id"], name="fk_swap_proposal_place"
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "wants_id"],
            ["offering.school_id", "offering.offering_id"],
            name="fk_swap_proposal_wants",
        ),
        sa.PrimaryKeyConstraint("school_id", "swap_id", name=op.f("pk_swap_proposal")),
    )
    op.create_index(
        "ix_swap_proposal_wants",
        "swap_proposal",
        ["school_id", "wants_id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "uq_swap_proposal_open",
        "swap_proposal",
        ["school_id", "place_id", "wants_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.add_column("blocked_person", sa.Column("recorded_by", sa.Uuid(), nullable=True))
    op.add_column("blocked_person", sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("blocked_person", sa.Column("removed_because", sa.String(), nullable=True))
    op.add_column("blocked_person", sa.Column("phone_index", sa.LargeBinary(), nullable=True))
    op.add_column(
        "guardianship", sa.Column("from_sheet", sa.Boolean(), server_default="true", nullable=False)
    )
    op.add_column("collector", sa.Column("named_by", sa.Uuid(), nullable=True))
    op.add_column("collector", sa.Column("named_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("offering", sa.Column("classes", sa.ARRAY(sa.String()), nullable=True))
    op.add_column(
        "offering", sa.Column("by_invitation", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column(
        "offering", sa.Column("by_round", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("offering", sa.Column("aims", sa.Text(), server_default="", nullable=False))
    op.add_column("offering", sa.Column("materials", sa.Text(), server_default="", nullable=False))
    op.add_column("offering", sa.Column("partner_id", sa.Uuid(), nullable=True))
    op.add_column("offering", sa.Column("put_forward_by", sa.Uuid(), nullable=True))
    op.add_column("offering", sa.Column("ended_because", sa.String(), nullable=True))
    op.add_column("offering", sa.Column("meets_until", sa.Date(), nullable=True))
    op.add_column(
        "term",
        sa.Column(
            "days",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
    )
    op.create_foreign_key(
        "fk_offering_partner", "offering", "partner", ["school_id", "partner_id"], ["school_id", "partner_id"]
    )
    op.add_column(
        "place",
        sa.Column("came_by", sa.String(), server_default="claim", nullable=False),
    )
    op.add_column("place", sa.Column("round_id", sa.Uuid(), nullable=True))
    op.add_column("place", sa.Column("request_id", sa.Uuid(), nullable=True))
    secure_school_tables(op, OF_SCHOOLS)
    append_only(op, KEPT)


def downgrade() -> None:
    op.drop_column("place", "request_id")
    op.drop_column("place", "round_id")
    op.drop_column("place", "came_by")
    op.drop_constraint("fk_offering_partner", "offering", type_="foreignkey")
    op.drop_column("term", "days")
    op.drop_column("offering", "meets_until")
    op.drop_column("offering", "ended_because")
    op.drop_column("offering", "put_forward_by")
    op.drop_column("offering", "partner_id")
    op.drop_column("offering", "materials")
    op.drop_column("offering", "aims")
    op.drop_column("offering", "by_round")
    op.drop_column("offering", "by_invitation")
    op.drop_column("offering", "classes")
    op.drop_column("collector", "named_at")
    op.drop_column("collector", "named_by")
    op.drop_column("guardianship", "from_sheet")
    op.drop_column("blocked_person", "phone_index")
    op.drop_column("blocked_person", "removed_because")
    op.drop_column("blocked_person", "recorded_at")
    op.drop_column("blocked_person", "recorded_by")
    op.drop_index(
        "uq_swap_proposal_open", table_name="swap_proposal", postgresql_where=sa.text("state = 'open'")
    )
    op.drop_index(
        "ix_swap_proposal_wants", table_name="swap_proposal", postgresql_where=sa.text("state = 'open'")
    )
    op.drop_table("swap_proposal")
    op.drop_index("ix_wish_list_child", table_name="wish_list")
    op.drop_table("wish_list")
    op.drop_index(
        "uq_waiting_entry_live",
        table_name="waiting_entry",
        postgresql_where=sa.text("state IN ('waiting', 'offered')"),
    )
    op.drop_index(
        "ix_waiting_entry_queue",
        table_name="waiting_entry",
        postgresql_where=sa.text("state IN ('waiting', 'offered')"),
    )
    op.drop_index("ix_waiting_entry_child", table_name="waiting_entry")
    op.drop_table("waiting_entry")
    op.drop_index("ix_round_offering_offering", table_name="round_offering")
    op.drop_table("round_offering")
    op.drop_table("offering_invitation")
    op.drop_table("offering_change")
    op.drop_index("ix_held_back_place_offering", table_name="held_back_place")
    op.drop_table("held_back_place")
    op.drop_table("draw_wish")
    op.drop_table("draw_entry")
    op.drop_table("draw")
    op.drop_table("collector_photo")
    op.drop_table("timetable_proposal")
    op.drop_index("ix_round_change_round", table_name="round_change")
    op.drop_table("round_change")
    op.drop_index("ix_round_term", table_name="round")
    op.drop_table("round")
    op.drop_index("ix_family_request_guardian", table_name="family_request")
    op.drop_index("ix_family_request_child", table_name="family_request")
    op.drop_table("family_request")
    op.drop_index("ix_child_move_effective", table_name="child_move")
    op.drop_index("ix_child_move_child", table_name="child_move")
    op.drop_table("child_move")
    op.drop_table("care_due")
    op.drop_column("agreement_signature", "request_id")
    op.drop_table("agreement_reminder")
    op.drop_index("ix_sensitive_read_child", table_name="sensitive_read")
    op.drop_table("sensitive_read")
    op.drop_table("school_day_override")
    op.drop_table("partner")
    op.drop_table("grade_promotion")
