"""Models that run although nobody asked for them."""
