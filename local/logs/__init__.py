"""CloudWatch Logs: groups that a customer's key encrypts."""
