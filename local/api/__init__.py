"""Calls to AWS, for any service."""
