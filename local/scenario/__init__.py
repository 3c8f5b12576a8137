"""The models of the local AWS, and what goes wrong."""
