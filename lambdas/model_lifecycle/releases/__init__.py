"""What outlives a deploy: the code that executions began with, as long as they may go on."""
