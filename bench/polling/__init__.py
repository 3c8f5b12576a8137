"""What it costs to find that a model is up, by each way of polling."""
