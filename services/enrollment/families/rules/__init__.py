"""Pure judgements about people."""
