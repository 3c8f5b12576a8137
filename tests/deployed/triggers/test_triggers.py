"""What starts executions besides people and schedules."""

import json

import pytest

from tests.deployed.lifecycle import Lifecycle
from tests.deployed.services import BOTH, LOOKOUT_VISION, ServiceWords


def test_an_event_on_the_default_bus_starts_the_model_of_its_detail(lifecycle: Lifecycle) -> None:
    lifecycle.given(LOOKOUT_VISION.script(StartSeconds=60))
    before = set(lifecycle.executions())

    lifecycle.send({**LOOKOUT_VISION.model, "MaxInferenceUnits": None})
    lifecycle.pass_time(1)

    [arn] = set(lifecycle.executions()) - before
    execution = lifecycle.end_of(arn)
    assert execution.status == "SUCCEEDED"
    assert lifecycle.only_message(execution).document["Outcome"] == "Running"


@pytest.mark.parametrize("service", BOTH, ids=str)
def test_an_event_on_the_default_bus_stops_the_model_of_its_detail(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(Status=service.running, StopSeconds=60))
    machine = lifecycle.outputs["StopModelStateMachineArn"]
    before = stops(lifecycle, machine)

    detail = json.dumps({**service.model, "Reason": "The shop closes", "StopTimeoutSeconds": None})
    entry = {"Source": "model-lifecycle.request", "DetailType": "Stop Model", "Detail": detail}
    assert lifecycle.aws.client("events").put_events(Entries=[entry])["FailedEntryCount"] == 0
    lifecycle.pass_time(1)

    [arn] = stops(lifecycle, machine) - before
    execution = lifecycle.end_of(arn)
    assert execution.status == "SUCCEEDED"
    assert lifecycle.only_message(execution).document["Outcome"] == "Stopped"


def stops(lifecycle: Lifecycle, machine: str) -> set[str]:
    """The executions of stop-model that there ever were."""
    listed = lifecycle.aws.client("stepfunctions").get_paginator("list_executions").paginate(stateMachineArn=machine)
    return {execution["executionArn"] for page in listed for execution in page["executions"]}
