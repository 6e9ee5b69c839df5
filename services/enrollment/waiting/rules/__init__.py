"""Pure judgements of waiting lists."""
