"""What is measured, how, and where the figures go (bench/README.md)."""
