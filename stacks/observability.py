"""What operators see: an alarm for each queue of what got lost, and one dashboard."""

from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk.aws_cloudwatch import (
    Alarm,
    AlarmWidget,
    ComparisonOperator,
    Dashboard,
    GraphWidget,
    TreatMissingData,
)
from aws_cdk.aws_cloudwatch_actions import SnsAction
from aws_cdk.aws_sns import ITopic
from aws_cdk.aws_sqs import IQueue
from aws_cdk.aws_stepfunctions import IStateMachine
from constructs import Construct


class Observability(Construct):
    """Alarms go to the notification topic: whoever waits for an ending wants to know that one got lost."""

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        topic: ITopic,
        state_machine: IStateMachine,
        dead_letters: Mapping[str, tuple[IQueue, str]],
    ) -> None:
        super().__init__(scope, id)
        alarms = [self._alarm(name, queue, lost, topic) for name, (queue, lost) in dead_letters.items()]
        self._dashboard(state_machine, alarms)

    def _alarm(self, name: str, queue: IQueue, lost: str, topic: ITopic) -> Alarm:
        alarm = Alarm(
            self,
            name,
            alarm_description=f"{lost} Read the messages of the queue {queue.queue_name}; each says what and why.",
            metric=queue.metric_approximate_number_of_messages_visible(statistic="Maximum", period=Duration.minutes(1)),
            threshold=1,
            evaluation_periods=1,
            comparison_operator=ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(SnsAction(topic))
        return alarm

    def _dashboard(self, state_machine: IStateMachine, alarms: list[Alarm]) -> None:
        Dashboard(
            self,
            "Dashboard",
            widgets=[
                [
                    GraphWidget(
                        title="Starts",
                        left=[
                            state_machine.metric_started(),
                            state_machine.metric_succeeded(),
                            state_machine.metric_failed(),
                            state_machine.metric_timed_out(),
                            state_machine.metric_aborted(),
                        ],
                    ),
                    GraphWidget(title="How long a start takes", left=[state_machine.metric_time()]),
                ],
                [AlarmWidget(title=alarm.node.id, alarm=alarm) for alarm in alarms],
            ],
        )
