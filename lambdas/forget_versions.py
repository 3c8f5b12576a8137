"""The function that deletes, every day, versions of the functions that no execution can call any more."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from composition.border import errors_on_one_line
from composition.log import line_logger
from composition.releases import function_arns_from, state_machine_arns_from
from model_lifecycle.aws.client_config import LIST_CONFIG
from model_lifecycle.aws.definitions import MachineDefinitions
from model_lifecycle.aws.function_versions import FunctionVersions
from model_lifecycle.aws.shared_clients import client
from model_lifecycle.releases.old_versions import forget_old_versions
from model_lifecycle.vocabulary.instant import utcnow

logger = line_logger()
function_arns = function_arns_from()
versions = FunctionVersions(client("lambda", LIST_CONFIG))
definitions = MachineDefinitions(state_machine_arns_from(), client("stepfunctions", LIST_CONFIG))


@errors_on_one_line
@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, list[int]]:  # noqa: ARG001
    """Delete old versions, and tell which: their numbers, by the ARN of their function. `event`: EventBridge's own."""
    forgotten = forget_old_versions(function_arns, versions, definitions, now=utcnow())
    logger.info("Forget versions", forgotten=forgotten)
    return forgotten
