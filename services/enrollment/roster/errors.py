"""Refusals of the roster feed."""

from services.kernel.problems import NotFound


class NoRoster(NotFound):
    """This school is not on file, or not in the scope that was asked for."""
