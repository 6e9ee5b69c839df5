"""Pure judgements of rounds."""
