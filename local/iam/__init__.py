"""IAM: who calls, which permissions the call needs, and whether the policies grant them."""
