"""The directory of recipients: what a message needs to know of a school, and nothing more."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary
from sqlmodel import Field

from services.kernel.database.service_table import Instant
from services.notifications.table import NotificationsTable


class School(NotificationsTable, table=True):
    """A school whose roster is copied. Platform: a pull begins before any scope is known."""

    school_id: UUID = Field(primary_key=True)
    name: str
    roster_version: int = Field(default=0, description="The version that the copy stands at.")
    tells_moves: bool = Field(
        default=False, description="Whether families hear of each walk between rooms; the school decides."
    )


class Child(NotificationsTable, table=True):
    """A child, by the name that its family reads."""

    school_id: UUID = Field(primary_key=True)
    child_id: UUID = Field(primary_key=True)
    name: str


class Person(NotificationsTable, table=True):
    """A guardian or a member of staff, with the phone that an SMS goes to."""

    __table_args__ = (Index("ix_person_phone", "school_id", "phone_index"),)

    school_id: UUID = Field(primary_key=True)
    person_id: UUID = Field(primary_key=True)
    sort: str = Field(description="guardian or staff.")
    name: str
    phone_sealed: bytes = Field(sa_type=LargeBinary, description="AES-GCM, services.kernel.cipher.")
    phone_index: bytes = Field(sa_type=LargeBinary, description="Keyed hash, for look-up.")


class Guardianship(NotificationsTable, table=True):
    """Who is told about a child; ``rank`` 1 comes first."""

    __table_args__ = (Index("ix_guardianship_guardian", "school_id", "guardian_id"),)

    school_id: UUID = Field(primary_key=True)
    child_id: UUID = Field(primary_key=True)
    guardian_id: UUID = Field(primary_key=True)
    relation: str
    rank: int
    is_told: bool


class Collector(NotificationsTable, table=True):
    """Somebody who may fetch a child, so that a message can say who did."""

    school_id: UUID = Field(primary_key=True)
    collector_id: UUID = Field(primary_key=True)
    child_id: UUID
    name: str
    relation: str


class Room(NotificationsTable, table=True):
    """A place in the school, by the name that stands on its door."""

    school_id: UUID = Field(primary_key=True)
    room_id: UUID = Field(primary_key=True)
    name: str


class Offering(NotificationsTable, table=True):
    """An item of the menu by its title. A withdrawn one stays: families are told that it was."""

    school_id: UUID = Field(primary_key=True)
    offering_id: UUID = Field(primary_key=True)
    title: str


class Binding(NotificationsTable, table=True):
    """The account that reads for a person, and the WeChat user behind it. The newest binding of a person wins."""

    __table_args__ = (Index("ix_binding_account", "account_id"),)

    school_id: UUID = Field(primary_key=True)
    person_id: UUID = Field(primary_key=True)
    account_id: UUID
    openid: str | None = None
    bound_at: datetime = Field(sa_type=Instant)
