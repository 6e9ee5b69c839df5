"""Which days a school is open."""
