"""`make destroy`: what it says of what runs, and that it removes nothing without leave, nor while anything runs."""

import json
from collections.abc import Sequence
from functools import partial

import pytest

from operations.destroy import failed_creation
from operations.destroy.command import main
from tests.deployed.lifecycle import Lifecycle
from tests.deployed.operations.operator import Command, Operator
from tests.deployed.services import REKOGNITION

# It takes as long as hundreds of other tests do.
pytestmark = pytest.mark.soak

BROKEN = "ModelLifecycle-broken"
LONG = 360_000
QUESTIONS: list[str] = []


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
    with lifecycle.clock.running():
        alone = operator.call(main)

        assert (alone.status, alone.said.startswith("Without a terminal nothing is removed, unless YES=1")) == (1, True)
        assert "1 runs. " in alone.out
        assert "1 stop is scheduled for leases, and will not take place." in alone.out
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
