"""`make doctor` on a deployed stack that is well, and on one of which everything is wrong."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from operations.aws import Aws
from operations.doctor.command import main
from operations.doctor.examination import Synthesis
from tests.deployed.conftest import EVERY_SERVICE
from tests.deployed.lifecycle import Lifecycle
from tests.deployed.services import LOOKOUT_VISION, REKOGNITION
from tests.template.synthesized import made_once

EVERY_MORNING = {"time_zone": "Europe/Berlin", "start": "cron(0 7 * * ? *)", "stop": "cron(0 18 * * ? *)"}
OTHER = "arn:aws:rekognition:us-east-1:123456789012:project/other/1767603600000"
Doctor = Callable[..., tuple[int, dict[str, list[tuple[str, str]]]]]


@pytest.fixture
def template(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what this checkout would deploy."""
    found: dict[str, Any] = json.loads(
        json.dumps(made_once("every service", tmp_path_factory, **EVERY_SERVICE).template)
    )
    return found


@pytest.fixture
def doctor(
    lifecycle: Lifecycle,
    template: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Doctor:
    """Return the command: its exit status, and by check what it says, each with how bad it is."""
    for name, value in lifecycle.aws.environment().items():
        monkeypatch.setenv(name, value)

    monkeypatch.setattr(Aws, "now", property(lambda _: lifecycle.clock.now()))

    def called(
        settings: Mapping[str, Any], *, synthesize: Synthesis = lambda *_, **__: template
    ) -> tuple[int, dict[str, list[tuple[str, str]]]]:
        given = {**EVERY_SERVICE, **settings}
        texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in given.items()}
        words = [word for name, text in texts.items() for word in ("-c", f"{name}={text}")]
        status = main([*words, "--json"], synthesize=synthesize)
        found: dict[str, list[tuple[str, str]]] = {}
        for finding in json.loads(capsys.readouterr().out)["Findings"]:
            says = " ".join(filter(None, (finding["Says"], finding["Mend"])))
            found.setdefault(finding["Check"], []).append((finding["Level"], says))
        return status, found

    return called


def test_a_stack_that_is_well_is_told_so_and_nothing_is_left_behind(lifecycle: Lifecycle, doctor: Doctor) -> None:
    lifecycle.given(REKOGNITION.script(), LOOKOUT_VISION.script(Status="HOSTED"), Quotas={"RunningModels": 7})
    runs = [
        {"name": service.name, "model": service.model, **EVERY_MORNING} for service in (REKOGNITION, LOOKOUT_VISION)
    ]
    # Alarms of what other tests lost are over in an hour.
    lifecycle.pass_time(4_000)
    stacks = lifecycle.aws.client("cloudformation")
    before = stacks.list_change_sets(StackName="ModelLifecycle")["Summaries"]

    status, found = doctor({"schedules": runs})

    assert [each for answers in found.values() for each in answers if each[0] != "ok"] == []
    assert status == 0
    assert list(found) == [
        "credentials",
        "bootstrap",
        "services",
        "models",
        "quotas",
        "schedules",
        "stack",
        "checkout",
        "triggers",
        "subscriptions",
        "alarms",
        "dead letters",
    ]
    assert found["quotas"] == [
        ("ok", "7 running Rekognition models, 5 inference units each"),
        ("ok", "7 running LookoutVision models, 5 inference units each"),
    ]
    assert [says.partition(" ")[2] for _, says in found["models"]] == [
        "parts/parts.2026 can be started (STOPPED)",
        "boards/1 is running (HOSTED)",
    ]
    assert stacks.list_change_sets(StackName="ModelLifecycle")["Summaries"] == before


@contextmanager
def everything_is_wrong(lifecycle: Lifecycle) -> Iterator[None]:
    """Break what can be mended again, for a block."""
    aws = lifecycle.aws
    parameters, alarms = aws.client("ssm"), aws.client("cloudwatch")
    version = {"Name": "/cdk-bootstrap/hnb659fds/version", "Type": "String", "Overwrite": True}
    known = parameters.get_parameter(Name=version["Name"])["Parameter"]["Value"]
    [alarm] = [
        name
        for name in (each["AlarmName"] for each in alarms.describe_alarms()["MetricAlarms"])
        if "UntoldEndings" in name and "Age" not in name
    ]
    [queue] = [url for url in aws.client("sqs").list_queues()["QueueUrls"] if "EndingsNetUndelivered" in url]
    parameters.put_parameter(**version, Value="5")
    alarms.set_alarm_state(AlarmName=alarm, StateValue="ALARM", StateReason="somebody tries it")
    aws.client("sqs").send_message(QueueUrl=queue, MessageBody="[]")
    with lifecycle.unwatched():
        yield
    parameters.put_parameter(**version, Value=known)
    alarms.set_alarm_state(AlarmName=alarm, StateValue="OK", StateReason="somebody is done")
    assert len(lifecycle.dead_letters("EndingsNetUndelivered")) == 1


def test_what_is_wrong_is_told_a_line_each_with_what_to_do(
    lifecycle: Lifecycle, doctor: Doctor, template: dict[str, Any]
) -> None:
    denied = {"Operation": "ListSubscriptionsByTopic", "Error": "AuthorizationError"}
    lifecycle.given(REKOGNITION.script(Status="TRAINING_FAILED"), faults=[denied], LookoutVisionEnd=410)
    runs = [
        {"name": service.name, "model": {**service.model, "MinInferenceUnits": 20_000}, **EVERY_MORNING}
        for service in (REKOGNITION, LOOKOUT_VISION)
    ]
    [machine] = [name for name in template["Resources"] if name.startswith("StopWorkflowStateMachine44")]
    template["Resources"][machine]["Properties"]["StateMachineName"] = "other"
    settings = {
        "schedules": runs,
        "max_inference_units": 20_000,
        "project_arns": [OTHER],
        "notification_emails": ["x@example.com"],
    }

    with everything_is_wrong(lifecycle):
        status, found = doctor(settings)

    assert status == 2
    for check, level, part in [
        ("bootstrap", "error", "the bootstrap stack has version 5; a deploy needs 6 Run `make bootstrap`."),
        ("services", "error", "Amazon Lookout for Vision is not there in us-east-1"),
        ("services", "ok", "Amazon Rekognition Custom Labels answers in us-east-1"),
        ("projects", "error", f"project {OTHER} does not exist"),
        ("models", "error", "is not of a project in project_arns"),
        ("quotas", "warning", "this account may use 10000 inference units for a model. AWS will refuse the start"),
        ("checkout", "warning", "a deploy would change 1 (StopWorkflow/StateMachine)"),
        ("checkout", "warning", "replace StopWorkflow/StateMachine, since its StateMachineName changes"),
        ("triggers", "warning", "is disabled, so it starts nothing"),
        ("subscriptions", "warning", "could not be checked: These credentials may not call"),
        ("alarms", "error", "UntoldEndings has been in ALARM for"),
        ("dead letters", "warning", "could not be checked: These credentials may not call"),
    ]:
        assert [(one, says) for one, says in found[check] if one == level and part in says], (check, found[check])

    lifecycle.given_faults()
    settings = {"notification_emails": ["x@example.com", "late@example.test"]}
    sns, topic = lifecycle.aws.client("sns"), lifecycle.outputs["NotificationTopicArn"]
    asked = {"TopicArn": topic, "Protocol": "email", "Endpoint": "late@example.test", "ReturnSubscriptionArn": True}
    late = sns.subscribe(**asked)["SubscriptionArn"]
    with everything_is_wrong(lifecycle):
        _, with_letter = doctor(settings)
    sns.unsubscribe(SubscriptionArn=late)
    [pending] = [says for _, says in with_letter["subscriptions"] if "late@example.test has" in says]
    assert pending.startswith("late@example.test has not confirmed the subscription to ")
    assert any("EndingsNet" in says or "UndeliveredEndings" in says for _, says in with_letter["dead letters"])
    assert any("x@example.com of the settings is not subscribed" in says for _, says in with_letter["subscriptions"])


def test_without_a_stack_or_without_aws_it_says_so_and_checks_the_rest(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, found = doctor({"stage": "elsewhere"})
    assert (status, [level for level, _ in found["stack"]]) == (2, ["error"])
    assert 'Run `make deploy ARGS="-c stage=elsewhere"`' in found["stack"][0][1]
    assert "alarms" not in found

    status, found = doctor({"stage": "-", "time_zone": "Nowhere"})
    assert (status, list(found), len(found["settings"])) == (2, ["settings", "credentials", "bootstrap"], 2)

    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:9")
    status, found = doctor({})
    assert (status, list(found)) == (2, ["credentials", "schedules", "others"])
    assert "cannot be reached" in found["credentials"][0][1]


@pytest.mark.soak
def test_the_template_of_the_checkout_is_made_as_a_deploy_makes_it(lifecycle: Lifecycle, doctor: Doctor) -> None:
    from operations.doctor.synthesis import synthesized

    lifecycle.given(REKOGNITION.script())

    _, found = doctor({}, synthesize=synthesized)

    assert found["checkout"] == [("ok", "what is deployed is what this checkout deploys with these settings")]

    _, found = doctor({"time_zone": "Europe/Berlin", "start_timeout_minutes": 5}, synthesize=synthesized)

    [(level, says)] = found["checkout"]
    assert level == "warning"
    assert "a deploy would" in says
