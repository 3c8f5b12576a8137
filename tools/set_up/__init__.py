"""The set-up of `.venv`: only what a make target needs and is missing, with Python's standard library alone."""
