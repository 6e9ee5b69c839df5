"""Ranked wishes of a preference round."""
