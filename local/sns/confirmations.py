"""E-mail subscriptions that wait until the owner of the mailbox confirms them; nothing is delivered before.

In this AWS, mail is read and confirmed at once, except under the domain `.test`, where nobody reads it.
https://docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html
"""

import copy
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

from moto.core.responses import ActionResult
from moto.sns.exceptions import SNSInvalidParameter
from moto.sns.models import SNSBackend, Subscription, Topic
from moto.sns.responses import SNSResponse

from local.account import Account
from local.sns.subscriptions import Email, is_pending

_UNREAD = ".test"
"""RFC 2606 keeps it for tests."""
_KEPT = timedelta(days=2)
"""So long SNS waits, and a token is valid."""
_SUBJECT = "AWS Notification - Subscription Confirmation"


def install(aws: Account) -> None:
    """Let subscriptions wait for their confirmation."""
    aws.replace(SNSBackend, "subscribe", _subscribing(aws, SNSBackend.subscribe))
    aws.replace(SNSResponse, "subscribe", _answering(SNSResponse.subscribe))
    aws.replace(SNSResponse, "confirm_subscription", _confirm)
    for listing in ("list_subscriptions", "list_subscriptions_by_topic"):
        aws.replace(SNSResponse, listing, _listing(getattr(SNSResponse, listing)))
    # moto counts all as confirmed.
    aws.replace(Topic, "subscriptions_pending", property(partial(_count, pending=True), lambda *_: None))
    aws.replace(Topic, "subscriptions_confimed", property(partial(_count, pending=False), lambda *_: None))


def _subscribing(aws: Account, subscribe: Callable[..., Subscription]) -> Callable[..., Subscription]:
    def subscribe_here(self: SNSBackend, topic_arn: str, endpoint: str, protocol: str) -> Subscription:
        known = set(self.subscriptions)
        made = subscribe(self, topic_arn, endpoint, protocol)
        if made.arn not in known and protocol.startswith("email") and endpoint.endswith(_UNREAD):
            made.attributes["PendingConfirmation"] = True
            made.token = uuid4().hex
            command = f"aws sns confirm-subscription --topic-arn {topic_arn} --token {made.token}"
            text = f"You have chosen to subscribe to the topic: {topic_arn}\n\nTo confirm this, run: {command}\n"
            aws.announce(Email(str(uuid4()), endpoint, _SUBJECT, text))
            aws.clock.call_at(aws.clock.now() + _KEPT, lambda: _forget(self, made), background=True)
        return made

    return subscribe_here


def _forget(backend: SNSBackend, subscription: Subscription) -> None:
    if is_pending(subscription):
        backend.subscriptions.pop(subscription.arn, None)


def _answering(subscribe: Callable[..., ActionResult]) -> Callable[..., ActionResult]:
    def subscribe_here(self: SNSResponse) -> ActionResult:
        answer = subscribe(self)
        made = self.backend.subscriptions[answer.result["SubscriptionArn"]]
        wanted = str(self._get_param("ReturnSubscriptionArn")).lower() == "true"
        return ActionResult({"SubscriptionArn": "pending confirmation"}) if is_pending(made) and not wanted else answer

    return subscribe_here


def _confirm(self: SNSResponse) -> ActionResult:
    topic, token = self._get_param("TopicArn"), self._get_param("Token")
    for subscription in self.backend.subscriptions.values():
        if subscription.topic.arn == topic and getattr(subscription, "token", None) == token:
            subscription.attributes["PendingConfirmation"] = False
            return ActionResult({"SubscriptionArn": subscription.arn})
    raise SNSInvalidParameter("Invalid parameter: Token")


def _listing(listed: Callable[..., ActionResult]) -> Callable[..., ActionResult]:
    def list_here(self: SNSResponse) -> ActionResult:
        answer = listed(self)
        answer.result["Subscriptions"] = [_shown(each) for each in answer.result["Subscriptions"]]
        return answer

    return list_here


def _shown(subscription: Subscription) -> Subscription:
    if not is_pending(subscription):
        return subscription
    shown = copy.copy(subscription)
    shown.arn = "PendingConfirmation"
    return shown


def _count(topic: Any, *, pending: bool) -> int:
    of_topic = [each for each in topic.sns_backend.subscriptions.values() if each.topic is topic]
    return len([each for each in of_topic if is_pending(each) is pending])
