"""A start that Step Functions ended before it could clean up: what stops its model, where the settings want that."""

from collections.abc import Callable
from dataclasses import replace

from model_lifecycle.endings.ending import Ending, FailedCleanUp, StartedCleanUp
from model_lifecycle.endings.summary import ENDS
from model_lifecycle.requests.model_request import Defaults
from model_lifecycle.requests.stop_request import StopRequest, parse_stop_request
from model_lifecycle.vocabulary.errors import ModelLifecycleError
from model_lifecycle.vocabulary.home import Home


def cleaned_up(ending: Ending, start: Callable[[StopRequest], str], *, defaults: Defaults, home: Home) -> Ending:
    """Return the ending with what came of starting stop-model, if its start was left to itself.

    `start`: starts stop-model, and gives the execution's ARN. Raises as `Model` does. It stops only what that start
    asked for, and only while nobody has wanted the model since.
    """
    if not ending.left_to_itself or ending.request is None:
        return ending
    how = f"Its start {ENDS[ending.outcome]}, and the setting stop_aborted_starts is on."
    failed = {"ExecutionArn": ending.execution_arn, "Input": ending.request.to_json()}
    request = parse_stop_request({"FailedStart": failed, "Reason": how}, defaults=defaults, home=home)
    try:
        return replace(ending, clean_up=StartedCleanUp(execution_arn=start(request)))
    except ModelLifecycleError as error:
        return replace(ending, clean_up=FailedCleanUp(error=error.name))
