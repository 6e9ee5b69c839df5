"""People and places from outside the school (R21)."""
