"""Schedules in local time: what EventBridge Scheduler may do for them, and what becomes of what it cannot deliver."""

from tests.template.synthesized import Synthesized


def test_a_schedule_tries_for_an_hour_and_then_leaves_a_dead_letter(chosen: Synthesized) -> None:
    targets = [schedule["Target"] for schedule in chosen.all("AWS::Scheduler::Schedule").values()]

    assert targets
    for target in targets:
        assert target["DeadLetterConfig"] == {"Arn": "Triggers/Undelivered.Arn"}
        assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 3_600, "MaximumRetryAttempts": 185}


def test_a_schedule_may_start_its_own_machine_and_nothing_else(chosen: Synthesized) -> None:
    for schedule in chosen.all("AWS::Scheduler::Schedule").values():
        target = schedule["Target"]
        assert chosen.permissions(target["RoleArn"].removesuffix(".Arn")) == {
            "states:StartExecution": [target["Arn"]],
            "sqs:SendMessage": ["Triggers/Undelivered.Arn"],
        }


def test_only_the_schedules_of_their_own_group_get_their_roles(chosen: Synthesized) -> None:
    roles = chosen.all("AWS::IAM::Role")

    for schedule in chosen.all("AWS::Scheduler::Schedule").values():
        role = roles[schedule["Target"]["RoleArn"].removesuffix(".Arn")]
        [statement] = role["AssumeRolePolicyDocument"]["Statement"]
        assert statement["Principal"] == {"Service": "scheduler.amazonaws.com"}
        assert statement["Condition"] == {
            "StringEquals": {"aws:SourceAccount": "${AWS::AccountId}", "aws:SourceArn": "Triggers/Schedules.Arn"}
        }
