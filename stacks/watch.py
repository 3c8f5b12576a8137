"""What wakes the watch, every hour."""

from aws_cdk import Duration
from aws_cdk.aws_lambda import IFunction
from constructs import Construct

from stacks.dead_letters import dead_letter_queue
from stacks.encryption import Encryption
from stacks.recurring import call_every


class Watch(Construct):
    """The rule that calls WatchModels. A call that is lost is followed by the next one an hour later."""

    def __init__(self, scope: Construct, id: str, *, watch_models: IFunction, encryption: Encryption) -> None:  # noqa: A002
        super().__init__(scope, id)
        self.undelivered = dead_letter_queue(self, "Undelivered", encryption=encryption)
        call_every(
            Duration.hours(1),
            watch_models,
            self,
            "Hourly",
            description="Looks, once an hour, for models that bill unnoticed",
            undelivered=self.undelivered,
        )
