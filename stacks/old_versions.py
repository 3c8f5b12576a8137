"""What wakes ForgetVersions, every day."""

from aws_cdk import Duration
from aws_cdk.aws_lambda import IFunction
from aws_cdk.aws_sqs import IQueue
from constructs import Construct

from stacks.recurring import call_every


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
        call_every(
            Duration.days(1),
            forget_versions,
            self,
            "Daily",
            description="Deletes, once a day, the versions of the functions that no execution can call any more",
            undelivered=undelivered,
        )
