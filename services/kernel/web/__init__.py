"""HTTP: one app factory, one form of refusal, one way to know the caller."""
