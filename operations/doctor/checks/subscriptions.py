"""Who hears of the endings and the alarms."""

from collections.abc import Iterator, Sequence

from model_lifecycle.vocabulary.foreign import quoted
from operations.deployment import Deployment
from operations.doctor.finding import Answer, error, ok, warning
from operations.subscribers import Subscriber, subscribers_of
from settings.settings import Settings

_PENDING, _DELETED = "PendingConfirmation", "Deleted"


def look(deployment: Deployment, settings: Settings) -> Iterator[Answer]:
    """ListSubscriptionsByTopic of each topic of the stack, and of the operators' own."""
    wanted = {
        topic: emails
        for path, emails in (
            ("NotificationsTopic", settings.notification_emails),
            ("AlarmsTopic", settings.told_of_alarms),
        )
        for topic in [each.physical_id for each in deployment.of_type("AWS::SNS::Topic", path)]
    }
    topics = [each.physical_id for each in deployment.of_type("AWS::SNS::Topic")]
    if settings.alarm_topic_arn:
        topics.append(settings.alarm_topic_arn)
    for topic in topics:
        yield from answers(topic, subscribers_of(deployment.aws, topic), emails=wanted.get(topic, []))


def answers(topic: str, subscribers: Sequence[Subscriber], *, emails: Sequence[str]) -> Iterator[Answer]:
    """Say who has not confirmed, and which address of the settings is not subscribed to a topic."""
    name = topic.rpartition(":")[2]
    confirmed = [each for each in subscribers if each.arn not in (_PENDING, _DELETED)]
    for each in subscribers:
        if each.arn == _PENDING:
            mend = "Open the link in AWS's e-mail. If it is gone, run `aws sns subscribe` again to get another one."
            yield warning(
                f"{_shown(each.endpoint)} has not confirmed the subscription to {name}: it hears nothing", mend
            )
    known = {each.endpoint.casefold() for each in subscribers if each.arn != _DELETED}
    for email in emails:
        if email.casefold() not in known:
            yield warning(f"{email} of the settings is not subscribed to {name}", _SUBSCRIBE)
    if confirmed:
        number = len(confirmed)
        yield ok(f"{name} has {number:,} confirmed subscription{'' if number == 1 else 's'}")
    else:
        yield error(f"nobody hears what {name} says: it has no confirmed subscription", _SUBSCRIBE)


_SUBSCRIBE = (
    "AWS deletes a subscription that nobody confirms in time. Subscribe the address with `aws sns subscribe`, or set "
    "the address in the settings and deploy."
)


def _shown(endpoint: str) -> str:
    """Return addresses and ARNs as they are, and not as links to be taken apart."""
    return endpoint if endpoint.isprintable() and " " not in endpoint else quoted(endpoint)
