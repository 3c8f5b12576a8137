"""The words that all rooms use. It imports nothing."""
