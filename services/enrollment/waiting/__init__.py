"""Waiting for a full offering, and the offers that reserve a freed place."""
