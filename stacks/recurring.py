"""Functions that are called again and again."""

from aws_cdk import Duration
from aws_cdk.aws_events import Rule, Schedule
from aws_cdk.aws_events_targets import LambdaFunction
from aws_cdk.aws_lambda import IFunction
from aws_cdk.aws_sqs import IQueue
from constructs import Construct

from stacks.dead_letters import MOST_RETRIES


def call_every(
    interval: Duration,
    function: IFunction,
    scope: Construct,
    id: str,  # noqa: A002 - the CDK's own name
    *,
    description: str,
    undelivered: IQueue,
) -> None:
    """Let a rule call the function; a call that cannot be made goes to the queue after an hour."""
    target = LambdaFunction(
        function,
        dead_letter_queue=undelivered,
        retry_attempts=MOST_RETRIES,
        max_event_age=Duration.hours(1),
    )
    Rule(scope, id, description=description, schedule=Schedule.rate(interval), targets=[target])
