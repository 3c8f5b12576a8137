"""What the deployment tells the functions: one typed reader per need. Nothing else reads the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from model_lifecycle.aws.lease_schedules import StopTarget
from model_lifecycle.requests.model_request import Defaults
from model_lifecycle.watch.watch import Limits

START_TIMEOUT_SECONDS = "START_TIMEOUT_SECONDS"
STOP_TIMEOUT_SECONDS = "STOP_TIMEOUT_SECONDS"
STOP_AFTER_SECONDS = "STOP_AFTER_SECONDS"
NOTIFICATION_TOPIC_ARN = "NOTIFICATION_TOPIC_ARN"
RECORD_TABLE_NAME = "RECORD_TABLE_NAME"
TOLD_TABLE_NAME = "TOLD_TABLE_NAME"
PRICE_PER_INFERENCE_UNIT_HOUR = "PRICE_PER_INFERENCE_UNIT_HOUR"
TIME_ZONE = "TIME_ZONE"
LEASE_GROUP_NAME = "LEASE_GROUP_NAME"
LEASE_ROLE_ARN = "LEASE_ROLE_ARN"
LEASE_DEAD_LETTER_ARN = "LEASE_DEAD_LETTER_ARN"
STOP_MODEL_ARN = "STOP_MODEL_ARN"
PROJECT_ARNS = "PROJECT_ARNS"
WARN_AFTER_SECONDS = "WARN_AFTER_SECONDS"
STOP_AFTER_SECONDS_UNLEASED = "STOP_AFTER_SECONDS_UNLEASED"


def defaults_from(environment: Mapping[str, str] = os.environ) -> Defaults:
    """What holds where an input says nothing. An empty STOP_AFTER_SECONDS is no lease."""
    stop_after = environment[STOP_AFTER_SECONDS]
    return Defaults(
        start_timeout_seconds=int(environment[START_TIMEOUT_SECONDS]),
        stop_timeout_seconds=int(environment[STOP_TIMEOUT_SECONDS]),
        stop_after_seconds=int(stop_after) if stop_after else None,
    )


def record_table_name(environment: Mapping[str, str] = os.environ) -> str:
    """The table of what is remembered of the models."""
    return environment[RECORD_TABLE_NAME]


def stop_target_from(environment: Mapping[str, str] = os.environ) -> StopTarget:
    """Where the end of a lease goes."""
    return StopTarget(
        group_name=environment[LEASE_GROUP_NAME],
        state_machine_arn=environment[STOP_MODEL_ARN],
        role_arn=environment[LEASE_ROLE_ARN],
        dead_letter_arn=environment[LEASE_DEAD_LETTER_ARN],
    )


def project_arns_from(environment: Mapping[str, str] = os.environ) -> list[str]:
    """The projects that are watched, with commas between; none is all."""
    return [arn for arn in environment[PROJECT_ARNS].split(",") if arn]


def limits_from(environment: Mapping[str, str] = os.environ) -> Limits:
    """For how long a model may run without a lease. An empty STOP_AFTER_SECONDS_UNLEASED is for ever."""
    stop_after = environment[STOP_AFTER_SECONDS_UNLEASED]
    return Limits(
        warn_after=timedelta(seconds=int(environment[WARN_AFTER_SECONDS])),
        stop_after=timedelta(seconds=int(stop_after)) if stop_after else None,
    )


@dataclass(frozen=True, kw_only=True)
class NotifyEnvironment:
    """Where to tell, what was told, the price in USD of an inference unit for an hour, and the readers' time zone."""

    topic_arn: str
    told_table_name: str
    price_per_inference_unit_hour: float
    zone: ZoneInfo

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> "NotifyEnvironment":
        return cls(
            topic_arn=environment[NOTIFICATION_TOPIC_ARN],
            told_table_name=environment[TOLD_TABLE_NAME],
            price_per_inference_unit_hour=float(environment[PRICE_PER_INFERENCE_UNIT_HOUR]),
            zone=ZoneInfo(environment[TIME_ZONE]),
        )
