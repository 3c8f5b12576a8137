"""What wakes the watch, every hour."""

from aws_cdk import Duration
from aws_cdk.aws_events import Rule, Schedule
from aws_cdk.aws_events_targets import LambdaFunction
from aws_cdk.aws_lambda import IFunction
from constructs import Construct

from stacks.dead_letters import dead_letter_queue


class Watch(Construct):
    """The rule that calls WatchModels. A call that is lost is followed by the next one an hour later."""

    def __init__(self, scope: Construct, id: str, *, watch_models: IFunction) -> None:  # noqa: A002
        super().__init__(scope, id)
        self.undelivered = dead_letter_queue(self, "Undelivered")
        Rule(
            self,
            "Hourly",
            description="Looks every hour for models that bill unnoticed",
            schedule=Schedule.rate(Duration.hours(1)),
            targets=[
                LambdaFunction(
                    watch_models,
                    dead_letter_queue=self.undelivered,
                    retry_attempts=185,
                    max_event_age=Duration.hours(1),
                )
            ],
        )
