"""`doctor`: what is well, what is not, and the way out of what is not."""
