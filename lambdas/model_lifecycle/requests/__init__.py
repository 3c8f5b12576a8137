"""The inputs of the two machines."""
