"""Deliveries of messages, where the subscriber's policy allows them, and to dead-letter queues otherwise.

https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from moto.sns.models import Subscription
from moto.sqs.models import sqs_backends

from local.account import Account
from local.iam.iam import Iam
from local.iam.needs import Need
from local.iam.principals import service

_SENDS = {"sqs": "sqs:SendMessage", "lambda": "lambda:InvokeFunction"}
_NOWHERE = ".invalid"
"""No mail server is ever under this domain (RFC 2606): what goes there comes back."""


@dataclass(frozen=True)
class Email:
    """What comes to a mailbox. Each subscriber gets the same `message_id`."""

    message_id: str
    address: str
    subject: str
    text: str


def install(aws: Account, iam: Iam) -> None:
    """Let a topic deliver only where it may."""
    aws.replace(Subscription, "publish", _delivering(aws, iam, Subscription.publish))


def is_pending(subscription: Subscription) -> bool:
    """Tell whether nobody has confirmed it."""
    return subscription.attributes.get("PendingConfirmation") is True


def _delivering(aws: Account, iam: Iam, deliver: Callable[..., None]) -> Callable[..., None]:
    def publish(self: Subscription, message: str, message_id: str, **settings: Any) -> None:
        if is_pending(self):
            return
        sns = service("sns.amazonaws.com", source_arn=self.topic.arn)
        action = _SENDS.get(self.protocol)
        refused = action is not None and not iam.allows(sns, Need(action, self.endpoint))
        lost = self.protocol.startswith("email") and self.endpoint.endswith(_NOWHERE)
        if not refused and not lost:
            deliver(self, message, message_id, **settings)
            if self.protocol == "email" and _is_wanted(self, message, settings):
                aws.announce(_email(self, message, message_id, settings))
            return
        redrive = json.loads(self.attributes.get("RedrivePolicy") or "{}")
        queue = redrive.get("deadLetterTargetArn")
        if queue and iam.allows(sns, Need("sqs:SendMessage", queue)):
            letter = json.dumps(_notification(self, message, message_id, settings))
            sqs_backends[aws.account_id][aws.region].send_message(queue.rpartition(":")[2], letter)

    return publish


def _notification(subscription: Any, message: str, message_id: str, settings: dict[str, Any]) -> dict[str, Any]:
    """Return the whole of what the subscriber was to get, with the address that would end its subscription."""
    if settings.get("message_structure") == "json":
        message = subscription._parse_message_structure(message, subscription.protocol)  # noqa: SLF001
    subject, attributes = settings.get("subject"), settings.get("message_attributes")
    written: dict[str, Any] = subscription.get_post_data(message, message_id, subject, message_attributes=attributes)
    unsubscribe = written["UnsubscribeURL"].partition("SubscriptionArn=")[0]
    return {**written, "UnsubscribeURL": f"{unsubscribe}SubscriptionArn={subscription.arn}"}


def _is_wanted(subscription: Any, message: str, settings: dict[str, Any]) -> bool:
    policy = subscription._filter_policy_matcher  # noqa: SLF001
    return policy is None or policy.matches(settings.get("message_attributes"), message)


def _email(subscription: Any, message: str, message_id: str, settings: dict[str, Any]) -> Email:
    if settings.get("message_structure") == "json":
        message = subscription._parse_message_structure(message, "email")  # noqa: SLF001
    subject = settings.get("subject") or "AWS Notification Message"
    return Email(message_id, subscription.endpoint, subject, message)
