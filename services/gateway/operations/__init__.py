"""What whoever runs the platform looks at."""
