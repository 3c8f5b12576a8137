"""What SQS does beyond moto."""
