"""What a board says, without asking anybody."""
