"""The definitions of executions, as Step Functions returns them."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from model_lifecycle.aws.definitions import MachineDefinitions

MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:it"
BEGIN = datetime(2026, 1, 5, tzinfo=UTC)


class StepFunctions:
    """A machine whose definition was updated before some of its executions, which stand by their numbers."""

    def __init__(self, updates: list[int], executions: dict[int, tuple[str, datetime | None]]) -> None:
        self.updates = updates
        self.executions = executions
        self.described: list[int] = []

    def describe_state_machine(self, *, stateMachineArn: str) -> dict[str, str]:  # noqa: N803
        assert stateMachineArn == MACHINE
        return {"definition": f"D{len(self.updates)}"}

    def describe_state_machine_for_execution(self, *, executionArn: str) -> dict[str, Any]:  # noqa: N803
        number = int(executionArn)
        self.described.append(number)
        revision = sum(update <= number for update in self.updates)
        return {"definition": f"D{revision}", "updateDate": BEGIN + timedelta(days=revision)}

    def get_paginator(self, operation: str) -> "StepFunctions":
        assert operation == "list_executions"
        return self

    def paginate(self, *, stateMachineArn: str, statusFilter: str) -> list[dict[str, Any]]:  # noqa: N803
        assert stateMachineArn == MACHINE
        listed = [
            {"executionArn": str(number), "startDate": BEGIN + timedelta(minutes=number)}
            | ({"stopDate": stopped} if stopped else {})
            for number, (status, stopped) in sorted(self.executions.items(), reverse=True)
            if status == statusFilter
        ]
        return [{"executions": listed[:2]}, {"executions": listed[2:]}]


def counting(states: StepFunctions) -> set[str]:
    return set(MachineDefinitions([MACHINE], cast("Any", states)).that_count(ended_after=BEGIN))


def test_that_of_new_executions_counts_though_there_are_none() -> None:
    assert counting(StepFunctions([], {})) == {"D0"}


@pytest.mark.parametrize("status", ["RUNNING", "FAILED", "TIMED_OUT", "ABORTED"])
def test_those_of_executions_that_may_go_on_count(status: str) -> None:
    stopped = None if status == "RUNNING" else BEGIN
    assert counting(StepFunctions([5], {1: (status, stopped)})) == {"D0", "D1"}


@pytest.mark.parametrize(("status", "stopped"), [("SUCCEEDED", BEGIN), ("FAILED", BEGIN - timedelta(seconds=1))])
def test_those_of_executions_that_go_no_further_do_not(status: str, stopped: datetime) -> None:
    assert counting(StepFunctions([5], {1: (status, stopped)})) == {"D1"}


@pytest.mark.parametrize("updates", [[], [1], [7], [19], [3, 4, 5], [1, 10, 11, 19], list(range(20))])
def test_every_definition_is_found_wherever_among_the_executions_it_changed(updates: list[int]) -> None:
    states = StepFunctions(updates, dict.fromkeys(range(20), ("RUNNING", None)))
    of_executions = {sum(update <= number for update in updates) for number in range(20)}
    assert counting(states) == {f"D{revision}" for revision in of_executions | {len(updates)}}


def test_a_thousand_executions_of_one_definition_are_not_described_one_by_one() -> None:
    states = StepFunctions([500], dict.fromkeys(range(1_000), ("RUNNING", None)))
    assert counting(states) == {"D0", "D1"}
    assert len(states.described) < 25
