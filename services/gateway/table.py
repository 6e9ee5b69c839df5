"""The service's own table registry: nothing of another service can slip into its migrations."""

from typing import Any, ClassVar

from sqlalchemy import DateTime, MetaData
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Instant: Any = DateTime(timezone=True)
"""Column type of an ``_at``: UTC."""
Json: Any = JSONB()


class GatewayTable(SQLModel, registry=registry(metadata=MetaData(naming_convention=NAMING))):
    """A row of this service. All are platform tables: an account belongs to no school, it acts for people in many."""

    metadata: ClassVar[MetaData]
