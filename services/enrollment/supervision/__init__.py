"""What the bureau will want to know: figures that come from the ledgers."""
