"""How several documents become one, without asking anybody."""
