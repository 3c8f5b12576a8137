"""How names are spelled in JSON and in the tables."""


def pascal(name: str) -> str:
    """`lease_ends_at` as `LeaseEndsAt`."""
    return "".join(word.capitalize() for word in name.split("_"))
