"""What the deployment tells the functions: one typed reader per need. Nothing else reads the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from model_lifecycle.request import Defaults

START_TIMEOUT_SECONDS = "START_TIMEOUT_SECONDS"
STOP_TIMEOUT_SECONDS = "STOP_TIMEOUT_SECONDS"
NOTIFICATION_TOPIC_ARN = "NOTIFICATION_TOPIC_ARN"
RECORD_TABLE_NAME = "RECORD_TABLE_NAME"
TOLD_TABLE_NAME = "TOLD_TABLE_NAME"
PRICE_PER_INFERENCE_UNIT_HOUR = "PRICE_PER_INFERENCE_UNIT_HOUR"


def defaults_from(environment: Mapping[str, str] = os.environ) -> Defaults:
    """The limits that hold where an input says nothing."""
    return Defaults(
        start_timeout_seconds=int(environment[START_TIMEOUT_SECONDS]),
        stop_timeout_seconds=int(environment[STOP_TIMEOUT_SECONDS]),
    )


def record_table_name(environment: Mapping[str, str] = os.environ) -> str:
    """The table of what is remembered of the models."""
    return environment[RECORD_TABLE_NAME]


@dataclass(frozen=True, kw_only=True)
class NotifyEnvironment:
    """Where to tell, what was told, and the price in USD of an inference unit for an hour."""

    topic_arn: str
    told_table_name: str
    price_per_inference_unit_hour: float

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> "NotifyEnvironment":
        return cls(
            topic_arn=environment[NOTIFICATION_TOPIC_ARN],
            told_table_name=environment[TOLD_TABLE_NAME],
            price_per_inference_unit_hour=float(environment[PRICE_PER_INFERENCE_UNIT_HOUR]),
        )
