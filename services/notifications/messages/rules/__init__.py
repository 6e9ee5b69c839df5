"""Pure rules of wording: no I/O, no clock."""
