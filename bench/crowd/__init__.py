"""What many starts at once come to, on the deployed machine."""
