"""A child's ranked wishes in a round."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKeyConstraint, Index, Uuid
from sqlmodel import Field

from services.enrollment.table import EnrollmentTable
from services.kernel.database.service_table import Instant

Ids: Any = ARRAY(Uuid())


class WishList(EnrollmentTable, table=True):
    """One child's list in one round: offerings by rank, best first. A later list replaces an earlier one.

    ``ticket`` is random, made with the first list, known to the family and to nobody else; it stands for the child
    in the draw, so that nobody can work out another child's lottery number.
    """

    __table_args__ = (
        ForeignKeyConstraint(["school_id", "round_id"], ["round.school_id", "round.round_id"]),
        ForeignKeyConstraint(
            ["school_id", "child_id"], ["child.school_id", "child.child_id"], name="fk_wish_list_child"
        ),
        Index("ix_wish_list_child", "school_id", "child_id"),
    )

    school_id: UUID = Field(primary_key=True)
    round_id: UUID = Field(primary_key=True)
    child_id: UUID = Field(primary_key=True)
    offerings: list[UUID] = Field(sa_type=Ids)
    most_clubs: int | None = Field(default=None, description="The family's own limit, under the round's.")
    linked_id: UUID | None = Field(
        default=None, description="Shared by siblings that are to be placed together; none: alone."
    )
    link: str | None = Field(default=None, description="same_day or same_end.")
    if_apart: str | None = Field(
        default=None, description="each or neither: what counts where siblings cannot be placed together."
    )
    ticket: str = Field(description="32 hexadecimal characters.")
    submitted_by: UUID = Field(description="The guardian who chose.")
    request_id: UUID | None = Field(
        default=None, description="The request on file, where staff did it (R03)."
    )
    submitted_at: datetime = Field(sa_type=Instant)
