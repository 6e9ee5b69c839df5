"""Pages that hang on a wall: opened with a one-time ticket, read from two metres."""
