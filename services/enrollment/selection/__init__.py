"""How a child comes to a place."""
