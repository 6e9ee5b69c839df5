"""Two families exchange places."""
