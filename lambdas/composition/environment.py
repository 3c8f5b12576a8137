"""What the deployment tells the functions: one typed reader per need. Nothing else reads the environment."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from model_lifecycle.requests.model_request import Defaults
from model_lifecycle.vocabulary.environment import (
    BUDGET,
    LEASE_DEAD_LETTER_ARN,
    LEASE_GROUP_NAME,
    LEASE_ROLE_ARN,
    LOG_EXECUTION_DATA,
    MAX_CONCURRENCY,
    MAX_INFERENCE_UNITS,
    PRICE_PER_INFERENCE_UNIT_HOUR,
    READY_LEAD_SECONDS,
    RECORD_TABLE_NAME,
    STAGE,
    START_TIMEOUT_SECONDS,
    STOP_AFTER_SECONDS,
    STOP_MODEL_ARN,
    STOP_TIMEOUT_SECONDS,
    TIME_ZONE,
)

# What few functions ask for is imported when they do.
if TYPE_CHECKING:
    from model_lifecycle.aws.lease_schedules import StopTarget
    from model_lifecycle.model.budget import Budget


def defaults_from(environment: Mapping[str, str] = os.environ) -> Defaults:
    """Return what holds where an input says nothing. An empty STOP_AFTER_SECONDS means no lease."""
    stop_after = environment[STOP_AFTER_SECONDS]
    return Defaults(
        start_timeout_seconds=int(environment[START_TIMEOUT_SECONDS]),
        stop_timeout_seconds=int(environment[STOP_TIMEOUT_SECONDS]),
        stop_after_seconds=int(stop_after) if stop_after else None,
        max_inference_units=int(environment[MAX_INFERENCE_UNITS]),
        zone=ZoneInfo(environment[TIME_ZONE]),
        price_per_inference_unit_hour=float(environment[PRICE_PER_INFERENCE_UNIT_HOUR]),
        ready_lead_seconds=int(environment[READY_LEAD_SECONDS]),
    )


def listed(name: str, environment: Mapping[str, str]) -> list[str]:
    """Return what stands in a variable, separated by commas; nothing for an empty one."""
    return [each for each in environment[name].split(",") if each]


def stage(environment: Mapping[str, str] = os.environ) -> str:
    """Return the deployment's stage; empty without one."""
    return environment.get(STAGE, "")


def logs_execution_data(environment: Mapping[str, str] = os.environ) -> bool:
    """Tell whether what executions are asked and answer may be logged."""
    return environment.get(LOG_EXECUTION_DATA) != "false"


def max_concurrency(environment: Mapping[str, str] = os.environ) -> int:
    """Return how many models an execution starts or stops at once."""
    return int(environment[MAX_CONCURRENCY])


def record_table_name(environment: Mapping[str, str] = os.environ) -> str:
    """Return the table of what is remembered of the models."""
    return environment[RECORD_TABLE_NAME]


def budget_from(environment: Mapping[str, str] = os.environ) -> "Budget | None":
    """Return what may be spent; None for as much as people like."""
    from model_lifecycle.model.budget import Budget

    return Budget.from_json(environment.get(BUDGET, ""))


def lease_group_name(environment: Mapping[str, str] = os.environ) -> str:
    """Return the group of the schedules that stop models."""
    return environment[LEASE_GROUP_NAME]


def stop_target_from(environment: Mapping[str, str] = os.environ) -> "StopTarget":
    """Return what the schedule at the end of a lease starts."""
    from model_lifecycle.aws.lease_schedules import StopTarget

    return StopTarget(
        group_name=lease_group_name(environment),
        state_machine_arn=environment[STOP_MODEL_ARN],
        role_arn=environment[LEASE_ROLE_ARN],
        dead_letter_arn=environment[LEASE_DEAD_LETTER_ARN],
    )
