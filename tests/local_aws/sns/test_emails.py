"""The e-mails that subscribers get."""

import json
from uuid import uuid4

from local.server import LocalAws
from local.sns.subscriptions import Email
from tests.local_aws.acting_aws import messages, open_queue


def test_each_reader_gets_the_text_for_people_of_what_its_filter_lets_pass(aws: LocalAws) -> None:
    heard: list[Email] = []
    aws.listen(lambda news: heard.append(news) if isinstance(news, Email) else None)
    sns = aws.client("sns")
    topic = sns.create_topic(Name=f"topic-{uuid4()}")["TopicArn"]
    for address, wanted in (("all@example.com", {}), ("ends@example.com", {"Outcome": ["Stopped"]})):
        policy = {"FilterPolicy": json.dumps(wanted)} if wanted else {}
        sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=address, Attributes=policy)

    for outcome in ("Running", "Stopped"):
        sns.publish(
            TopicArn=topic,
            Subject=outcome,
            Message=json.dumps({"default": "{}", "email": f"It is {outcome}."}),
            MessageStructure="json",
            MessageAttributes={"Outcome": {"DataType": "String", "StringValue": outcome}},
        )
    sns.publish(TopicArn=topic, Message="plain")

    assert [(email.address.partition("@")[0], email.subject, email.text) for email in heard] == [
        ("all", "Running", "It is Running."),
        ("all", "Stopped", "It is Stopped."),
        ("ends", "Stopped", "It is Stopped."),
        ("all", "AWS Notification Message", "plain"),
    ]
    assert heard[1].message_id == heard[2].message_id


def test_a_dead_letter_is_the_notification_as_its_subscriber_was_to_get_it(aws: LocalAws) -> None:
    sns, queue = aws.client("sns"), open_queue(aws, f"queue-{uuid4()}")
    topic = sns.create_topic(Name=f"topic-{uuid4()}")["TopicArn"]
    redrive = {"RedrivePolicy": json.dumps({"deadLetterTargetArn": queue})}
    subscribed = {"TopicArn": topic, "Protocol": "email", "Endpoint": "nobody@example.invalid", "Attributes": redrive}
    subscription = sns.subscribe(**subscribed)["SubscriptionArn"]

    sent = {"Message": json.dumps({"default": "{}", "email": "It runs."}), "MessageStructure": "json"}
    outcome = {"Outcome": {"DataType": "String", "StringValue": "Running"}}
    sns.publish(TopicArn=topic, Subject="Running", MessageAttributes=outcome, **sent)

    [letter] = messages(aws, queue)
    written = json.loads(letter["Body"])
    assert [written[name] for name in ("Type", "TopicArn", "Subject", "Message")] == [
        "Notification",
        topic,
        "Running",
        "It runs.",
    ]
    assert written["MessageAttributes"] == {"Outcome": {"Type": "String", "Value": "Running"}}
    assert written["UnsubscribeURL"].endswith(f"SubscriptionArn={subscription}")
