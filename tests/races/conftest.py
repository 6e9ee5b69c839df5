"""The gate of the small school, for races at it."""

from tests.attendance.conftest import gate, school

__all__ = ["gate", "school"]
