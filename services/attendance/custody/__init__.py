"""The ledger of custody: who answers for a child, from being received to being released."""
