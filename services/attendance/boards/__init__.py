"""What people look at: the duty leader's board, a teacher's phone, a guardian's own children."""
