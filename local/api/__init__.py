"""What a call of AWS is, for any service."""
