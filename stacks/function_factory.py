"""How every Lambda function is made: house defaults, a log, and a role that may do what the function does."""

from collections.abc import Iterable
from typing import cast

import jsii
from aws_cdk import Duration, RemovalPolicy
from aws_cdk.aws_iam import PolicyStatement, Role, ServicePrincipal
from aws_cdk.aws_lambda import (
    Architecture,
    DestinationConfig,
    Function,
    IDestination,
    IFunction,
    Runtime,
    Tracing,
    VersionOptions,
)
from aws_cdk.aws_sqs import IQueue
from constructs import Construct

from settings.settings import Settings
from stacks.acknowledgements import acknowledge, acknowledge_no_queue, on_resource
from stacks.encryption import Encryption
from stacks.lambda_asset import lambda_asset
from stacks.logs import log_group
from stacks.permissions import send_to

# Executions that began with a version call it to their end, whatever is deployed meanwhile. A deploy that fails takes
# its own versions back: the next try publishes the same ones again, and CloudFormation refuses one that exists.
_STAYS = VersionOptions(removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)


class FunctionFactory:
    """Makes functions of one asset in a scope."""

    def __init__(self, scope: Construct, *, settings: Settings, encryption: Encryption) -> None:
        self._scope = scope
        self._settings = settings
        self._encryption = encryption
        self._code = lambda_asset()

    def make(
        self,
        id: str,  # noqa: A002 - the CDK's own name
        handler: str,
        statements: Iterable[PolicyStatement],
        environment_variables: dict[str, str],
        timeout: Duration | None = None,
        *,
        called_by_machines: bool = False,
    ) -> Function:
        """Make a function with these statements; versions of one that the machines call stay."""
        statements = list(statements)
        log = log_group(self._scope, f"{id}Log", settings=self._settings, encryption=self._encryption)
        role = Role(self._scope, f"{id}Role", assumed_by=ServicePrincipal("lambda.amazonaws.com"))
        function = Function(
            self._scope,
            id,
            code=self._code,
            handler=f"{handler}.handler",
            runtime=Runtime.PYTHON_3_14,
            architecture=Architecture.ARM_64,
            memory_size=512,
            timeout=timeout or Duration.seconds(60),
            tracing=Tracing.ACTIVE,
            reserved_concurrent_executions=self._settings.reserved_concurrency,
            log_group=log,
            role=role,
            environment={"POWERTOOLS_SERVICE_NAME": handler, **environment_variables},
            current_version_options=_STAYS if called_by_machines else None,
        )
        log.grant_write(role)
        for statement in statements:
            role.add_to_policy(statement)
        patterns = {arn for statement in statements for arn in statement.resources if "*" in arn} - {"*"}
        acknowledge(
            role,
            *(on_resource(arn) for arn in sorted(patterns)),
            reason="Model versions, executions and leases are created after the deploy; project_arns narrows them",
        )
        acknowledge(
            role,
            on_resource("*"),
            reason="Lists, GetMetricData and X-Ray's actions have no resource level in IAM",
        )
        return function


def called_by_events(function: Function, *, failed: IQueue) -> None:
    """Let what a function fails at, when events call it, go to the queue."""
    function.add_to_role_policy(send_to(failed))
    acknowledge_no_queue(function, reason="Its failures go to its on-failure destination, with their errors")
    function.configure_async_invoke(
        on_failure=cast("IDestination", _Destination(failed)), retry_attempts=2, max_event_age=Duration.hours(6)
    )


@jsii.implements(IDestination)
class _Destination:
    """A queue for what a function fails at, to which the function's own statements let it send."""

    def __init__(self, queue: IQueue) -> None:
        self._queue = queue

    def bind(self, _scope: Construct, _function: IFunction, _options: object = None) -> DestinationConfig:
        return DestinationConfig(destination=self._queue.queue_arn)
