"""Pure judgements of swaps."""
