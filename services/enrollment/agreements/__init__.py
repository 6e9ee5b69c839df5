"""The safety agreement between school and guardian (R29)."""
