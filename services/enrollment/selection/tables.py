"""What families chose."""

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, text
from sqlmodel import Field

from services.enrollment.table import EnrollmentTable, Weekdays
from services.kernel.database.service_table import Instant

_OF_CHILD = (["school_id", "child_id"], ["child.school_id", "child.child_id"])


class Place(EnrollmentTable, table=True):
    """A child's place in an offering on some of its weekdays, from a day on; ``until_on`` is the first day without it.

    The partial unique key *is* the rule that nobody holds a place twice. A change of weekdays ends one row and
    begins another, so that a past day can be laid out as it was.
    """

    __table_args__ = (
        ForeignKeyConstraint(*_OF_CHILD),
        ForeignKeyConstraint(
            ["school_id", "offering_id"],
            ["offering.school_id", "offering.offering_id"],
            name="fk_place_offering",
        ),
        Index(
            "uq_place_open",
            "school_id",
            "offering_id",
            "child_id",
            unique=True,
            postgresql_where=text("until_on IS NULL"),
        ),
        Index("ix_place_child", "school_id", "child_id"),
        Index("ix_place_offering", "school_id", "offering_id"),
        Index("ix_place_version", "school_id", "version"),
    )

    school_id: UUID = Field(primary_key=True)
    place_id: UUID = Field(primary_key=True)
    offering_id: UUID
    child_id: UUID
    weekdays: list[int] = Field(sa_type=Weekdays)
    from_on: date
    until_on: date | None = None
    chosen_by: UUID = Field(description="The guardian who chose.")
    chosen_at: datetime = Field(sa_type=Instant)
    came_by: str = Field(
        default="claim",
        sa_column_kwargs={"server_default": "claim"},
        description="claim, draw, offer, swap or care.",
    )
    round_id: UUID | None = Field(default=None, description="The round it was chosen in.")
    request_id: UUID | None = Field(
        default=None, description="The request on file, where staff did it (R03)."
    )
    version: int


class CareWish(EnrollmentTable, table=True):
    """What a family asked of basic care: these weekdays until this time. Places in groups follow from it."""

    __table_args__ = (ForeignKeyConstraint(*_OF_CHILD),)

    school_id: UUID = Field(primary_key=True)
    child_id: UUID = Field(primary_key=True)
    weekdays: list[int] = Field(sa_type=Weekdays)
    until: time = Field(description="School's wall clock; families may choose shorter (R09).")
    asked_by: UUID
    asked_at: datetime = Field(sa_type=Instant)


class CareDue(EnrollmentTable, table=True):
    """A child whose basic care does not follow from its clubs yet: the worker arranges it within a second.

    A flash crowd is answered first; care is put right before anybody is told that the roster changed.
    """

    __table_args__ = (ForeignKeyConstraint(*_OF_CHILD),)

    school_id: UUID = Field(primary_key=True)
    child_id: UUID = Field(primary_key=True)
    since: date
