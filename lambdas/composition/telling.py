"""What the deployment tells the functions that tell people something."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from composition.environment import stage
from model_lifecycle.vocabulary.environment import (
    AWS_LAMBDA_FUNCTION_NAME,
    NOTIFICATION_TOPIC_ARN,
    PRICE_PER_INFERENCE_UNIT_HOUR,
    STOP_ABORTED_STARTS,
    TIME_ZONE,
    TOLD_TABLE_NAME,
)
from model_lifecycle.vocabulary.stage import event_source
from model_lifecycle.vocabulary.values import dataclass

if TYPE_CHECKING:
    from model_lifecycle.aws.teller import Teller


@dataclass(frozen=True, kw_only=True)
class NotifyEnvironment:
    """Who tells where, what was told, the price in USD of an inference unit for an hour, and the readers' time zone.

    `event_source`: in whose name events go to the bus.
    """

    function_name: str
    topic_arn: str
    event_source: str
    told_table_name: str
    price_per_inference_unit_hour: float
    zone: ZoneInfo

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> "NotifyEnvironment":
        return cls(
            function_name=environment[AWS_LAMBDA_FUNCTION_NAME],
            topic_arn=environment[NOTIFICATION_TOPIC_ARN],
            event_source=event_source(stage(environment)),
            told_table_name=environment[TOLD_TABLE_NAME],
            price_per_inference_unit_hour=float(environment[PRICE_PER_INFERENCE_UNIT_HOUR]),
            zone=ZoneInfo(environment[TIME_ZONE]),
        )

    def teller(self, *, remembered_seconds: int) -> "Teller":
        """Return the teller, which remembers for that long what it announced."""
        # It brings a third of all that the watch would load, which seldom has anything to tell.
        from model_lifecycle.aws.teller import Teller

        return Teller(
            function_name=self.function_name,
            topic_arn=self.topic_arn,
            event_source=self.event_source,
            told_table_name=self.told_table_name,
            remembered_seconds=remembered_seconds,
        )


def stops_aborted_starts(environment: Mapping[str, str] = os.environ) -> bool:
    """Tell whether stop-model is started for what an aborted start has asked for."""
    return environment.get(STOP_ABORTED_STARTS) == "true"
