"""What starts executions, besides people and schedules."""

from tests.deployed.lifecycle import Lifecycle
from tests.deployed.services import LOOKOUT_VISION, ServiceWords, both_services


def test_an_event_on_the_default_bus_starts_the_model_of_its_detail(lifecycle: Lifecycle) -> None:
    lifecycle.given(LOOKOUT_VISION.script(StartSeconds=60))

    lifecycle.send({**LOOKOUT_VISION.model, "MaxInferenceUnits": None})
    lifecycle.pass_time(1)

    [arn] = lifecycle.executions()
    execution = lifecycle.end_of(arn)
    assert execution.status == "SUCCEEDED"
    assert lifecycle.only_message(execution).document["Outcome"] == "Running"


@both_services
def test_an_event_on_the_default_bus_stops_the_model_of_its_detail(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(Status=service.running, StopSeconds=60))

    lifecycle.send({**service.model, "Reason": "The shop closes", "StopTimeoutSeconds": None}, "Stop Model")
    lifecycle.pass_time(1)

    [arn] = lifecycle.stops()
    execution = lifecycle.end_of(arn)
    assert execution.status == "SUCCEEDED"
    assert lifecycle.only_message(execution).document["Outcome"] == "Stopped"
