"""Pure: what a scan means. No I/O, no clock."""
