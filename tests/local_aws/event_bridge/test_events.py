"""EventBridge in the local AWS: rules that reach their targets, and schedules that fire."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.events import models

from local.network import faults
from tests.local_aws.acting_aws import DAY, DEAD, HOUR, QUEUE, TOPIC, ActingAws, heard, hearing_aws, messages, policy

# A Monday.
START = datetime(2026, 1, 5, 7, 0, tzinfo=UTC)


@pytest.fixture
def aws() -> Iterator[ActingAws]:
    with hearing_aws(START) as opened:
        yield opened


@pytest.fixture
def events(aws: ActingAws) -> Any:
    return aws.api("events")


def rule(events: Any, *, pattern: Any = None, schedule: str | None = None, **target: Any) -> None:
    """Create the rule `it` with one target, the queue unless said otherwise."""
    how = {"EventPattern": json.dumps(pattern)} if pattern else {"ScheduleExpression": schedule}
    events.put_rule(Name="it", **how)
    events.put_targets(Rule="it", Targets=[{"Id": "1", "Arn": QUEUE, **target}])


def send(events: Any, detail: Any = None, **entry: Any) -> dict[str, Any]:
    """Send one event, and return its entry in the answer."""
    whole = {"Source": "shop", "DetailType": "Order", "Detail": json.dumps(detail or {"n": 1}), **entry}
    [answered] = events.put_events(Entries=[whole])["Entries"]
    return dict(answered)


def test_an_event_that_matches_reaches_the_target_whole(aws: ActingAws, events: Any) -> None:
    rule(events, pattern={"source": ["shop"]})

    sent = send(events, {"n": 1}, Resources=["arn:it"])
    send(events, Source="other")

    assert heard(aws) == [
        {
            "version": "0",
            "id": sent["EventId"],
            "detail-type": "Order",
            "source": "shop",
            "account": "123456789012",
            "time": "2026-01-05T07:00:00Z",
            "region": "us-east-1",
            "resources": ["arn:it"],
            "detail": {"n": 1},
        }
    ]


def test_a_disabled_rule_hears_nothing(aws: ActingAws, events: Any) -> None:
    rule(events, pattern={"source": ["shop"]})
    events.disable_rule(Name="it")

    send(events)

    assert heard(aws) == []
    events.enable_rule(Name="it")
    send(events)
    assert len(heard(aws)) == 1


def test_a_rule_with_a_schedule_gets_no_events(aws: ActingAws, events: Any) -> None:
    rule(events, schedule="rate(1 hour)")

    send(events)

    assert heard(aws) == []


def test_a_target_gets_the_input_that_it_asks_for(aws: ActingAws, events: Any) -> None:
    transformer = {
        "InputPathsMap": {"n": "$.detail.n"},
        "InputTemplate": '{"number": <n>, "rule": "<aws.events.rule-name>"}',
    }
    rule(events, pattern={"source": ["shop"]}, InputTransformer=transformer)

    send(events, {"n": 3})

    assert heard(aws) == [{"number": 3, "rule": "it"}]


def test_a_topic_is_a_target(aws: ActingAws, events: Any) -> None:
    sns = aws.api("sns")
    lets = policy({"Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": TOPIC})
    sns.create_topic(Name="told", Attributes={"Policy": lets})
    sns.subscribe(TopicArn=TOPIC, Protocol="sqs", Endpoint=QUEUE, Attributes={"RawMessageDelivery": "true"})
    rule(events, pattern={"source": ["shop"]}, Arn=TOPIC, InputPath="$.detail")

    send(events)

    assert heard(aws) == [{"n": 1}]


@pytest.mark.parametrize(
    ("arn", "service", "operation", "parameter"),
    [
        ("arn:aws:states:us-east-1:123456789012:stateMachine:start-model", "stepfunctions", "StartExecution", "input"),
        ("arn:aws:lambda:us-east-1:123456789012:function:notify", "lambda", "Invoke", "Payload"),
    ],
)
def test_a_state_machine_and_a_function_are_asked_through_their_api(
    aws: ActingAws, events: Any, arn: str, service: str, operation: str, parameter: str
) -> None:
    rule(events, pattern={"source": ["shop"]}, Arn=arn, InputPath="$.detail")

    send(events, {"n": 7})
    aws.clock.wait(1)

    [call] = faults.calls(operation)
    assert call.service == service
    assert json.loads(call.parameters[parameter]) == {"n": 7}
    assert call.parameters.get("InvocationType", "Event") == "Event"


def test_what_cannot_be_delivered_is_tried_again_later(aws: ActingAws, events: Any) -> None:
    aws.play(faulty=[{"Operation": "SendMessage", "Error": "ThrottlingException", "Times": 2}])
    rule(events, pattern={"source": ["shop"]}, DeadLetterConfig={"Arn": DEAD})

    sent = send(events)

    assert heard(aws) == []
    assert [event["id"] for event in heard(aws, after=10)] == [sent["EventId"]]
    assert heard(aws, queue="dead") == []


def test_a_delivery_that_never_succeeds_goes_to_the_dead_letter_queue(aws: ActingAws, events: Any) -> None:
    aws.play(faulty=[{"Operation": "Publish", "Error": "InternalError"}])
    rule(
        events,
        pattern={"source": ["shop"]},
        Arn=TOPIC,
        DeadLetterConfig={"Arn": DEAD},
        RetryPolicy={"MaximumRetryAttempts": 3},
    )

    sent = send(events)
    aws.clock.wait(HOUR)

    [message] = messages(aws, "dead")
    assert json.loads(message["Body"])["id"] == sent["EventId"]
    assert {name: value["StringValue"] for name, value in message["MessageAttributes"].items()} == {
        "RULE_ARN": "arn:aws:events:us-east-1:123456789012:rule/it",
        "TARGET_ARN": TOPIC,
        "ERROR_CODE": "InternalError",
        "ERROR_MESSAGE": "The scenario says so.",
        "RETRY_ATTEMPTS": "3",
        "EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts",
    }
    assert len(faults.calls("Publish")) == 4


def test_an_event_that_is_too_old_is_not_tried_again(aws: ActingAws, events: Any) -> None:
    aws.play(faulty=[{"Operation": "Publish", "Error": "InternalError"}])
    policy = {"MaximumEventAgeInSeconds": 60, "MaximumRetryAttempts": 185}
    rule(events, pattern={"source": ["shop"]}, Arn=TOPIC, DeadLetterConfig={"Arn": DEAD}, RetryPolicy=policy)

    send(events)
    aws.clock.wait(61)

    [message] = messages(aws, "dead")
    assert message["MessageAttributes"]["EXHAUSTED_RETRY_CONDITION"]["StringValue"] == "MaximumEventAgeInSeconds"


def test_a_target_that_is_not_there_is_not_tried_again(aws: ActingAws, events: Any) -> None:
    rule(events, pattern={"source": ["shop"]}, Arn=TOPIC, DeadLetterConfig={"Arn": DEAD})

    send(events)
    aws.clock.wait(1)

    [message] = messages(aws, "dead")
    assert message["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "NotFound"
    assert message["MessageAttributes"]["RETRY_ATTEMPTS"]["StringValue"] == "0"


def test_an_attempt_whose_answer_was_lost_starts_no_second_execution(aws: ActingAws, events: Any) -> None:
    arn = "arn:aws:states:us-east-1:123456789012:stateMachine:start-model"
    aws.play(faulty=[{"Operation": "StartExecution", "Effect": "LoseAnswer", "Times": 1}])
    rule(events, pattern={"source": ["shop"]}, Arn=arn)

    send(events)
    aws.clock.wait(HOUR)

    first, second = faults.calls("StartExecution")
    assert first.parameters["name"] == second.parameters["name"]


def test_a_cron_rule_fires_at_its_times_in_utc(aws: ActingAws, events: Any) -> None:
    rule(events, schedule="cron(0 8 ? * MON-FRI *)")

    fired = heard(aws, after=7 * DAY)

    assert [event["time"] for event in fired] == [f"2026-01-{day:02}T08:00:00Z" for day in (5, 6, 7, 8, 9)]
    assert {name: fired[0][name] for name in ("detail-type", "source", "detail", "resources")} == {
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "detail": {},
        "resources": ["arn:aws:events:us-east-1:123456789012:rule/it"],
    }
    assert len({event["id"] for event in fired}) == 5


def test_a_rate_rule_fires_at_its_rate_with_the_target_s_input(aws: ActingAws, events: Any) -> None:
    rule(events, schedule="rate(6 hours)", Input='{"model": "parts"}')

    assert heard(aws, after=DAY) == [{"model": "parts"}] * 4


def test_a_schedule_ends_when_its_rule_is_disabled_and_begins_anew_when_enabled(aws: ActingAws, events: Any) -> None:
    rule(events, schedule="rate(1 hour)")
    assert len(heard(aws, after=HOUR)) == 1

    events.disable_rule(Name="it")
    assert heard(aws, after=5 * HOUR) == []

    events.enable_rule(Name="it")
    assert heard(aws, after=HOUR - 60) == []
    assert len(heard(aws, after=60)) == 1


def test_a_schedule_ends_when_its_rule_is_deleted(aws: ActingAws, events: Any) -> None:
    rule(events, schedule="rate(1 hour)")

    events.remove_targets(Rule="it", Ids=["1"])
    events.delete_rule(Name="it")

    assert heard(aws, after=DAY) == []


def test_a_rule_that_is_put_again_has_the_new_schedule_only(aws: ActingAws, events: Any) -> None:
    rule(events, schedule="rate(1 hour)")
    rule(events, schedule="rate(12 hours)")

    assert len(heard(aws, after=DAY)) == 2


@pytest.mark.parametrize("schedule", ["cron(0 8 * * MON-FRI *)", "rate(1 minutes)", "cron(61 * * * ? *)", "soon"])
def test_a_schedule_that_aws_does_not_take_is_refused(events: Any, schedule: str) -> None:
    with pytest.raises(ClientError, match="Parameter ScheduleExpression is not valid"):
        events.put_rule(Name="it", ScheduleExpression=schedule)


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"Detail": "[]"}, "MalformedDetail"),
        ({"Detail": "no JSON"}, "MalformedDetail"),
        ({"Source": ""}, "InvalidArgument"),
        ({"DetailType": ""}, "InvalidArgument"),
    ],
)
def test_an_entry_that_is_no_event_is_refused_alone(aws: ActingAws, events: Any, entry: Any, code: str) -> None:
    rule(events, pattern={"source": ["shop"]})
    good = {"Source": "shop", "DetailType": "Order", "Detail": "{}"}

    answer = events.put_events(Entries=[{**good, **entry}, good])

    assert answer["FailedEntryCount"] == 1
    assert answer["Entries"][0]["ErrorCode"] == code
    assert len(heard(aws)) == 1


def test_events_of_the_services_themselves_come_through_the_backend(aws: ActingAws, events: Any) -> None:
    rule(events, pattern={"source": ["aws.states"]})

    models.events_backends[aws.account_id][aws.region].take(
        {"Source": "aws.states", "DetailType": "Step Functions Execution Status Change", "Detail": '{"n": 1}'}
    )

    assert [event["detail"] for event in heard(aws)] == [{"n": 1}]


def test_moto_makes_its_rules_by_the_name_that_is_replaced() -> None:
    backend = models.EventsBackend("us-east-1", "123456789012")

    made = backend.put_rule("it", event_pattern='{"source": ["shop"]}')

    assert type(made) is models.Rule
    assert "Rule" in models.EventsBackend.put_rule.__globals__
