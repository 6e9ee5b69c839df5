"""The whole platform as one tree of processes: set up, started, watched, stopped in order."""

from services.cli.platform.platform import Platform

__all__ = ["Platform"]
