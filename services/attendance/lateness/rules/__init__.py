"""Pure: when the ladder's next step is due. No I/O, no clock."""
