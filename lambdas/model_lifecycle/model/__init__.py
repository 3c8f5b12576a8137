"""The seams to a model and its service, and what is remembered of it."""
