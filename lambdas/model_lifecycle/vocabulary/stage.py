"""What tells deployments in one account and Region apart, and the names that follow from it."""

STAGE = r"[a-z0-9]([a-z0-9-]{0,18}[a-z0-9])?"
"""So short that each name with it fits its service: of a schedule group 64 characters, of a state machine 80."""

STACK = "ModelLifecycle"


def staged(name: str, stage: str) -> str:
    """Return the name as a deployment with that stage has it; the name itself without one."""
    return f"{name}-{stage}" if stage else name


def stack_name(stage: str) -> str:
    """Return the name of a deployment's stack, with which all names begin that CloudFormation makes."""
    return staged(STACK, stage)


def lease_group(stage: str) -> str:
    """Return the name of the group of the schedules that stop models."""
    return staged("model-leases", stage)


def event_source(stage: str) -> str:
    """Return the source of a deployment's events, by which its metrics are told apart, too."""
    return staged("model-lifecycle", stage)
