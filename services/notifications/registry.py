"""Every table of the service, and which of them belong to no school: for migrations and architecture tests."""

from services.kernel.database.tables import KERNEL_TABLES, add_kernel_tables
from services.notifications.delivery import tables as delivery
from services.notifications.directory import tables as directory
from services.notifications.messages import tables as messages
from services.notifications.table import NotificationsTable

__all__ = ["PLATFORM", "delivery", "directory", "messages", "metadata"]

metadata = NotificationsTable.metadata
add_kernel_tables(metadata)

PLATFORM = frozenset({"school", "credit"}) | KERNEL_TABLES
"""Tables without row security. A credit belongs to an account, which may have children in two schools."""
