"""The ways out: what a message looks like at each provider, and what its answers mean for us."""
