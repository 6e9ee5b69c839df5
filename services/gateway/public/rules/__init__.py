"""How a school says things."""
