"""The Lambda functions: what each is given, and what it may do."""

from collections.abc import Iterable, Mapping
from typing import cast

from aws_cdk import Duration
from aws_cdk.aws_iam import IRole, PolicyStatement
from aws_cdk.aws_lambda import Function
from aws_cdk.aws_sqs import IQueue
from constructs import Construct

from model_lifecycle.vocabulary import environment
from model_lifecycle.vocabulary.folding import fold
from model_lifecycle.vocabulary.machines import MACHINES, START_MODEL, STOP_MODEL
from settings.settings import Settings, in_seconds
from stacks.acknowledgements import acknowledge, acknowledge_no_queue, on_versions_of
from stacks.dead_letters import dead_letter_queue
from stacks.encryption import GET, PUT
from stacks.function_factory import FunctionFactory, called_by_events
from stacks.leases import Leases
from stacks.names import Names
from stacks.notifications import Notifications
from stacks.permissions import (
    ModelPermissions,
    delete_versions_of,
    describe_executions_of,
    list_versions_of,
    read_definitions_of,
    read_histories_of,
    read_metrics,
    send_events,
    start_executions_of,
)
from stacks.tables import table


class LifecycleFunctions(Construct):
    """The functions, each with its role. The state machines call published versions."""

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        names: Names,
        settings: Settings,
        notifications: Notifications,
        leases: Leases,
    ) -> None:
        super().__init__(scope, id)
        self._names = names
        self._settings = settings
        self._encryption = encryption = notifications.encryption
        self._factory = FunctionFactory(self, settings=settings, encryption=encryption)
        self._defaults = {
            environment.START_TIMEOUT_SECONDS: str(settings.start_timeout_minutes * 60),
            environment.STOP_TIMEOUT_SECONDS: str(settings.stop_timeout_minutes * 60),
            environment.STOP_AFTER_SECONDS: _seconds(settings.default_stop_after_hours),
            environment.MAX_INFERENCE_UNITS: str(settings.max_inference_units),
            environment.READY_LEAD_SECONDS: str(settings.ready_lead_minutes * 60),
            environment.TIME_ZONE: settings.time_zone,
            environment.PRICE_PER_INFERENCE_UNIT_HOUR: str(settings.price_per_inference_unit_hour),
            **({} if settings.log_execution_data else {environment.LOG_EXECUTION_DATA: "false"}),
        }
        self._budget = {environment.BUDGET: settings.budget.to_json()} if settings.budget else {}
        self._records = table(self, "ModelRecords", key="ModelId", encryption=encryption)
        models = ModelPermissions(settings.project_arns)
        disarm, metrics = leases.disarm(), read_metrics()
        arm_and_start = [*models.start(), *leases.arm(), *disarm]
        self.start_model = self._step(
            "StartModel",
            "start_model",
            [*models.look(), *models.list_models(), *arm_and_start],
            {**leases.arming, **self._budget},
        )
        # What has been spent, all records tell.
        self._records.grant(self.start_model, "dynamodb:Scan")
        self.stop_model = self._step(
            "StopModel",
            "stop_model",
            [*models.look(), *models.list_models(), *models.stop(), *disarm, metrics],
            leases.disarming,
        )
        self.check_model = self._step(
            "CheckModel", "check_model", [*models.look_again(), *disarm, metrics], leases.disarming
        )
        self.untold = dead_letter_queue(self, "Untold", encryption=encryption)
        self.notify = self._teller(
            "Notify",
            "notify",
            [
                *models.look(),
                *models.list_models(),
                describe_executions_of(*MACHINES, names=names),
                read_histories_of(*MACHINES, names=names),
                *([start_executions_of(STOP_MODEL, names=names)] if settings.stop_aborted_starts else []),
            ],
            notifications,
            self.untold,
            environment_variables={environment.STOP_ABORTED_STARTS: "true"} if settings.stop_aborted_starts else None,
            called_by_machines=True,
        )
        self.fleet_models = self._factory.make(
            "FleetModels",
            "fleet_models",
            models.list_models(),
            environment_variables={**self._defaults, environment.MAX_CONCURRENCY: str(settings.max_concurrency)},
            called_by_machines=True,
        )
        acknowledge_no_queue(
            self.fleet_models,
            reason="Only the state machines call it, and they wait for the answer; such a queue is for other calls",
        )
        self.unwatched = dead_letter_queue(self, "Unwatched", encryption=encryption)
        watched = ModelPermissions(settings.project_arns, services=settings.watched_services)
        self.watch_models = self._watch(watched, notifications, leases)
        self.unforgotten = dead_letter_queue(self, "Unforgotten", encryption=encryption)
        self.forget_versions = self._forget_versions()

    def _step(
        self,
        id: str,  # noqa: A002
        handler: str,
        statements: Iterable[PolicyStatement],
        lease_variables: Mapping[str, str],
    ) -> Function:
        function = self._factory.make(
            id,
            handler,
            statements,
            environment_variables={
                **self._defaults,
                environment.RECORD_TABLE_NAME: self._records.table_name,
                **lease_variables,
            },
            called_by_machines=True,
        )
        # Executions write side by side what they want of a start that they join, and when they call the service.
        self._records.grant(function, "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem")
        self._encryption.let(_role_of(function), GET)
        acknowledge_no_queue(
            function,
            reason="Only the state machines call it, and they wait for the answer; such a queue is for other calls",
        )
        return function

    def _watch(self, models: ModelPermissions, notifications: Notifications, leases: Leases) -> Function:
        starts = [
            describe_executions_of(START_MODEL, names=self._names),
            start_executions_of(STOP_MODEL, names=self._names),
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
                environment.WATCHED_SERVICES: ",".join(self._settings.watched_services),
                environment.PROJECT_ARNS: fold(sorted(self._settings.project_arns)),
                environment.WARN_AFTER_SECONDS: _seconds(self._settings.warn_after_hours),
                environment.STOP_AFTER_SECONDS_UNLEASED: _seconds(self._settings.stop_after_hours_unleased),
                **leases.arming,
                **self._budget,
            },
            # It lists everything there is, at a service's pace of five calls a second.
            timeout=Duration.minutes(15),
        )
        self._records.grant(function, "dynamodb:GetItem", "dynamodb:PutItem")
        notifications.told.grant(function, "dynamodb:GetItem")
        return function

    def _forget_versions(self) -> Function:
        called = [self.start_model, self.check_model, self.stop_model, self.notify, self.fleet_models]
        machines = MACHINES
        function = self._factory.make(
            "ForgetVersions",
            "forget_versions",
            [list_versions_of(called), *read_definitions_of(*machines, names=self._names)],
            environment_variables={
                environment.CALLED_FUNCTION_ARNS: ",".join(each.function_arn for each in called),
                environment.STATE_MACHINE_ARNS: ",".join(map(self._names.arn, machines)),
            },
            timeout=Duration.minutes(15),
        )
        function.add_to_role_policy(delete_versions_of(called))
        self._encryption.let(_role_of(function), PUT)
        acknowledge(
            _role_of(function),
            *map(on_versions_of, called),
            reason="Which versions are old is known only later",
        )
        called_by_events(function, failed=self.unforgotten)
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
        called_by_machines: bool = False,
    ) -> Function:
        """Make a function that notifies people and is called by events: its failures go to the queue."""
        function = self._factory.make(
            id,
            handler,
            [*statements, send_events(self._names.event_source), *notifications.publish()],
            environment_variables={
                environment.NOTIFICATION_TOPIC_ARN: notifications.topic.topic_arn,
                environment.TOLD_TABLE_NAME: notifications.told.table_name,
                **self._defaults,
                **({environment.STAGE: self._names.stage} if self._names.stage else {}),
                **(environment_variables or {}),
            },
            timeout=timeout,
            called_by_machines=called_by_machines,
        )
        called_by_events(function, failed=failed)
        # A condition that is not met answers what there is, so what was told need not be read.
        notifications.told.grant(function, "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem")
        return function


def _role_of(function: Function) -> IRole:
    return cast("IRole", function.role)


def _seconds(hours: float | None) -> str:
    return str(in_seconds(hours) or "")
