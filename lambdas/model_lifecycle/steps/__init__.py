"""What an execution does next."""
