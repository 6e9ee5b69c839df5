"""Notifications: what guardians and staff are told, by which channel, and the proof that they were."""
