"""Which models there are, and what befalls them."""
