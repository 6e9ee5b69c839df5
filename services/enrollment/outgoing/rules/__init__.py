"""Pure words of cells."""
