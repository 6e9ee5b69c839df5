"""The attendance service's own registry of tables (no other service's rows can be named by accident)."""

import re

from sqlalchemy.orm import declared_attr, registry
from sqlmodel import SQLModel

from services.kernel.database.tables import KERNEL_TABLES, add_kernel_tables


class AttendanceTable(SQLModel, registry=registry()):
    """Every table of this service. Unless it is in `PLATFORM`, its key begins with ``school_id``."""

    @declared_attr.directive
    def __tablename__(cls) -> str:  # noqa: N805 - SQLAlchemy hands the class
        """Name tables in snake_case."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()


metadata = AttendanceTable.metadata
add_kernel_tables(metadata)

PLATFORM = KERNEL_TABLES | {"school"}
"""Tables without row security: workers must find all schools before they have a scope."""

APPEND_ONLY = frozenset({"entry", "release_refusal", "late_step"})
"""Tables on which the app's role has neither UPDATE nor DELETE (law 3: nothing is rewritten)."""
