"""The time of the local AWS."""
