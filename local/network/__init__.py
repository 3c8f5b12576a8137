"""What goes wrong between a client and the local AWS."""
