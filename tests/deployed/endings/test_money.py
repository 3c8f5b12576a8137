"""What a run cost: by the service's metric where there is one, else by the model's record, and it says which."""

from datetime import datetime, timedelta

import pytest

from tests.deployed.lifecycle import Lifecycle
from tests.deployed.services import LOOKOUT_VISION, REKOGNITION, ServiceWords, services_in_turn
from tests.deployed.someone import Someone

HOUR = 3_600
SOURCES = {REKOGNITION.name: "metric", LOOKOUT_VISION.name: "record"}
service_in_turn = services_in_turn()


@service_in_turn
def test_a_stopped_message_says_for_how_long_the_model_ran_and_what_that_cost(
    lifecycle: Lifecycle, service: ServiceWords
) -> None:
    lifecycle.given(service.script(StartSeconds=100, StopSeconds=600))
    started = lifecycle.run({**service.model, "MinInferenceUnits": 2, "MaxInferenceUnits": 3})
    lifecycle.pass_time(2 * HOUR)

    stopped = lifecycle.run_stop(service.model)

    message = lifecycle.only_message(stopped)
    ran = message.document["Ran"]
    assert ran["Source"] == SOURCES[service.name]
    assert ran["Hours"] == pytest.approx(2 + 600 / HOUR, abs=0.03)
    assert ran["InferenceUnitHours"] == pytest.approx(2 * ran["Hours"], abs=0.001)
    assert ran["Usd"] == round(ran["InferenceUnitHours"] * 4, 2)
    # Whether it bills while it stops is not known: it is told as if it did, whoever tells it.
    assert ran["Until"] == message.document["StoppedAt"]
    # The metric's first minute is a whole one.
    since, came_up = (datetime.fromisoformat(moment) for moment in (ran["Since"], started.output["RunningAt"]))
    assert abs(since - came_up) <= timedelta(minutes=2)
    assert f"{ran['Usd']:,.2f} USD" in message.document["Summary"]


@pytest.mark.parametrize("error", ["AccessDenied", "InternalServiceFault", "ThrottlingException"])
def test_without_the_metric_the_record_says_what_a_run_cost(lifecycle: Lifecycle, error: str) -> None:
    fault = {"Operation": "GetMetricData", "Error": error, "Caller": "CheckModel"}
    lifecycle.given(REKOGNITION.script(StartSeconds=60), faults=[fault])
    lifecycle.run({**REKOGNITION.model, "MinInferenceUnits": 2})
    lifecycle.pass_time(HOUR)

    stopped = lifecycle.run_stop(REKOGNITION.model)

    ran = lifecycle.only_message(stopped).document["Ran"]
    assert ran["Source"] == "record"
    assert ran["Hours"] == pytest.approx(1, abs=0.02)
    assert ran["InferenceUnitHours"] == pytest.approx(2 * ran["Hours"], abs=0.001)


@pytest.mark.parametrize("hours", [3, 40 * 24 + 7])
def test_a_run_that_nobody_recorded_is_known_by_the_metric(lifecycle: Lifecycle, hours: int) -> None:
    lifecycle.given(REKOGNITION.script(Status="RUNNING", RunningForSeconds=hours * HOUR))

    stopped = lifecycle.run_stop(REKOGNITION.model)

    ran = lifecycle.only_message(stopped).document["Ran"]
    assert (ran["Source"], ran["Hours"]) == ("metric", pytest.approx(hours, abs=0.05))


def test_of_a_run_that_nobody_knows_no_cost_is_made_up(lifecycle: Lifecycle) -> None:
    lifecycle.given(LOOKOUT_VISION.script(StartSeconds=0))
    assert Someone(lifecycle.aws, LOOKOUT_VISION).starts()

    stopped = lifecycle.run_stop(LOOKOUT_VISION.model)

    document = lifecycle.only_message(stopped).document
    assert (document["Outcome"], document["Ran"]) == ("Stopped", None)


@service_in_turn
def test_an_earlier_run_is_not_counted_in(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(StartSeconds=60))
    lifecycle.run(service.model)
    lifecycle.pass_time(2 * HOUR)
    lifecycle.run_stop(service.model)
    lifecycle.pass_time(60)
    lifecycle.run({**service.model, "MinInferenceUnits": 3})
    lifecycle.pass_time(HOUR)

    stopped = lifecycle.run_stop(service.model)

    ran = lifecycle.only_message(stopped).document["Ran"]
    assert ran["Hours"] == pytest.approx(1, abs=0.03)
    assert ran["InferenceUnitHours"] == pytest.approx(3 * ran["Hours"], abs=0.001)


@service_in_turn
def test_a_start_that_gave_up_has_cost_little(lifecycle: Lifecycle, service: ServiceWords) -> None:
    """While it comes up, a model does not bill."""
    lifecycle.given(service.script(StartSeconds=600))
    start = lifecycle.run({**service.model, "StartTimeoutSeconds": 60})

    clean_up = lifecycle.only_message(start).document["CleanUp"]
    document = lifecycle.only_message(lifecycle.end_of(clean_up["ExecutionArn"])).document

    assert document["Outcome"] == "Stopped"
    assert document["Ran"] is None or document["Ran"]["Hours"] < 0.2
