"""CloudWatch: what the vision services measure."""
