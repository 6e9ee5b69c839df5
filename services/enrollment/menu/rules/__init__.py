"""Pure judgements of a menu."""
