"""Every loss raises an alarm, which says all that an operator needs, and goes another way than the notifications."""

from re import search
from typing import Any

import pytest

from tests.template.conftest import TOPIC
from tests.template.stages import synthesized_stage
from tests.template.synthesized import Synthesized
from tests.template.test_limits import long
from tests.template.test_what_gets_lost import QUEUES

MOST_CHARACTERS = 1_024
"""Of an alarm's description."""


def alarms(synthesized: Synthesized) -> dict[str, dict[str, Any]]:
    return synthesized.all("AWS::CloudWatch::Alarm")


def written(synthesized: Synthesized) -> list[str]:
    """Return every alarm's text, with the longest that each name in it may become."""
    resources = synthesized.template["Resources"].values()
    found = [one["Properties"] for one in resources if one["Type"] == "AWS::CloudWatch::Alarm"]
    return [long(properties["AlarmDescription"]) for properties in found]


@pytest.mark.parametrize("metric", ["NumberOfMessagesSent", "ApproximateAgeOfOldestMessage"])
def test_every_queue_of_lost_things_raises_alarms_on_arrival_and_on_age(default: Synthesized, metric: str) -> None:
    of_queues = [alarm for alarm in alarms(default).values() if alarm.get("MetricName") == metric]

    assert sorted(alarm["Dimensions"][0]["Value"] for alarm in of_queues) == sorted(f"{q}.QueueName" for q in QUEUES)


def test_every_alarm_says_what_happened_what_to_do_and_how_it_ends(synthesized: Synthesized) -> None:
    for text in written(synthesized):
        assert len(text) <= MOST_CHARACTERS
        assert "This alarm ends by itself" in text
        assert search("`make redrive QUEUE=[A-Za-z]+` puts it back", text) or "There is no message to put back" in text


def test_with_a_stage_the_commands_in_alarms_name_it(tmp_path_factory: pytest.TempPathFactory) -> None:
    staged = synthesized_stage(tmp_path_factory)

    for text in written(staged):
        assert text.count("`make ") == text.count('ARGS="-c stage=team-a"`')
    assert all(f" {name}-team-a " in " ".join(written(staged)) for name in ("start-model", "stop-model"))
    # Those who are notified hear the alarms, since nobody else is named.
    assert sorted(one["TopicArn"] for one in staged.all("AWS::SNS::Subscription").values()) == [
        "Alarms/Topic",
        "Notifications/Topic",
    ]


@pytest.mark.parametrize(
    ("synthesized", "topics", "emails"),
    [("default", ["Alarms/Topic"], set()), ("chosen", ["Alarms/Topic", TOPIC], {"on-call@example.com"})],
    indirect=["synthesized"],
)
def test_alarms_go_to_their_own_topic_and_to_that_of_the_operators(
    synthesized: Synthesized, topics: list[str], emails: set[str]
) -> None:
    assert all(alarm["AlarmActions"] == topics for alarm in alarms(synthesized).values())
    subscriptions = synthesized.all("AWS::SNS::Subscription").values()
    assert {one["Endpoint"] for one in subscriptions if one["TopicArn"] == "Alarms/Topic"} == emails


def test_only_alarms_of_this_stack_may_publish_on_their_topic(synthesized: Synthesized) -> None:
    alarm = "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:${AWS::StackName}-*"
    this_account = {"StringEquals": {"aws:SourceAccount": "${AWS::AccountId}"}}
    allowed = {"Effect": "Allow", "Principal": {"Service": "cloudwatch.amazonaws.com"}}
    policies = [one["KeyPolicy"] for one in synthesized.all("AWS::KMS::Key").values()]
    policies += [one["PolicyDocument"] for one in synthesized.all("AWS::SNS::TopicPolicy").values()]

    every = [statement for policy in policies for statement in policy["Statement"]]
    use, publish = (one for one in every if one["Principal"] == allowed["Principal"])
    assert use == allowed | {
        "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
        "Resource": "*",
        "Condition": this_account,
    }
    of_this_stack = this_account | {"ArnLike": {"aws:SourceArn": alarm}}
    assert publish | {"Sid": ""} == allowed | {
        "Action": "sns:Publish",
        "Resource": "Alarms/Topic",
        "Condition": of_this_stack,
        "Sid": "",
    }


def test_a_deploy_whose_alarms_nobody_hears_says_so(default: Synthesized, chosen: Synthesized) -> None:
    assert default.template["Outputs"]["Recipients"]["Value"].startswith("Nobody is notified of ends and alarms: set ")
    assert "Recipients" not in chosen.template["Outputs"]
    warned = {file.name for file in default.folder.glob("*.json") if "nobody-is-notified" in file.read_text("utf-8")}
    assert warned >= {"ModelLifecycle.metadata.json"}
