"""What time it is in the local AWS, and how it passes."""
