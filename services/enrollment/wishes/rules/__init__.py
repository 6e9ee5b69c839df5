"""Pure judgements of wishes."""
