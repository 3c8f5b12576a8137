"""The only callers of AWS."""
