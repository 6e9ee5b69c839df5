"""What a school offers, and what the policy says about it."""
