"""SNS, which delivers what it may."""
