"""IAM: who calls, what that takes, and whether the policies allow it."""
