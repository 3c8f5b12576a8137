"""What is said of an execution's end."""
