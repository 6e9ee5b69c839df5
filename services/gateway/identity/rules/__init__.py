"""Pure judgements about who may act as whom."""
