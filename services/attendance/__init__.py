"""Attendance: the custody ledger, and everything that writes to it or follows from it."""
