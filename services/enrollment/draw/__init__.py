"""The draw: one published order, passes over it, and a proof that anyone entitled can recompute."""
