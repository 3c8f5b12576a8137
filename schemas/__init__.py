"""The schemas of what the app tells, for those who read it by program."""
