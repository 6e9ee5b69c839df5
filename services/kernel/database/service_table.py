"""What the tables of all services share: how they are named, and column types."""

import re
from typing import Any, ClassVar

from sqlalchemy import DateTime, MetaData
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import declared_attr
from sqlmodel import SQLModel

Instant: Any = DateTime(timezone=True)
"""Column type of an ``_at``: UTC."""
Json: Any = JSONB()

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""How a service's metadata names constraints and indexes, so that a migration can name them too."""


class ServiceTable(SQLModel):
    """What each service's own base begins with; its registry keeps other services out of its migrations."""

    metadata: ClassVar[MetaData]

    @declared_attr.directive
    def __tablename__(cls) -> str:  # noqa: N805 - SQLAlchemy hands the class
        """Name tables in snake_case."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()
