"""Every table of the service, and which of them belong to no school: for migrations and architecture tests."""

from services.enrollment.agreements import tables as agreements
from services.enrollment.families import tables as families
from services.enrollment.imports import tables as imports
from services.enrollment.menu import tables as menu
from services.enrollment.schools import tables as schools
from services.enrollment.selection import tables as selection
from services.enrollment.supervision import tables as supervision
from services.enrollment.table import EnrollmentTable
from services.kernel.database.tables import KERNEL_TABLES, add_kernel_tables

__all__ = [
    "APPEND_ONLY",
    "PLATFORM",
    "agreements",
    "families",
    "imports",
    "menu",
    "metadata",
    "schools",
    "selection",
    "supervision",
]

metadata = EnrollmentTable.metadata
add_kernel_tables(metadata)

PLATFORM = frozenset({"school"}) | KERNEL_TABLES
"""Tables without row security. A school's entry is what its public page shows anyway."""

APPEND_ONLY = frozenset({"agreement_signature", "agreement_text", "import_run", "menu_publication"})
"""Tables on which the app's role has neither UPDATE nor DELETE: what was signed, published or imported stays."""
