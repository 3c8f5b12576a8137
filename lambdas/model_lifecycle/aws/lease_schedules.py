"""The only caller of EventBridge Scheduler: a lease is one one-time schedule, which nothing ever changes."""

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from model_lifecycle.aws.service_errors import service_errors
from model_lifecycle.model.lease import Lease
from model_lifecycle.requests.model_request import POLL_INTERVAL, STOP_TIMEOUT, ModelRequest
from model_lifecycle.vocabulary.errors import ModelInUseError, ModelNotFoundError, ServiceRefusedError
from model_lifecycle.vocabulary.instant import to_instant
from model_lifecycle.vocabulary.values import dataclass

if TYPE_CHECKING:
    from mypy_boto3_scheduler import EventBridgeSchedulerClient
    from mypy_boto3_scheduler.type_defs import RetryPolicyTypeDef, TargetTypeDef

_RETRY_POLICY: "RetryPolicyTypeDef" = {"MaximumRetryAttempts": 185, "MaximumEventAgeInSeconds": 86_400}
"""As long as the service tries at all: a stop that comes late is better than none."""


@dataclass(frozen=True, kw_only=True)
class StopTarget:
    """Where a lease's end goes: the group of the schedules, and the ARNs of stop-model, of the role that may start it
    and of the queue for what could not be started.
    """

    group_name: str
    state_machine_arn: str
    role_arn: str
    dead_letter_arn: str


class ArmedSchedules:
    """The armed stops in a group of EventBridge Scheduler."""

    def __init__(self, group_name: str, client: "EventBridgeSchedulerClient") -> None:
        self._group_name = group_name
        self._client = client

    def disarm(self, request: ModelRequest, lease: Lease) -> None:
        """DeleteSchedule. One that has fired has deleted itself."""
        try:
            with service_errors("DeleteSchedule"):
                self._client.delete_schedule(Name=schedule_name(request, lease), GroupName=self._group_name)
        except ModelNotFoundError:
            return


class LeaseSchedules(ArmedSchedules):
    """The armed stops, and what more are made of."""

    def __init__(self, target: StopTarget, client: "EventBridgeSchedulerClient") -> None:
        super().__init__(target.group_name, client)
        self._target = target

    def arm(self, request: ModelRequest, lease: Lease) -> None:
        """CreateSchedule. One that exists is the same one: its name says its model, its end and its start."""
        target: TargetTypeDef = {
            "Arn": self._target.state_machine_arn,
            "RoleArn": self._target.role_arn,
            "Input": json.dumps(_stop_input(request, lease)),
            "DeadLetterConfig": {"Arn": self._target.dead_letter_arn},
            "RetryPolicy": _RETRY_POLICY,
        }
        try:
            with service_errors("CreateSchedule"):
                self._client.create_schedule(
                    Name=schedule_name(request, lease),
                    GroupName=self._group_name,
                    Description=f"Stops {request.project}/{request.version} when its lease ends"[:512],
                    ScheduleExpression=f"at({lease.ends_at:%Y-%m-%dT%H:%M:%S})",
                    ScheduleExpressionTimezone="UTC",
                    FlexibleTimeWindow={"Mode": "OFF"},
                    ActionAfterCompletion="DELETE",
                    Target=target,
                )
        except ModelInUseError:
            # ConflictException.
            return
        except ModelNotFoundError as error:
            # The group is not there.
            raise ServiceRefusedError(str(error)) from error


def schedule_name(request: ModelRequest, lease: Lease) -> str:
    """Return that of a lease's armed stop: 50 of the 64 characters that a name may have."""
    model, start = (sha256(written.encode()).hexdigest() for written in (request.model_id, lease.leased_by))
    return f"{model[:24]}-{lease.ends_at:%Y%m%dT%H%M%SZ}-{start[:8]}"


def _stop_input(request: ModelRequest, lease: Lease) -> dict[str, Any]:
    limits = {STOP_TIMEOUT.name: request.stop_timeout_seconds, POLL_INTERVAL.name: request.poll_interval_seconds}
    return {
        **request.identity,
        **{name: value for name, value in limits.items() if value is not None},
        "LeaseEndsAt": to_instant(lease.ends_at),
        "Reason": f"Its lease ended on {request.when(lease.ends_at)}.",
    }
