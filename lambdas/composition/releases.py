"""What the deployment tells the function that forgets old versions."""

import os
from collections.abc import Mapping

from composition.environment import listed
from model_lifecycle.vocabulary.environment import CALLED_FUNCTION_ARNS, STATE_MACHINE_ARNS


def function_arns_from(environment: Mapping[str, str] = os.environ) -> list[str]:
    """Return the functions whose versions the machines call."""
    return listed(CALLED_FUNCTION_ARNS, environment)


def state_machine_arns_from(environment: Mapping[str, str] = os.environ) -> list[str]:
    """Return the machines that call them."""
    return listed(STATE_MACHINE_ARNS, environment)
