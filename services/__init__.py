"""Kehou: after-school service for public schools; custody is a ledger (docs/architecture.md)."""
