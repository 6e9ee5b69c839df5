"""Every table of the service; none of them belongs to a school: for migrations and architecture tests."""

from services.gateway.boards import tables as boards
from services.gateway.identity import tables as identity
from services.gateway.table import GatewayTable
from services.kernel.database.tables import KERNEL_TABLES, add_kernel_tables

__all__ = ["APPEND_ONLY", "PLATFORM", "boards", "identity", "metadata"]

metadata = GatewayTable.metadata
add_kernel_tables(metadata)

PLATFORM = KERNEL_TABLES | {
    "account",
    "audit_entry",
    "board_ticket",
    "consent",
    "device",
    "identity_key",
    "refresh_token",
    "token_family",
}
"""An account stands above schools: it is known before anybody can say for whom it may act."""

APPEND_ONLY = frozenset({"audit_entry", "consent"})
"""Tables on which the app's role has neither UPDATE nor DELETE."""
