"""Pure reading of the calendar."""
