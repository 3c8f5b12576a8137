"""The commands of make, as people type them."""


def make_command(target: str, stage: str) -> str:
    """Return the command of a target for the deployment of a stage, which is empty without one."""
    return f'make {target} ARGS="-c stage={stage}"' if stage else f"make {target}"
