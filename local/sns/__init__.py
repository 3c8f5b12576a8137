"""SNS, which delivers only what policies allow."""
