"""What operators hear: an alarm for each queue of what got lost."""

from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk.aws_cloudwatch import (
    Alarm,
    ComparisonOperator,
    TreatMissingData,
)
from aws_cdk.aws_cloudwatch_actions import SnsAction
from aws_cdk.aws_sns import ITopic
from aws_cdk.aws_sqs import IQueue
from constructs import Construct

_ALARMS = {
    "UndeliveredRequests": "An event or a schedule did not start its execution. Start it with the message's input.",
    "UndeliveredStops": "A lease ended, but stop-model could not be started, so the model is still billing. "
    "Start stop-model with the input in the message.",
    "UndeliveredEndings": "Notify did not hear of the end of an execution, so you may not have been notified. "
    "Check the execution in the message.",
    "UndeliveredMessages": "A subscriber did not get a notification. Check the subscription.",
    "UndeliveredWatch": "The hourly watch was not called. If that happens again, check its function.",
    "UnwatchedModels": "The watch could not check a model, or could not notify you. Remove the cause in the message.",
    "UnforgottenVersions": "Old versions of the functions could not be deleted. Nothing is urgent. "
    "Remove the cause in the message.",
    "UntoldEndings": "Nobody was notified of the end of an execution. Check the execution in the message.",
}
"""What happened, and what to do, by the name of the alarm."""


class Observability(Construct):
    """Alarms go to the notification topic: whoever waits for an ending wants to know that one got lost."""

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        topic: ITopic,
        dead_letters: Mapping[str, IQueue],
    ) -> None:
        super().__init__(scope, id)
        self.alarms = [self._alarm(name, queue, topic) for name, queue in dead_letters.items()]

    def _alarm(self, name: str, queue: IQueue, topic: ITopic) -> Alarm:
        alarm = Alarm(
            self,
            name,
            alarm_description=f"{_ALARMS[name]} The message is in the queue {queue.queue_name}.",
            metric=queue.metric_approximate_number_of_messages_visible(statistic="Maximum", period=Duration.minutes(1)),
            threshold=1,
            evaluation_periods=1,
            comparison_operator=ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(SnsAction(topic))
        return alarm
