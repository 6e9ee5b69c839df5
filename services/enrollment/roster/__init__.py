"""What other services copy, by version."""
