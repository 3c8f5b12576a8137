"""What the schedules of the settings come to: runs, hours and money of the next 14 days."""
