"""Pure reading of rows."""
