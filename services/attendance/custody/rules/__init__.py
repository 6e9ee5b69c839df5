"""Pure: what custody may do next. No I/O, no clock."""
