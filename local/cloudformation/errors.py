"""Errors in CloudFormation's own words."""


class RefusedError(Exception):
    """A resource cannot be made or changed so; the text is what an event tells."""


class UnknownTypeError(RefusedError):
    """The local AWS has no such type of resource."""


class UnchangeableError(RefusedError):
    """The local AWS cannot change this of that type of resource."""


class AlreadyExistsError(RefusedError):
    """There is such a resource."""
