"""Notifications arrive, encrypted all the way; and what cannot be delivered lies in a queue."""

from typing import Any

import pytest

from tests.template.synthesized import Synthesized

QUEUES = {
    "Functions/Untold",
    "Notifications/Undelivered",
    "EndingsNet/Undelivered",
    "Triggers/Undelivered",
    "Leases/Undelivered",
    "Watch/Undelivered",
    "Functions/Unwatched",
    "Functions/Unforgotten",
}


def statements(policy: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the statements of a resource's policy."""
    found: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return found


def test_each_topic_is_encrypted_with_a_key_of_its_own_that_is_rotated(synthesized: Synthesized) -> None:
    topics, keys = synthesized.all("AWS::SNS::Topic"), synthesized.all("AWS::KMS::Key")

    assert {name: topic["KmsMasterKeyId"] for name, topic in topics.items()} == {
        "Notifications/Topic": "Notifications/Key.Arn",
        "Alarms/Topic": "Alarms/Key.Arn",
    }
    assert {name: key["EnableKeyRotation"] for name, key in keys.items()} == dict.fromkeys(
        ("Notifications/Key", "Alarms/Key"), True
    )


def test_topics_and_queues_are_reached_over_tls_only(synthesized: Synthesized) -> None:
    policies = {
        name: statements(policy)
        for kind, named in (("AWS::SNS::TopicPolicy", "Topics"), ("AWS::SQS::QueuePolicy", "Queues"))
        for policy in synthesized.all(kind).values()
        for name in policy[named]
    }

    assert set(policies) == {"Notifications/Topic", "Alarms/Topic", *QUEUES}
    for name, found in policies.items():
        denied = [s for s in found if s["Effect"] == "Deny"]
        assert [s["Condition"] for s in denied] == [{"Bool": {"aws:SecureTransport": "false"}}], name
        assert denied[0]["Principal"] in ("*", {"AWS": "*"})


def test_queues_are_encrypted_and_keep_what_they_get_as_long_as_sqs_can(synthesized: Synthesized) -> None:
    queues = synthesized.all("AWS::SQS::Queue")

    assert set(queues) == QUEUES
    for queue in queues.values():
        assert queue["SqsManagedSseEnabled"] is True
        assert queue["MessageRetentionPeriod"] == 14 * 86_400


def test_tables_are_recoverable_and_paid_by_the_request(synthesized: Synthesized) -> None:
    tables = synthesized.all("AWS::DynamoDB::Table")

    assert tables["Notifications/Told"]["TimeToLiveSpecification"] == {"AttributeName": "ExpiresAt", "Enabled": True}
    for table in tables.values():
        assert table["BillingMode"] == "PAY_PER_REQUEST"
        assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True


def test_every_target_of_every_rule_is_tried_again_and_then_dead_lettered(synthesized: Synthesized) -> None:
    rules = synthesized.all("AWS::Events::Rule")

    for name, rule in rules.items():
        for target in rule["Targets"]:
            queue = target["DeadLetterConfig"]["Arn"].removesuffix(".Arn")
            assert queue in QUEUES
            assert target["RetryPolicy"]["MaximumRetryAttempts"] > 0
            assert target["RetryPolicy"]["MaximumEventAgeInSeconds"] >= 3_600
            assert takes_from(synthesized, queue, f"{name}.Arn"), f"{name} may not write to {queue}"


def test_every_schedule_is_tried_for_an_hour_and_then_dead_lettered(chosen: Synthesized) -> None:
    schedules = chosen.all("AWS::Scheduler::Schedule").values()

    assert schedules
    for schedule in schedules:
        assert schedule["Target"]["DeadLetterConfig"] == {"Arn": "Triggers/Undelivered.Arn"}
        assert schedule["Target"]["RetryPolicy"] == {"MaximumRetryAttempts": 185, "MaximumEventAgeInSeconds": 3_600}


def test_a_schedule_is_not_there_before_its_role_may_start_the_machine(chosen: Synthesized) -> None:
    resources = chosen.template["Resources"]
    policies = {name for name, one in resources.items() if one["Type"] == "AWS::IAM::Policy"}
    for schedule in (one for one in resources.values() if one["Type"] == "AWS::Scheduler::Schedule"):
        role = schedule["Properties"]["Target"]["RoleArn"]["Fn::GetAtt"][0]
        [policy] = policies & set(schedule["DependsOn"])
        assert resources[policy]["Properties"]["Roles"] == [{"Ref": role}]


def takes_from(synthesized: Synthesized, queue: str, rule_arn: str) -> bool:
    """Whether the queue takes messages from the rule."""
    return any(
        (s["Effect"], s["Action"], s["Principal"]) == ("Allow", "sqs:SendMessage", {"Service": "events.amazonaws.com"})
        and s["Condition"] == {"ArnEquals": {"aws:SourceArn": rule_arn}}
        for policy in synthesized.all("AWS::SQS::QueuePolicy").values()
        if policy["Queues"] == [queue]
        for s in statements(policy)
    )


def test_what_a_function_fails_at_after_it_was_accepted_is_dead_lettered(synthesized: Synthesized) -> None:
    configs = synthesized.all("AWS::Lambda::EventInvokeConfig").values()

    assert {config["FunctionName"]: config["DestinationConfig"] for config in configs} == {
        "Functions/Notify": {"OnFailure": {"Destination": "Functions/Untold.Arn"}},
        "Functions/ForgetVersions": {"OnFailure": {"Destination": "Functions/Unforgotten.Arn"}},
        "Functions/WatchModels": {"OnFailure": {"Destination": "Functions/Unwatched.Arn"}},
    }
    assert {config["MaximumRetryAttempts"] for config in configs} == {2}


def test_the_net_catches_every_end_of_all_machines_executions(synthesized: Synthesized) -> None:
    net = synthesized.all("AWS::Events::Rule")["EndingsNet/Rule"]

    assert net["EventPattern"] == {
        "source": ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        "detail": {
            "stateMachineArn": [
                f"{verb}{which}/StateMachine" for which in ("Workflow", "FleetWorkflow") for verb in ("Start", "Stop")
            ],
            "status": ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"],
        },
    }
    assert [target["Arn"] for target in net["Targets"]] == ["Functions/Notify.Arn"]
    assert not {"Input", "InputPath", "InputTransformer"} & set(net["Targets"][0])


@pytest.mark.parametrize(
    ("synthesized", "emails"),
    [("default", set()), ("chosen", {"ops@example.com", "dev@example.com"})],
    indirect=["synthesized"],
)
def test_e_mail_addresses_of_the_settings_are_subscribed(synthesized: Synthesized, emails: set[str]) -> None:
    every = synthesized.all("AWS::SNS::Subscription").values()
    subscriptions = [one for one in every if one["TopicArn"] == "Notifications/Topic"]

    assert {(s["Protocol"], s["Endpoint"]) for s in subscriptions} == {("email", email) for email in emails}
    for subscription in subscriptions:
        assert subscription["RedrivePolicy"] == {"deadLetterTargetArn": "Notifications/Undelivered.Arn"}
