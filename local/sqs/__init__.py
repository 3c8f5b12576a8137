"""What SQS does beside moto."""
