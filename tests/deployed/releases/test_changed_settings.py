"""Deploys over each other with changed settings: they keep what was there, and add what is new."""

import pytest

from local.account import Account
from local.clock.clock import VirtualClock
from local.commands.cdk import deploy
from local.server import LocalAws
from settings.settings import Settings
from tests.template.changed_settings import IN_ONE
from tests.template.synthesized import deploys_made_once
from tests.worlds import MONDAY, Worlds

SCHEDULED = {
    name: {
        (execution.action, execution.expression, execution.time_zone or "Etc/UTC")
        for schedule in Settings.from_context(settings).schedules
        for execution in schedule.executions
    }
    for name, settings in IN_ONE.items()
}


def scheduled(aws: Account) -> set[tuple[str, str, str]]:
    """Return what the schedules of the stack start: start or stop, when, and in which time zone."""
    api = aws.client("scheduler")
    listed = [one for page in api.get_paginator("list_schedules").paginate() for one in page["Schedules"]]
    found = [api.get_schedule(Name=one["Name"], GroupName=one["GroupName"]) for one in listed]
    return {
        (
            one["Target"]["Arn"].rpartition(":")[2].removesuffix("-model"),
            one["ScheduleExpression"],
            one["ScheduleExpressionTimezone"],
        )
        for one in found
    }


def subscribed(aws: Account, topic: str) -> dict[str, str]:
    subscriptions = aws.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    return {one["Endpoint"]: one["SubscriptionArn"] for one in subscriptions}


@pytest.fixture
def aws(worlds: Worlds) -> LocalAws:
    worlds.leave()
    return LocalAws(clock=VirtualClock(MONDAY))


@pytest.mark.soak
def test_settings_change_over_what_is_deployed(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = deploys_made_once("changed-in_one", tmp_path_factory, IN_ONE)
    with aws:
        outputs = deploy(aws, assembly=folder / "chosen")
        topic, sqs = outputs["NotificationTopicArn"], aws.client("sqs")
        [queue] = [url for url in sqs.list_queues()["QueueUrls"] if "TriggersUndelivered" in url]
        sqs.send_message(QueueUrl=queue, MessageBody="kept")
        before = subscribed(aws, topic)
        assert scheduled(aws) == SCHEDULED["chosen"]

        for name in ("all others", "other forms", "default"):
            assert deploy(aws, assembly=folder / name) == outputs
            assert scheduled(aws) == SCHEDULED[name]
            now = subscribed(aws, topic)
            assert now.keys() == set(IN_ONE[name].get("notification_emails", []))
            assert {address: now[address] for address in now.keys() & before.keys()}.items() <= before.items()
            before = now

        [message] = sqs.receive_message(QueueUrl=queue)["Messages"]
        assert message["Body"] == "kept"
