"""What wakes the watch, every hour."""

from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk.aws_iam import PolicyStatement
from aws_cdk.aws_lambda import Function
from constructs import Construct

from model_lifecycle.vocabulary import environment
from stacks.dead_letters import dead_letter_queue
from stacks.encryption import Encryption
from stacks.recurring import call_every


class Watch(Construct):
    """The rule that calls WatchModels. A call that is lost is followed by the next one an hour later."""

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        watch_models: Function,
        encryption: Encryption,
        subscribed: Mapping[str, int],
    ) -> None:
        """Let the watch look, too, whether each topic, by its ARN, reaches so many addresses: `subscribed`."""
        super().__init__(scope, id)
        # Lambda accepts 4 KB of variables, and the function knows the topic of the notifications, which is the first.
        emails = ",".join(
            f"{topic if place else ''}={number}" for place, (topic, number) in enumerate(subscribed.items())
        )
        watch_models.add_environment(environment.EMAILS, emails)
        look = PolicyStatement(actions=["sns:ListSubscriptionsByTopic"], resources=[*subscribed])
        watch_models.add_to_role_policy(look)
        self.undelivered = dead_letter_queue(self, "Undelivered", encryption=encryption)
        call_every(
            Duration.hours(1),
            watch_models,
            self,
            "Hourly",
            description="Looks, once an hour, for models that bill unnoticed",
            undelivered=self.undelivered,
        )
