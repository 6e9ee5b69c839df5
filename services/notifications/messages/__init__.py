"""What is said: one catalogue of kinds, a message for each cause and recipient, and the in-app feed."""
