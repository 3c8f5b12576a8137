"""What the schedules of the settings will do in the next 14 days: runs, hours and costs."""
