"""Pure judgements of a choice."""
