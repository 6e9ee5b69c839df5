"""The attendance service's own base of tables: no other service's rows can be named by accident."""

import re
from typing import Any, ClassVar

from sqlalchemy import DateTime, MetaData
from sqlalchemy.orm import declared_attr, registry
from sqlmodel import SQLModel

INSTANT: Any = DateTime(timezone=True)
"""Column type of an ``_at``: UTC."""


class AttendanceTable(SQLModel, registry=registry()):
    """Every table of this service. Unless `registry.PLATFORM` names it, its key begins with ``school_id``."""

    metadata: ClassVar[MetaData]

    @declared_attr.directive
    def __tablename__(cls) -> str:  # noqa: N805 - SQLAlchemy hands the class
        """Name tables in snake_case."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()
