"""The Lambda functions: house defaults, and one least-privilege role each."""

from collections.abc import Iterable
from math import ceil

from aws_cdk import Duration
from aws_cdk.aws_iam import PolicyStatement, Role, ServicePrincipal
from aws_cdk.aws_lambda import Architecture, Function, Runtime, Tracing
from aws_cdk.aws_lambda_destinations import SqsDestination
from aws_cdk.aws_sqs import IQueue
from constructs import Construct

from model_lifecycle.endings.outcome import EVENT_SOURCE
from model_lifecycle.vocabulary import environment
from model_lifecycle.vocabulary.machines import START_MODEL, STOP_MODEL
from settings.settings import Settings
from stacks.acknowledgements import acknowledge, on_resource
from stacks.dead_letters import dead_letter_queue
from stacks.lambda_asset import lambda_asset
from stacks.leases import Leases
from stacks.logs import log_group
from stacks.notifications import Notifications
from stacks.permissions import ModelPermissions, executions_of, read_metrics, send_events, start_executions_of
from stacks.tables import table


class LifecycleFunctions(Construct):
    """The functions Start model, Check model and Notify."""

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        settings: Settings,
        notifications: Notifications,
        leases: Leases,
    ) -> None:
        super().__init__(scope, id)
        self._settings = settings
        self._code = lambda_asset()
        self._limits = {
            environment.START_TIMEOUT_SECONDS: str(settings.start_timeout_minutes * 60),
            environment.STOP_TIMEOUT_SECONDS: str(settings.stop_timeout_minutes * 60),
            environment.STOP_AFTER_SECONDS: _seconds(settings.default_stop_after_hours),
        }
        self._records = table(self, "ModelRecords", key="ModelId")
        models = ModelPermissions(settings.project_arns)
        disarm, metrics = leases.disarm(), read_metrics()
        arm_and_start = [*models.start(), *leases.arm(), *disarm]
        self.start_model = self._step("StartModel", "start_model", [*models.look(), *arm_and_start], leases)
        self.stop_model = self._step(
            "StopModel", "stop_model", [*models.look(), *models.stop(), *disarm, metrics], leases
        )
        self.check_model = self._step("CheckModel", "check_model", [*models.look(), *disarm, metrics], leases)
        self.untold = dead_letter_queue(self, "Untold")
        self.notify = self._teller(
            "Notify",
            "notify",
            [*models.look(), executions_of(START_MODEL, STOP_MODEL)],
            notifications,
            self.untold,
        )
        self.unwatched = dead_letter_queue(self, "Unwatched")
        self.watch_models = self._watch(models, notifications, leases)

    def _step(
        self,
        id: str,  # noqa: A002
        handler: str,
        statements: Iterable[PolicyStatement],
        leases: Leases,
    ) -> Function:
        function = self._function(
            id,
            handler,
            statements,
            environment_variables={environment.RECORD_TABLE_NAME: self._records.table_name, **leases.environment},
        )
        self._records.grant(function, "dynamodb:GetItem", "dynamodb:PutItem")
        acknowledge(
            function,
            "Serverless-LambdaDLQ",
            reason="The state machine alone calls it and waits for the answer; such a queue is for other calls",
        )
        return function

    def _watch(self, models: ModelPermissions, notifications: Notifications, leases: Leases) -> Function:
        starts = [
            executions_of(START_MODEL),
            start_executions_of(STOP_MODEL),
            *leases.arm(),
            *leases.disarm(),
        ]
        function = self._teller(
            "WatchModels",
            "watch_models",
            [*models.look(), *models.find(), *starts, read_metrics()],
            notifications,
            self.unwatched,
            environment_variables={
                environment.RECORD_TABLE_NAME: self._records.table_name,
                environment.PROJECT_ARNS: ",".join(self._settings.project_arns),
                environment.WARN_AFTER_SECONDS: _seconds(self._settings.warn_after_hours),
                environment.STOP_AFTER_SECONDS_UNLEASED: _seconds(self._settings.stop_after_hours_unleased),
                **leases.environment,
            },
            # It lists everything there is, at a service's pace of five calls a second.
            timeout=Duration.minutes(15),
        )
        self._records.grant(function, "dynamodb:GetItem", "dynamodb:PutItem")
        return function

    def _teller(
        self,
        id: str,  # noqa: A002
        handler: str,
        statements: Iterable[PolicyStatement],
        notifications: Notifications,
        failed: IQueue,
        *,
        environment_variables: dict[str, str] | None = None,
        timeout: Duration | None = None,
    ) -> Function:
        """A function that tells people something, and is called by events: what it fails at goes to the queue."""
        function = self._function(
            id,
            handler,
            [*statements, send_events(EVENT_SOURCE)],
            environment_variables={
                environment.NOTIFICATION_TOPIC_ARN: notifications.topic.topic_arn,
                environment.TOLD_TABLE_NAME: notifications.told.table_name,
                environment.PRICE_PER_INFERENCE_UNIT_HOUR: str(self._settings.price_per_inference_unit_hour),
                environment.TIME_ZONE: self._settings.time_zone,
                **(environment_variables or {}),
            },
            timeout=timeout,
        )
        acknowledge(
            function,
            "Serverless-LambdaDLQ",
            reason="What it fails at goes to its on-failure destination, which tells the error as well",
        )
        function.configure_async_invoke(
            on_failure=SqsDestination(failed), retry_attempts=2, max_event_age=Duration.hours(6)
        )
        notifications.topic.grant_publish(function)
        acknowledge(
            function.role or function,
            "AwsSolutions-IAM5[Action::kms:GenerateDataKey*]",
            reason="What publishing to an encrypted topic takes, as the SNS Developer Guide has it; on the topic's key",
        )
        notifications.told.grant(
            function, "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"
        )
        return function

    def _function(
        self,
        id: str,  # noqa: A002
        handler: str,
        statements: Iterable[PolicyStatement],
        environment_variables: dict[str, str] | None = None,
        timeout: Duration | None = None,
    ) -> Function:
        statements = list(statements)
        log = log_group(self, f"{id}Log", settings=self._settings)
        role = Role(self, f"{id}Role", assumed_by=ServicePrincipal("lambda.amazonaws.com"))
        function = Function(
            self,
            id,
            code=self._code,
            handler=f"{handler}.handler",
            runtime=Runtime.PYTHON_3_14,
            architecture=Architecture.ARM_64,
            memory_size=512,
            timeout=timeout or Duration.seconds(60),
            tracing=Tracing.ACTIVE,
            log_group=log,
            role=role,
            environment={"POWERTOOLS_SERVICE_NAME": handler, **self._limits, **(environment_variables or {})},
        )
        log.grant_write(role)
        for statement in statements:
            role.add_to_policy(statement)
        patterns = {arn for statement in statements for arn in statement.resources if "*" in arn} - {"*"}
        acknowledge(
            role,
            *(on_resource(arn) for arn in sorted(patterns)),
            reason="Model versions, executions and leases are made after the deploy; project_arns narrows the projects",
        )
        acknowledge(
            role,
            on_resource("*"),
            reason="Lists, GetMetricData and X-Ray's actions have no resource level in IAM",
        )
        return function


def _seconds(hours: float | None) -> str:
    return "" if hours is None else str(ceil(hours * 3_600))
