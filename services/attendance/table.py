"""The service's own table registry: nothing of another service can slip into its migrations."""

from sqlalchemy.orm import registry

from services.kernel.database.service_table import ServiceTable


# Without the kernel's NAMING: the constraints of its first migration bear PostgreSQL's own names.
class AttendanceTable(ServiceTable, registry=registry()):
    """A row of this service. Unless `registry.PLATFORM` names it, its key begins with ``school_id``."""
