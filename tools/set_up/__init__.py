"""Bring what a make target needs into `.venv`: with nothing but Python's standard library, and only what is missing."""
