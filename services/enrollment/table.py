"""The service's own table registry: nothing of another service can slip into its migrations."""

from typing import Any

from sqlalchemy import ARRAY, MetaData, SmallInteger, String, Text
from sqlalchemy.orm import registry

from services.kernel.database.service_table import NAMING, ServiceTable

Weekdays: Any = ARRAY(SmallInteger)
"""Column type of a set of ISO weekdays, 1 (Monday) to 7, ascending."""
Words: Any = ARRAY(String)
LongText: Any = Text()


class EnrollmentTable(ServiceTable, registry=registry(metadata=MetaData(naming_convention=NAMING))):
    """A row of this service. Every table that `registry.PLATFORM` does not name belongs to a school."""
