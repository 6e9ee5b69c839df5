"""The demo: one after-school day of a primary school, lived by simulated phones through the gateway."""
