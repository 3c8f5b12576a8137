"""What starts executions besides people."""

from datetime import UTC, datetime

from tests.local.lifecycle import Lifecycle
from tests.local.services import LOOKOUT_VISION, REKOGNITION


def test_an_event_on_the_default_bus_starts_the_model_of_its_detail(lifecycle: Lifecycle) -> None:
    lifecycle.given(LOOKOUT_VISION.script(StartSeconds=60))
    before = set(lifecycle.executions())

    lifecycle.send({**LOOKOUT_VISION.model, "MaxInferenceUnits": None})
    lifecycle.pass_time(1)

    [arn] = set(lifecycle.executions()) - before
    execution = lifecycle.end_of(arn)
    assert execution.status == "SUCCEEDED"
    assert lifecycle.only_message(execution).document["Outcome"] == "Running"


def test_a_schedule_starts_its_model_when_its_time_has_come(lifecycle: Lifecycle) -> None:
    lifecycle.given(REKOGNITION.script(StartSeconds=60))
    before = set(lifecycle.executions())

    lifecycle.pass_time((datetime(2030, 6, 1, 7, 0, 30, tzinfo=UTC) - lifecycle.clock.now()).total_seconds())

    [arn] = set(lifecycle.executions()) - before
    execution = lifecycle.end_of(arn)
    assert execution.status == "SUCCEEDED"
    assert execution.output is not None
    assert execution.output["Request"]["MinInferenceUnits"] == 2
    assert lifecycle.only_message(execution).document["Outcome"] == "Running"
