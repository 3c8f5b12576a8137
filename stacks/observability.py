"""What operators hear: alarms, each with what happened, what to do, and how it ends."""

from collections.abc import Mapping, Sequence

from aws_cdk import Duration
from aws_cdk.aws_cloudwatch import Alarm, ComparisonOperator, IMetric, MathExpression, Metric, TreatMissingData
from aws_cdk.aws_cloudwatch_actions import SnsAction
from aws_cdk.aws_lambda import IFunction
from aws_cdk.aws_sns import ITopic
from aws_cdk.aws_sqs import IQueue
from aws_cdk.aws_stepfunctions import IStateMachine
from constructs import Construct

from model_lifecycle.vocabulary.metrics import DEPLOYMENT, NAMESPACE
from stacks import alarm_texts

_MINUTE, _TEN_DAYS = Duration.minutes(1), Duration.days(10)


class Observability(Construct):
    """The alarms. Whatever goes on for long must not hide what comes later, so those of events end by themselves."""

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        topics: Sequence[ITopic],
        stage: str,
        deployment: str,
        state_machines: Mapping[str, Sequence[IStateMachine]],
        functions: Sequence[IFunction],
        watch_models: IFunction,
        dead_letters: Mapping[str, IQueue],
    ) -> None:
        """`deployment`: as metrics name it."""
        super().__init__(scope, id)
        self._topics = topics
        self._stage = stage
        self.alarms: list[Alarm] = []
        for name, queue in dead_letters.items():
            self._arrival(name, queue)
        for name, queue in dead_letters.items():
            self._age(name, queue)
        for name, machines in state_machines.items():
            ends = [
                metric
                for machine in machines
                for metric in (machine.metric_failed(), machine.metric_timed_out(), machine.metric_aborted())
            ]
            self._any(f"Failed{name.title()}s", ends)
        self._any("FunctionErrors", [function.metric_errors() for function in functions])
        self._any("FunctionThrottles", [function.metric_throttles() for function in functions])
        self._silence("MissedWatch", watch_models, dead_letters["UndeliveredWatch"])
        unconfirmed = Metric(
            namespace=NAMESPACE,
            metric_name="UnconfirmedEmails",
            dimensions_map={DEPLOYMENT: deployment},
            statistic="Minimum",
        )
        self._lasting("UnconfirmedEmails", unconfirmed)

    def _arrival(self, name: str, queue: IQueue) -> None:
        """Raise an alarm of what comes, not of what is there: that would hide the next one for 14 days.

        Metrics of a queue that was idle for hours come up to 15 minutes late. What SQS itself moves to a dead-letter
        queue is not counted; EventBridge, Scheduler, SNS and Lambda send it as anybody does.
        """
        self._alarm(
            name,
            alarm_texts.arrival(name, queue.queue_name, stage=self._stage),
            queue.metric_number_of_messages_sent(statistic="Sum", period=_MINUTE),
            periods=15,
            breaching=1,
        )

    def _age(self, name: str, queue: IQueue) -> None:
        self._alarm(
            f"{name}Age",
            alarm_texts.age(name, queue.queue_name, stage=self._stage),
            queue.metric_approximate_age_of_oldest_message(statistic="Maximum", period=_MINUTE),
            threshold=_TEN_DAYS.to_seconds(),
            periods=5,
            breaching=1,
        )

    def _any(self, name: str, metrics: Sequence[IMetric]) -> None:
        """Raise an alarm of any of what is counted, and end it an hour after the last one."""
        counted = {f"m{place}": metric for place, metric in enumerate(metrics)}
        self._alarm(
            name,
            alarm_texts.of(name, stage=self._stage),
            MathExpression(
                expression=f"SUM([{', '.join(counted)}])",
                using_metrics=counted,
                period=Duration.minutes(5),
            ),
            periods=12,
            breaching=1,
        )

    def _silence(self, name: str, function: IFunction, queue: IQueue) -> None:
        """Raise an alarm if nothing calls the function for two hours.

        Nothing is missing before there was anything: a first deploy raises no alarm. Beside calls, the queue is a sign
        of life: it is measured for some hours from its creation on, whether or not the function was ever called.
        """
        self._alarm(
            name,
            alarm_texts.of(name, stage=self._stage),
            MathExpression(
                expression="SUM([called, 0 * DIFF(FILL(SUM([called, there]), REPEAT))])",
                using_metrics={
                    "called": function.metric_invocations(statistic="Sum"),
                    "there": queue.metric_approximate_number_of_messages_visible(statistic="SampleCount"),
                },
                period=Duration.hours(2),
            ),
            threshold=0,
            comparison=ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
            periods=2,
            breaching=1,
            missing=TreatMissingData.IGNORE,
        )

    def _lasting(self, name: str, metric: Metric) -> None:
        """Raise an alarm of what was so at every look of a day."""
        every_three_hours = metric.with_(period=Duration.hours(3))
        self._alarm(name, alarm_texts.of(name, stage=self._stage), every_three_hours, periods=8, breaching=8)

    def _alarm(
        self,
        name: str,
        text: str,
        metric: IMetric,
        *,
        periods: int,
        breaching: int,
        threshold: float = 1,
        comparison: ComparisonOperator = ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        missing: TreatMissingData = TreatMissingData.NOT_BREACHING,
    ) -> None:
        alarm = Alarm(
            self,
            name,
            alarm_description=text,
            metric=metric,
            threshold=threshold,
            evaluation_periods=periods,
            datapoints_to_alarm=breaching,
            comparison_operator=comparison,
            treat_missing_data=missing,
        )
        alarm.add_alarm_action(*map(SnsAction, self._topics))
        self.alarms.append(alarm)
