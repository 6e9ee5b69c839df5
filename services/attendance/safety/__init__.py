"""Expected and not there: missing children, cleared only by a person."""
