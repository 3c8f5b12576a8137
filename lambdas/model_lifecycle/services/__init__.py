"""What a service's models are, without its API."""
