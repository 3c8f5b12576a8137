"""Faults between a client and the local AWS."""
