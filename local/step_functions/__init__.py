"""Step Functions, on the clock of the local AWS."""
