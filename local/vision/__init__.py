"""The two vision services, and the life of each of their models."""
