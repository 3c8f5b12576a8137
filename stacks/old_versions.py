"""What wakes ForgetVersions, every day."""

from aws_cdk import Duration
from aws_cdk.aws_events import Rule, Schedule
from aws_cdk.aws_events_targets import LambdaFunction
from aws_cdk.aws_lambda import IFunction
from aws_cdk.aws_sqs import IQueue
from constructs import Construct


class OldVersions(Construct):
    """The rule that calls it. What could not be called, and what it failed at, goes to the same queue."""

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        forget_versions: IFunction,
        undelivered: IQueue,
    ) -> None:
        super().__init__(scope, id)
        Rule(
            self,
            "Daily",
            description="Deletes every day the versions of the functions that no execution can call any more",
            schedule=Schedule.rate(Duration.days(1)),
            targets=[
                LambdaFunction(
                    forget_versions,
                    dead_letter_queue=undelivered,
                    retry_attempts=185,
                    max_event_age=Duration.hours(1),
                )
            ],
        )
