"""`make destroy`: what it says of what runs, and that it removes nothing without leave, nor while anything runs."""

import json
from collections.abc import Sequence
from functools import partial

import pytest

from operations.aws import Aws
from operations.deployment import find
from operations.destroy import failed_creation
from operations.destroy.command import main
from operations.doctor.checks import fleets
from operations.status.command import main as show_status
from tests.deployed.lifecycle import NO_QUOTAS, Lifecycle, carried_out
from tests.deployed.operations.operator import Command, Operator
from tests.deployed.services import REKOGNITION

BROKEN = "ModelLifecycle-broken"
LONG = 360_000
QUESTIONS: list[str] = []
PARTS = "arn:aws:rekognition:us-east-1:123456789012:project/parts/1"


def named(version: str) -> dict[str, str]:
    """Return what names a model of the project."""
    arn = f"{PARTS.removesuffix('/1')}/version/{version}/1767603600000"
    return {"ProjectVersionArn": arn, "ProjectArn": PARTS}


def answering(answer: str | BaseException, lifecycle: Lifecycle) -> Command:
    """Return the command at a terminal, where a person says that to each question; it waits by the clock."""

    def ask(question: str) -> str:
        QUESTIONS.append(question)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def command(arguments: Sequence[str]) -> int:
        return main(arguments, ask=ask, sleep=lifecycle.clock.wait)

    return command


def status_of(lifecycle: Lifecycle, stack: str) -> str:
    """Return that of a stack."""
    [found] = lifecycle.aws.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    return str(found["StackStatus"])


def broken(lifecycle: Lifecycle) -> str:
    """Let a first deploy fail; the ARN of what is left of it."""
    topic = {"Type": "AWS::SNS::Subscription", "Properties": {"TopicArn": "arn:aws:sns:us-east-1:123456789012:none"}}
    made = lifecycle.aws.client("cloudformation").create_stack(
        StackName=BROKEN, TemplateBody=json.dumps({"Resources": {"It": topic}}), EnableTerminationProtection=True
    )
    assert status_of(lifecycle, BROKEN) == "ROLLBACK_COMPLETE"
    return str(made["StackId"])


def test_what_runs_and_is_scheduled_is_named_and_nothing_is_removed_without_leave(
    lifecycle: Lifecycle, operator: Operator
) -> None:
    assert operator.call(answering("no", lifecycle)).status == 1
    assert QUESTIONS.pop() == "Remove the stack ModelLifecycle? [y/N] "
    lifecycle.given(REKOGNITION.script(StartSeconds=60, StopSeconds=60))
    lifecycle.run({**REKOGNITION.model, "StopAfterSeconds": LONG})
    [queue] = [each for each in lifecycle.aws.client("sqs").list_queues()["QueueUrls"] if "TriggersUndel" in each]
    lifecycle.aws.client("sqs").send_message(QueueUrl=queue, MessageBody="{}")
    with lifecycle.clock.running():
        alone = operator.call(main)

        assert (alone.status, alone.said.startswith("Without a terminal nothing is removed, unless YES=1")) == (1, True)
        assert "1 runs. " in alone.out
        assert "1 stop is scheduled for leases, and will not take place." in alone.out
        assert (
            "1 message about what got lost will be deleted (1 in UndeliveredRequests). `make redrive` shows it first."
            in alone.out
        )
        for answer in ("", "yes", EOFError()):
            refused = operator.call(answering(answer, lifecycle))
            assert (refused.status, refused.out.splitlines()[-1]) == (1, "Nothing was removed.")
        assert operator.call(answering(KeyboardInterrupt(), lifecycle)).status == 130
        assert "s: stop these models" in QUESTIONS[-1]
        lifecycle.given_faults({"Operation": "Scan", "Error": "AccessDeniedException"})
        blind = operator.call(main, "--yes")
        assert (blind.status, "models may run that could not be read" in blind.said) == (1, True)
        asked = operator.call(answering("n", lifecycle))
        assert "Models may run that are not listed. They would not be stopped, and cost on." in asked.out

        # A model that cannot be stopped keeps the app.
        lifecycle.given_faults({"Operation": "StopProjectVersion", "Error": "AccessDeniedException"})
        failed = operator.call(answering("s", lifecycle))
        assert failed.status == 1
        assert "was not stopped (FAILED): " in failed.said
        assert "Nothing was removed." in failed.said
        lifecycle.given_faults()
        refused = operator.call(partial(_that_starts_again, lifecycle))
        assert (refused.status, "start again by now: parts/parts.2026." in refused.said) == (1, True)

        assert status_of(lifecycle, "ModelLifecycle").endswith("_COMPLETE")
        assert len(lifecycle.dead_letters("TriggersUndelivered")) == 1


def test_a_fleet_under_way_is_named_and_aborted_before_the_models_are_stopped(
    lifecycle: Lifecycle, operator: Operator
) -> None:
    lifecycle.given(
        *(REKOGNITION.script(**named(name), StartSeconds=300, StopSeconds=20) for name in ("a", "b", "c")),
        Quotas={**NO_QUOTAS, "RunningModels": 2},
    )
    fleet = lifecycle.start_all({"ProjectArn": PARTS, "All": True, "NotifyEach": False})
    lifecycle.pass_time(400)
    with lifecycle.clock.running():
        [told] = json.loads(operator.call(show_status, "--json").out)["Fleets"]
        doubted = list(fleets.look(find(Aws(profile=None), "")))
        alone = operator.call(main)
        goes_on = lifecycle.executions(statusFilter="RUNNING")
        asked = carried_out("StartProjectVersion")
        # What refuses after all is done keeps the stack for the other tests.
        lifecycle.given_faults({"Operation": "UpdateTerminationProtection", "Error": "AccessDeniedException"})
        done = operator.call(answering("s", lifecycle))

    assert (told["Execution"], told["Goal"], told["StartedBy"]["By"]) == (fleet, "RUNNING", "Caller")
    assert (told["Total"], told["Done"], told["Failed"], told["UnderWay"]) == (3, 2, 0, 1)
    assert "A fleet of 3 models is being started since " in alone.out
    assert f"A fleet of 3 models is under way: execution {fleet}. It will be aborted, so that " in alone.out
    [doubt] = [answer.says for answer in doubted]
    assert "a fleet of 3 models is being started (execution start-models/" in doubt
    assert "but this account may run 2 Rekognition models" in doubt
    # The third model would be started as soon as the first one is stopped.
    assert (alone.status, len(goes_on), asked) == (1, 1, 2)
    assert QUESTIONS[-1].startswith("s: abort the fleets, stop these models, wait until they are stopped, and remove")
    assert (done.status, "UpdateTerminationProtection" in done.said) == (1, True)
    assert lifecycle.end_of(fleet).status == "ABORTED"
    assert {lifecycle.end_of(each).status for each in goes_on} == {"ABORTED"}
    [message] = lifecycle.messages(fleet)
    assert (message.document["Outcome"], "make destroy" in message.document["Cause"]) == ("FleetIncomplete", True)
    assert [lifecycle.end_of(each).status for each in lifecycle.stops()] == ["SUCCEEDED"] * 2
    # Of no calls but those since the faults were set.
    assert carried_out("StartProjectVersion") == 0


def _that_starts_again(lifecycle: Lifecycle, arguments: Sequence[str]) -> int:
    """Call the command, while someone starts the model that it has just stopped."""
    said: list[str] = []

    def sleep(seconds: float) -> None:
        lifecycle.clock.wait(seconds)
        if not said and lifecycle.stops(statusFilter="SUCCEEDED"):
            said.append(lifecycle.start(REKOGNITION.model))
            lifecycle.clock.wait(seconds)

    return main([*arguments, "--yes"], sleep=sleep)


@pytest.mark.parametrize("asks", [True, False])
def test_a_stack_whose_first_deploy_failed_is_removed_though_it_is_protected(
    lifecycle: Lifecycle, operator: Operator, asks: bool
) -> None:
    arn = broken(lifecycle)
    command, yes = (answering("y", lifecycle), []) if asks else (main, ["--yes"])

    assert operator.call(main, "-c", "stage=broken").status == 1
    answer = operator.call(command, "-c", "stage=broken", *yes)

    assert (answer.status, answer.out.splitlines()[-1]) == (0, f"The stack {BROKEN} is removed.")
    assert status_of(lifecycle, arn) == "DELETE_COMPLETE"
    again = operator.call(command, "-c", "stage=broken", *yes)
    assert (again.status, again.out) == (
        0,
        f"There is no stack {BROKEN} (stage broken) in the Region us-east-1: there is nothing to remove.\n",
    )


def test_a_deletion_that_failed_is_repeated_for_what_is_left_and_what_runs_is_named(
    lifecycle: Lifecycle, operator: Operator
) -> None:
    table = {
        "KeySchema": [{"AttributeName": "Id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "Id", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
        "DeletionProtectionEnabled": True,
        "TableName": BROKEN,
    }
    stacks, broken = lifecycle.aws.client("cloudformation"), ("-c", "stage=broken")
    stacks.create_stack(
        StackName=BROKEN,
        TemplateBody=json.dumps({"Resources": {"It": {"Type": "AWS::DynamoDB::Table", "Properties": table}}}),
        EnableTerminationProtection=True,
    )
    removed_by_hand = stacks.update_termination_protection(StackName=BROKEN, EnableTerminationProtection=False)
    stacks.delete_stack(StackName=BROKEN)
    assert status_of(lifecycle, BROKEN) == "DELETE_FAILED"
    lifecycle.given(REKOGNITION.script(Status="RUNNING", RunningForSeconds=LONG))

    again = operator.call(answering("y", lifecycle), *broken)
    assert (again.status, QUESTIONS.pop()) == (1, f"The stack {BROKEN} is DELETE_FAILED. Remove it? [y/N] ")
    assert f"The stack {BROKEN} could not be removed (DELETE_FAILED): It: " in again.said
    stops = f"--project-version-arn {REKOGNITION.model['ProjectVersionArn']} --region us-east-1"
    assert (
        f"parts/parts.2026 is RUNNING, and may bill on. Stop it with: aws rekognition stop-project-version {stops}"
        in (again.out)
    )
    lifecycle.aws.client("dynamodb").update_table(TableName=BROKEN, DeletionProtectionEnabled=False)
    refused = operator.call(main, *broken, "--yes")
    assert (refused.status, "so that it can stop no model" in refused.said) == (1, True)

    assert operator.call(main, *broken, "--yes", "--leave-running").out.endswith(f"The stack {BROKEN} is removed.\n")

    assert status_of(lifecycle, removed_by_hand["StackId"]) == "DELETE_COMPLETE"


def test_a_deploy_lets_the_cdk_replace_a_stack_whose_first_deploy_failed(
    lifecycle: Lifecycle, operator: Operator
) -> None:
    arn = broken(lifecycle)

    failed_creation.main(["-c", "stage=broken", "--require-approval", "never"])

    lifecycle.aws.client("cloudformation").delete_stack(StackName=BROKEN)
    assert status_of(lifecycle, arn) == "DELETE_COMPLETE"
    operator.set({"AWS_REGION": ""})
    failed_creation.main(["-c", "stage=broken", "-c", "no setting"])
    failed_creation.main(["-c", "stage=nowhere"])
