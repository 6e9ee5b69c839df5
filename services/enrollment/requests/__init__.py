"""What staff do for a family, and the request it rests on (R03)."""
