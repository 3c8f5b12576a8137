"""The Lambda functions: house defaults, and one least-privilege role each."""

from collections.abc import Iterable

from aws_cdk import Duration
from aws_cdk.aws_iam import PolicyStatement, Role, ServicePrincipal
from aws_cdk.aws_lambda import Architecture, Function, Runtime, Tracing
from aws_cdk.aws_lambda_destinations import SqsDestination
from constructs import Construct

from model_lifecycle import environment
from stacks.acknowledgements import acknowledge, on_resource
from stacks.dead_letters import dead_letter_queue
from stacks.lambda_asset import lambda_asset
from stacks.logs import log_group
from stacks.names import START_MODEL
from stacks.notifications import Notifications
from stacks.permissions import ModelPermissions, executions_of
from stacks.settings import Settings
from stacks.tables import table


class LifecycleFunctions(Construct):
    """The functions Start model, Check model and Notify."""

    def __init__(self, scope: Construct, id: str, *, settings: Settings, notifications: Notifications) -> None:  # noqa: A002
        super().__init__(scope, id)
        self._settings = settings
        self._code = lambda_asset()
        self._limits = {
            environment.START_TIMEOUT_SECONDS: str(settings.start_timeout_minutes * 60),
            environment.STOP_TIMEOUT_SECONDS: str(settings.stop_timeout_minutes * 60),
        }
        models = ModelPermissions(settings.project_arns)
        self.start_model = self._start_model([*models.look(), *models.start()])
        self.check_model = self._function("CheckModel", "check_model", models.look())
        for function in (self.start_model, self.check_model):
            acknowledge(
                function,
                "Serverless-LambdaDLQ",
                reason="The state machine alone calls it and waits for the answer; such a queue is for other calls",
            )
        self.untold = dead_letter_queue(self, "Untold")
        self.notify = self._notify(notifications, models.look())

    def _start_model(self, statements: Iterable[PolicyStatement]) -> Function:
        records = table(self, "ModelRecords", key="ModelId")
        function = self._function(
            "StartModel",
            "start_model",
            statements,
            environment_variables={environment.RECORD_TABLE_NAME: records.table_name},
        )
        records.grant(function, "dynamodb:GetItem", "dynamodb:PutItem")
        return function

    def _notify(self, notifications: Notifications, looks: Iterable[PolicyStatement]) -> Function:
        function = self._function(
            "Notify",
            "notify",
            [*looks, executions_of(START_MODEL)],
            environment_variables={
                environment.NOTIFICATION_TOPIC_ARN: notifications.topic.topic_arn,
                environment.TOLD_TABLE_NAME: notifications.told.table_name,
                environment.PRICE_PER_INFERENCE_UNIT_HOUR: str(self._settings.price_per_inference_unit_hour),
            },
        )
        acknowledge(
            function,
            "Serverless-LambdaDLQ",
            reason="What it fails at goes to its on-failure destination, which tells the error as well",
        )
        function.configure_async_invoke(
            on_failure=SqsDestination(self.untold), retry_attempts=2, max_event_age=Duration.hours(6)
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
            timeout=Duration.seconds(60),
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
            reason="Model versions and executions are made after the deploy; project_arns narrows the projects",
        )
        acknowledge(role, on_resource("*"), reason="DescribeProjects and X-Ray's actions have no resource level in IAM")
        return function
