"""Every table of the service, and which of them belong to no school: for migrations and architecture tests."""

from services.enrollment.agreements import tables as agreements
from services.enrollment.calendar import tables as calendar
from services.enrollment.draw import tables as draw
from services.enrollment.families import tables as families
from services.enrollment.imports import tables as imports
from services.enrollment.menu import tables as menu
from services.enrollment.partners import tables as partners
from services.enrollment.requests import tables as requests
from services.enrollment.rounds import tables as rounds
from services.enrollment.schools import tables as schools
from services.enrollment.selection import tables as selection
from services.enrollment.supervision import tables as supervision
from services.enrollment.swaps import tables as swaps
from services.enrollment.table import EnrollmentTable
from services.enrollment.timetable import tables as timetable
from services.enrollment.waiting import tables as waiting
from services.enrollment.wishes import tables as wishes
from services.kernel.database.tables import KERNEL_TABLES, add_kernel_tables

__all__ = [
    "APPEND_ONLY",
    "PLATFORM",
    "agreements",
    "calendar",
    "draw",
    "families",
    "imports",
    "menu",
    "metadata",
    "partners",
    "requests",
    "rounds",
    "schools",
    "selection",
    "supervision",
    "swaps",
    "timetable",
    "waiting",
    "wishes",
]

metadata = EnrollmentTable.metadata
add_kernel_tables(metadata)

PLATFORM = frozenset({"school"}) | KERNEL_TABLES
"""Tables without row security. A school's entry is what its public page shows anyway."""

APPEND_ONLY = frozenset(
    {
        "agreement_reminder",
        "agreement_signature",
        "agreement_text",
        "child_move",
        "draw",
        "draw_entry",
        "draw_wish",
        "family_request",
        "grade_promotion",
        "import_run",
        "menu_publication",
        "round_change",
        "sensitive_read",
    }
)
"""Tables on which the app's role has neither UPDATE nor DELETE: what was signed, published or imported stays."""
