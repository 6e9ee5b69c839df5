"""Handing a child to the right adult: passes, codes, releases and their refusals."""
