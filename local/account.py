"""What the adapters know of the AWS whose part they are."""


class EndingError(Exception):
    """What was asked for cannot be had, since the local AWS is about to end."""
