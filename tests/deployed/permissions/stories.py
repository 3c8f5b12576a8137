"""Short lives that together need every permission of the app."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local.iam.evaluator import Question, Verdict
from tests.deployed.lifecycle import Lifecycle
from tests.deployed.services import BOTH, LOOKOUT_VISION, REKOGNITION
from tests.deployed.someone import Someone

SETTINGS = {
    # What it takes beyond that with AWS's keys is for these statements alone, so all others are tried as well.
    "encryption": "customer",
    "notification_emails": ["nobody@example.invalid"],
    "watched_services": json.dumps([service.name for service in BOTH]),
    "warn_after_hours": 0.5,
    "budget_usd": 1_000_000,
    "stop_after_hours_unleased": 2,
    "schedules": json.dumps(
        [
            {
                "name": "late",
                "time_zone": "Europe/Berlin",
                "start": "cron(30 23 * * ? *)",
                "stop": "cron(45 23 * * ? *)",
                "model": LOOKOUT_VISION.model,
            }
        ]
    ),
}
PROJECT = "arn:aws:rekognition:us-east-1:123456789012:project/parts/1767603600000"
HOUR = 3_600
DAY = 24 * HOUR
LATE = timedelta(hours=22, minutes=25)
"""When in UTC it is five minutes until the schedules begin."""
DENIED = {"Error": "AccessDeniedException"}


Story = Callable[[Lifecycle], None]


@dataclass(frozen=True)
class Judged:
    """What IAM was asked while a story went on, and what it refused, but for what a policy forbids to everybody."""

    questions: Sequence[tuple[Question, Verdict]]
    refused: Sequence[str]


def live(lifecycle: Lifecycle, *stories: Story) -> dict[Story, Judged]:
    """Let stories happen, or all, one after another."""
    found = {}
    for story in stories or STORIES:
        lifecycle.let_the_watch_pass()
        lifecycle.aws.iam.forget()
        story(lifecycle)
        refused = [str(each) for each in lifecycle.aws.iam.refusals if not each.denied_by]
        found[story] = Judged(lifecycle.aws.iam.judged, refused)
        lifecycle.forget()
    return found


def _machines_anew(lifecycle: Lifecycle) -> None:
    """Put the machines once more, with their roles and logs, and the logs with their keys."""
    machines = lifecycle.aws.client("stepfunctions")
    for arn in _machines(lifecycle):
        machine = machines.describe_state_machine(stateMachineArn=arn)
        made_of = {name: machine[name] for name in ("definition", "roleArn", "loggingConfiguration")}
        machines.update_state_machine(stateMachineArn=arn, **made_of)
    logs = lifecycle.aws.client("logs")
    for page in logs.get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            logs.associate_kms_key(logGroupName=group["logGroupName"], kmsKeyId=group["kmsKeyId"])


def _before_versions(lifecycle: Lifecycle) -> None:
    """Go on with executions of a release whose definitions name no versions."""
    machines = lifecycle.aws.client("stepfunctions")
    now = {arn: machines.describe_state_machine(stateMachineArn=arn)["definition"] for arn in _machines(lifecycle)}
    for arn, definition in now.items():
        before = re.sub(r"(:function:[\w-]+):\d+", r"\1", definition)
        assert before != definition
        machines.update_state_machine(stateMachineArn=arn, definition=before)
    try:
        lifecycle.given(REKOGNITION.script(StartSeconds=60, StopSeconds=60))
        assert lifecycle.run(REKOGNITION.model).status == "SUCCEEDED"
        assert lifecycle.run_stop(REKOGNITION.model).status == "SUCCEEDED"
        for begin in (lifecycle.start_all, lifecycle.stop_all):
            assert lifecycle.end_of(begin({"Models": [REKOGNITION.model]})).status == "SUCCEEDED"
    finally:
        for arn, definition in now.items():
            machines.update_state_machine(stateMachineArn=arn, definition=definition)


def _leases(lifecycle: Lifecycle) -> None:
    lifecycle.given(*(service.script(StartSeconds=60, StopSeconds=60) for service in BOTH))
    lifecycle.send({**REKOGNITION.model, "StopAfterSeconds": 1_200})
    lifecycle.start({**LOOKOUT_VISION.model, "StopAfterSeconds": 1_200})
    lifecycle.pass_time(300)
    # A later end moves the stop.
    lifecycle.start({**REKOGNITION.model, "StopAfterSeconds": 1_800})
    lifecycle.pass_time(2_400)
    for service in BOTH:
        lifecycle.run({**service.model, "StopAfterSeconds": HOUR})
        lifecycle.run_stop(service.model)
    lifecycle.send(REKOGNITION.model, "Stop Model")
    lifecycle.settle()


def _clean_up(lifecycle: Lifecycle) -> None:
    lifecycle.given(*(service.script(StartEndsIn=service.starting) for service in BOTH))
    for service in BOTH:
        lifecycle.run({**service.model, "StartTimeoutSeconds": 60, "StopTimeoutSeconds": 60})
    lifecycle.settle()


def _redrives(lifecycle: Lifecycle) -> None:
    """Let the net tell what no state can tell, and the end of a redrive that failed again."""
    never = [{"Operation": "Publish", "Error": "InternalError", "Caller": "Notify", "Times": 9}]
    lifecycle.given(REKOGNITION.script(StartSeconds=60, StartEndsIn="FAILED"), faults=never)
    start = lifecycle.run(REKOGNITION.model).arn
    never.append({"Operation": REKOGNITION.stop, **DENIED})
    lifecycle.given(REKOGNITION.script(Status="RUNNING"), faults=never)
    stop = lifecycle.run_stop(REKOGNITION.model).arn
    for arn in (start, stop):
        lifecycle.redrive(arn)
        lifecycle.end_of(arn)
    for begin in (lifecycle.start, lifecycle.stop):
        for service in BOTH:
            lifecycle.given(service.script(Status=service.stopped if begin == lifecycle.start else service.running))
            arn = begin(service.model)
            lifecycle.pass_time(2)
            lifecycle.abort(arn)
            lifecycle.end_of(arn)


def _watch(lifecycle: Lifecycle) -> None:
    # A look that is its first one.
    lifecycle.aws.functions.end_idle()
    once = {"Operation": "Publish", "Error": "InternalError", "Times": 1}
    lifecycle.given(*(service.script(StartSeconds=60, StopSeconds=60) for service in BOTH), faults=[once])
    for service in BOTH:
        Someone(lifecycle.aws, service).starts()
    lifecycle.pass_time(4 * HOUR)
    lifecycle.forget()
    lifecycle.given(REKOGNITION.script(StartSeconds=60))
    lifecycle.run({**REKOGNITION.model, "StopAfterSeconds": 6 * HOUR})
    for schedule in lifecycle.armed():
        lifecycle.aws.client("scheduler").delete_schedule(GroupName=schedule["GroupName"], Name=schedule["Name"])
    lifecycle.pass_time(HOUR)
    Someone(lifecycle.aws, REKOGNITION).stops()
    lifecycle.pass_time(2 * HOUR)
    # A start of which it is not known what became.
    lifecycle.given(REKOGNITION.script(StartSeconds=2 * HOUR))
    arn = lifecycle.start({**REKOGNITION.model, "StopAfterSeconds": 6 * HOUR, "PollIntervalSeconds": 600})
    lifecycle.pass_time(2 * HOUR)
    lifecycle.abort(arn)
    lifecycle.pass_time(4 * HOUR)


def _schedules(lifecycle: Lifecycle) -> None:
    lifecycle.given(LOOKOUT_VISION.script(StartSeconds=60, StopSeconds=60))
    _wait_for_the_late_evening(lifecycle)
    lifecycle.pass_time(HOUR)


def _lost(lifecycle: Lifecycle) -> None:
    """Send what cannot be delivered, and what a function fails at whatever is tried."""
    lifecycle.given(REKOGNITION.script(StartSeconds=10), LOOKOUT_VISION.script(StartSeconds=600))
    lifecycle.run({**REKOGNITION.model, "StopAfterSeconds": 600})
    ends = lifecycle.start(LOOKOUT_VISION.model)
    lifecycle.pass_time(2)
    refused = ({"Operation": "StartExecution", **DENIED}, {"Operation": "Invoke", **DENIED})
    lifecycle.given_faults(*refused)
    lifecycle.abort(ends)
    lifecycle.pass_time(700)
    for detail_type in ("Start Model", "Stop Model", "Start Models", "Stop Models"):
        lifecycle.send(REKOGNITION.model, detail_type)
    _wait_for_the_late_evening(lifecycle)
    # Until it is time for the daily look for old versions.
    lifecycle.pass_time(13 * HOUR)
    lifecycle.given_faults(
        {"Operation": "ListVersionsByFunction", **DENIED}, {"Operation": "DescribeProjects", **DENIED}
    )
    lifecycle.pass_time(25 * HOUR)
    lifecycle.given(REKOGNITION.script(StartSeconds=60), faults=[{"Operation": "Publish", "Error": "InternalError"}])
    lifecycle.abort(lifecycle.start(REKOGNITION.model))
    lifecycle.settle()


def _alarms(lifecycle: Lifecycle) -> None:
    """Alarms are heard, and so is an operator who tries their topic."""
    aws, topic = lifecycle.aws, lifecycle.outputs["AlarmTopicArn"]
    cloudwatch, iam = aws.client("cloudwatch"), aws.client("iam")
    [name, *_] = [alarm["AlarmName"] for alarm in cloudwatch.describe_alarms()["MetricAlarms"]]
    for state in ("OK", "ALARM"):
        cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="somebody tries it")
    actions = ["sns:Publish", "kms:Decrypt", "kms:GenerateDataKey"]
    may = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]})
    iam.create_user(UserName="operator")
    iam.put_user_policy(UserName="operator", PolicyName="tries", PolicyDocument=may)
    try:
        aws.client("sns", key="user:operator").publish(TopicArn=topic, Subject="it", Message="{}")
    finally:
        iam.delete_user_policy(UserName="operator", PolicyName="tries")
        iam.delete_user(UserName="operator")


def _insecure(lifecycle: Lifecycle) -> None:
    """Somebody speaks plain HTTP to a queue, and to a topic."""
    sqs, sns = (_without_tls(lifecycle, service) for service in ("sqs", "sns"))
    topics = [lifecycle.outputs[name] for name in ("NotificationTopicArn", "AlarmTopicArn")]
    asks = [partial(sns.publish, TopicArn=topic, Subject="it", Message="{}") for topic in topics]
    queues = sqs.list_queues(QueueNamePrefix="ModelLifecycle")["QueueUrls"]
    asks += [partial(sqs.send_message, QueueUrl=url, MessageBody="it") for url in queues]
    for ask in asks:
        with pytest.raises(ClientError, match="explicit deny in a resource-based policy"):
            ask()


def _old_versions(lifecycle: Lifecycle) -> None:
    """Of two newer versions of each function the older one is to be forgotten: no machine and no execution names it."""
    functions = lifecycle.aws.client("lambda")
    machines = lifecycle.aws.client("stepfunctions")
    definitions = [machines.describe_state_machine(stateMachineArn=arn) for arn in _machines(lifecycle)]
    for name in _functions_called(definitions):
        now = functions.get_function_configuration(FunctionName=name)["MemorySize"]
        for more in (1, 2):
            functions.update_function_configuration(FunctionName=name, MemorySize=now + more)
            functions.publish_version(FunctionName=name)
    with lifecycle.unwatched():
        lifecycle.pass_time(3 * DAY)
        lifecycle.given(*(service.script(StartSeconds=60) for service in BOTH))
        of_each = (lifecycle.start(REKOGNITION.model), lifecycle.stop(LOOKOUT_VISION.model))
        fleets = (begin({"Models": [REKOGNITION.model]}) for begin in (lifecycle.start_all, lifecycle.stop_all))
        for arn in (*of_each, *fleets):
            lifecycle.abort(arn)
        lifecycle.pass_time(14 * DAY)


def _functions_called(definitions: list[dict[str, Any]]) -> set[str]:
    words = {word for machine in definitions for word in machine["definition"].split('"') if ":function:" in word}
    return {word.split(":")[6] for word in words}


def _fleets(lifecycle: Lifecycle) -> None:
    """Start and stop fleets by events, abort one of each kind, and let one fail twice."""
    fails = [{"Operation": service.stop, **DENIED} for service in BOTH]
    behaviour = {"StartSeconds": 60, "StopSeconds": 60}
    lifecycle.given(REKOGNITION.script(ProjectArn=PROJECT, **behaviour), LOOKOUT_VISION.script(**behaviour))
    everything = (
        {"ProjectArn": PROJECT, "All": True},
        {"ProjectName": LOOKOUT_VISION.model["ProjectName"], "All": True},
    )
    models = {"Models": [service.model for service in BOTH]}
    for project in everything:
        lifecycle.send(project, "Start Models")
    lifecycle.settle()
    lifecycle.given_faults(*fails)
    fleet = lifecycle.stop_all(models)
    lifecycle.end_of(fleet)
    lifecycle.redrive(fleet)
    lifecycle.end_of(fleet)
    lifecycle.given_faults()
    lifecycle.send(models, "Stop Models")
    lifecycle.settle()
    newest = {"ProjectName": LOOKOUT_VISION.model["ProjectName"], "Version": "newest"}
    assert {lifecycle.run(newest).status, lifecycle.run_stop(newest).status} == {"SUCCEEDED"}
    fleet = lifecycle.start_all({"Models": [REKOGNITION.model, "nothing"]})
    lifecycle.end_of(fleet)
    lifecycle.redrive(fleet)
    lifecycle.end_of(fleet)
    for begin in (lifecycle.start_all, lifecycle.stop_all):
        arn = begin(models)
        lifecycle.pass_time(2)
        lifecycle.abort(arn)
        lifecycle.settle()


def _machines(lifecycle: Lifecycle) -> list[str]:
    return [arn for name, arn in lifecycle.outputs.items() if name.endswith("StateMachineArn")]


def _wait_for_the_late_evening(lifecycle: Lifecycle) -> None:
    now = lifecycle.clock.now()
    late = now.replace(hour=0, minute=0, second=0, microsecond=0) + LATE
    lifecycle.pass_time(((late - now) % timedelta(days=1)).total_seconds())


def _without_tls(lifecycle: Lifecycle, service: str) -> Any:
    client = lifecycle.aws.client(service, config=Config(user_agent_extra="plain"))

    def say_so(request: Any, **_: Any) -> None:
        request.headers["X-Forwarded-Proto"] = "http"

    client.meta.events.register("before-sign", say_so)
    return client


STORIES: tuple[Story, ...] = (
    _machines_anew,
    _before_versions,
    _leases,
    _schedules,
    _fleets,
    _lost,
    _clean_up,
    _redrives,
    _watch,
    _alarms,
    _insecure,
    _old_versions,
)
