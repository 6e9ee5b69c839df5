"""The service's own table registry: nothing of another service can slip into its migrations."""

from typing import Any, ClassVar

from sqlalchemy import ARRAY, DateTime, MetaData, SmallInteger, String, Text
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Instant: Any = DateTime(timezone=True)
"""Column type of an ``_at``: UTC."""
Weekdays: Any = ARRAY(SmallInteger)
"""Column type of a set of ISO weekdays, 1 (Monday) to 7, ascending."""
Words: Any = ARRAY(String)
LongText: Any = Text()


class EnrollmentTable(SQLModel, registry=registry(metadata=MetaData(naming_convention=NAMING))):
    """A row of this service. Every table that `registry.PLATFORM` does not name belongs to a school."""

    metadata: ClassVar[MetaData]
