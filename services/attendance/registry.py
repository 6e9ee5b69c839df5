"""Every table of the service, and which of them belong to no school: for migrations and architecture tests."""

from services.attendance.custody import tables as custody
from services.attendance.lateness import tables as lateness
from services.attendance.pickup import tables as pickup
from services.attendance.roster import tables as roster
from services.attendance.safety import tables as safety
from services.attendance.table import AttendanceTable
from services.kernel.database.tables import KERNEL_TABLES, add_kernel_tables

__all__ = [
    "APPEND_ONLY",
    "PLATFORM",
    "AttendanceTable",
    "custody",
    "lateness",
    "metadata",
    "pickup",
    "roster",
    "safety",
]

metadata = AttendanceTable.metadata
add_kernel_tables(metadata)

PLATFORM = KERNEL_TABLES | {"school"}
"""Tables without row security: workers must find all schools before they have a scope."""

APPEND_ONLY = frozenset({"entry", "late_receipt", "late_step", "refused_scan", "release_refusal"})
"""Tables on which the app's role has neither UPDATE nor DELETE (law 3: nothing is rewritten)."""
