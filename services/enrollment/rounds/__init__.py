"""Rounds: when families may choose what, and by which rule."""
