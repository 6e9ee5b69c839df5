"""Mechanism without domain nouns: database, letters, jobs, clock, tokens, web."""
