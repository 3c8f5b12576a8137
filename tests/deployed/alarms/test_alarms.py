"""Each alarm is raised by what it is about, heard on the topic of the alarms, raised again by the next, and ends."""

import json

import pytest

from tests.deployed.lifecycle import Lifecycle, name_of
from tests.deployed.services import REKOGNITION

MINUTE, HOUR, DAY = 60, 3_600, 86_400
QUEUES = {
    "UndeliveredRequests": "TriggersUndelivered",
    "UndeliveredStops": "LeasesUndelivered",
    "UndeliveredEndings": "EndingsNetUndelivered",
    "UndeliveredMessages": "NotificationsUndelivered",
    "UndeliveredWatch": "WatchUndelivered",
    "UnwatchedModels": "FunctionsUnwatched",
    "UnforgottenVersions": "FunctionsUnforgotten",
    "UntoldEndings": "FunctionsUntold",
}
"""By the alarm on new messages of a queue, a part of the queue's name."""


@pytest.fixture
def heard(lifecycle: Lifecycle) -> Lifecycle:
    """Return the stack, an hour after all that other tests have lost."""
    lifecycle.given(REKOGNITION.script(StartSeconds=60, StopSeconds=60))
    lifecycle.pass_time(HOUR + MINUTE)
    lifecycle.heard_alarms()
    assert raised(lifecycle) == set()
    return lifecycle


def raised(lifecycle: Lifecycle) -> set[str]:
    pages = lifecycle.aws.client("cloudwatch").get_paginator("describe_alarms").paginate(StateValue="ALARM")
    return {name_of(alarm) for page in pages for alarm in page["MetricAlarms"]}


def lose(lifecycle: Lifecycle) -> None:
    """Leave a message in every queue of what got lost."""
    sqs = lifecycle.aws.client("sqs")
    urls = sqs.list_queues(QueueNamePrefix="ModelLifecycle-")["QueueUrls"]
    for queue in QUEUES.values():
        [url] = [url for url in urls if f"ModelLifecycle-{queue}" in url]
        sqs.send_message(QueueUrl=url, MessageBody="{}")


def test_each_new_loss_and_each_old_one_is_heard_and_so_is_a_watch_that_does_not_run(heard: Lifecycle) -> None:
    for _ in range(2):
        lose(heard)
        heard.pass_time(2 * MINUTE)
        assert sorted(heard.heard_alarms()) == sorted(QUEUES)
        heard.pass_time(15 * MINUTE)
        assert raised(heard) == set()

    with heard.unwatched():
        heard.pass_time(3 * HOUR)
        assert heard.heard_alarms() == ["MissedWatch"]

        heard.pass_time(10 * DAY - 4 * HOUR)
        assert heard.heard_alarms() == []
        heard.pass_time(2 * HOUR)
        ages = {f"{name}Age" for name in QUEUES}
        assert set(heard.heard_alarms()) == ages
        assert raised(heard) == {*ages, "MissedWatch"}

        # SQS deletes what is two weeks old.
        heard.pass_time(4 * DAY)
    heard.pass_time(3 * HOUR + 10 * MINUTE)
    assert raised(heard) == set()
    assert heard.heard_alarms() == []


def test_what_fails_is_heard_although_the_topic_of_the_notifications_refuses_all(heard: Lifecycle) -> None:
    sns, topic = heard.aws.client("sns"), heard.outputs["NotificationTopicArn"]
    before = sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"]
    closed = {"Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Resource": topic}
    policy = {"Version": "2012-10-17", "Statement": [closed]}
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(policy))
    try:
        for begin in (heard.start, heard.stop):
            heard.abort(begin(REKOGNITION.model))
        heard.pass_time(HOUR)
    finally:
        sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=before)

    assert set(heard.heard_alarms()) == {"FailedStarts", "FailedStops", "FunctionErrors", "UntoldEndings"}
    heard.dead_letters("FunctionsUntold")
    heard.pass_time(HOUR)
    assert raised(heard) == set()


def test_a_function_that_lambda_does_not_run_is_heard_and_so_is_the_next_time(heard: Lifecycle) -> None:
    functions = heard.aws.client("lambda")
    start = next(
        each["FunctionName"] for each in functions.list_functions()["Functions"] if "StartModel" in each["FunctionName"]
    )
    for _ in range(2):
        functions.put_function_concurrency(FunctionName=start, ReservedConcurrentExecutions=0)
        execution = heard.start(REKOGNITION.model)
        heard.pass_time(2 * MINUTE)
        functions.delete_function_concurrency(FunctionName=start)
        assert heard.end_of(execution).status == "SUCCEEDED"
        assert heard.heard_alarms() == ["FunctionThrottles"]
        heard.run_stop(REKOGNITION.model)
        heard.pass_time(HOUR + 5 * MINUTE)
        assert raised(heard) == set()


def test_an_address_that_nobody_confirms_is_heard_of_after_a_day(heard: Lifecycle) -> None:
    for topic in ("NotificationTopicArn", "AlarmTopicArn"):
        asked = {"TopicArn": heard.outputs[topic], "Protocol": "email", "Endpoint": "nobody@example.test"}
        heard.aws.client("sns").subscribe(**asked)

    heard.pass_time(20 * HOUR)
    assert heard.heard_alarms() == []
    heard.pass_time(6 * HOUR)
    assert heard.heard_alarms() == ["UnconfirmedEmails"]
    # AWS has forgotten the request.
    heard.pass_time(26 * HOUR)
    assert raised(heard) == set()
