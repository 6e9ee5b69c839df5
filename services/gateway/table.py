"""The service's own table registry: nothing of another service can slip into its migrations."""

from sqlalchemy import MetaData
from sqlalchemy.orm import registry

from services.kernel.database.service_table import NAMING, ServiceTable


class GatewayTable(ServiceTable, registry=registry(metadata=MetaData(naming_convention=NAMING))):
    """A row of this service. All are platform tables: an account belongs to no school, it acts for people in many."""
