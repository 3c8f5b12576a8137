"""A start, from the execution's input to the message that a subscriber gets."""

from local.network.faults import calls
from tests.deployed.lifecycle import Lifecycle, carried_out
from tests.deployed.services import ServiceWords, both_services, services_in_turn

service_in_turn = services_in_turn()


@both_services
def test_a_stopped_model_is_started_waited_for_and_told(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(StartSeconds=600))

    execution = lifecycle.run(service.model)

    assert execution.status == "SUCCEEDED"
    assert execution.output["Status"] == service.running
    assert execution.output["AlreadyRunning"] is False
    assert 600 <= execution.output["ElapsedSeconds"] <= 615
    assert execution.states[0] == "Take request"
    assert execution.states[-2:] == ["Notify running", "Model running"]
    message = lifecycle.only_message(execution)
    assert message.attributes["Outcome"] == message.document["Outcome"] == "Running"
    assert message.subject.startswith("Running: ")
    assert carried_out(service.start) == 1


@both_services
def test_a_model_that_runs_already_is_a_success_at_once(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(Status=service.running))

    execution = lifecycle.run(service.model)

    assert execution.status == "SUCCEEDED"
    assert execution.output["AlreadyRunning"] is True
    assert execution.output["UnitsAsAsked"] is True
    assert lifecycle.only_message(execution).document["Outcome"] == "Running"
    assert calls(service.start) == []


@service_in_turn
def test_a_model_that_runs_with_other_units_says_so(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(Status=service.running, MinInferenceUnits=3))

    execution = lifecycle.run({**service.model, "MinInferenceUnits": 2})

    document = lifecycle.only_message(execution).document
    assert execution.status == "SUCCEEDED"
    assert document["UnitsAsAsked"] is False
    assert document["InferenceUnits"]["Asked"]["MinInferenceUnits"] == 2
    assert document["InferenceUnits"]["InForce"]["MinInferenceUnits"] == 3
    assert document["UsdPerHour"] == 12
    assert "stop it and start it again" in document["Remedy"]


@both_services
def test_a_start_that_is_under_way_is_joined(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(Status=service.starting, StartSeconds=120))

    execution = lifecycle.run(service.model)

    assert execution.status == "SUCCEEDED"
    assert execution.output["Joined"] is True
    assert lifecycle.only_message(execution).document["Outcome"] == "Running"
    assert calls(service.start) == []


@service_in_turn
def test_a_model_that_is_stopping_is_started_once_it_has_stopped(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(Status=service.stopping, StopSeconds=100, StartSeconds=100))

    execution = lifecycle.run(service.model)

    assert execution.status == "SUCCEEDED"
    assert "Wait to retry" in execution.states
    assert lifecycle.only_message(execution).document["Outcome"] == "Running"
    assert carried_out(service.start) == 1


@service_in_turn
def test_a_failed_model_is_tried_once_more(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(Status=service.failed, StartSeconds=60))

    execution = lifecycle.run(service.model)

    assert execution.status == "SUCCEEDED"
    assert carried_out(service.start) == 1


@both_services
def test_a_start_that_fails_says_why_and_that_nothing_bills(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(StartSeconds=60, StartEndsIn=service.failed))

    execution = lifecycle.run(service.model)

    assert (execution.status, execution.error) == ("FAILED", "ModelFailedError")
    assert service.failed in execution.cause
    message = lifecycle.only_message(execution)
    assert message.document["Outcome"] == "Failed"
    assert message.document["MayBill"] is False


@service_in_turn
def test_a_start_that_never_ends_is_given_up_at_its_deadline(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(StartEndsIn=service.starting))

    execution = lifecycle.run({**service.model, "StartTimeoutSeconds": 1_800, "StopTimeoutSeconds": 60})

    assert (execution.status, execution.error) == ("FAILED", "StartTimedOutError")
    assert 1_800 <= execution.seconds <= 1_815
    message = lifecycle.only_message(execution)
    assert message.document["Outcome"] == "TimedOut"
    assert message.document["MayBill"] is True
    assert "stop" in message.document["HowToStop"]


@both_services
def test_a_model_that_someone_stops_while_it_starts_is_not_started_again(
    lifecycle: Lifecycle, service: ServiceWords
) -> None:
    lifecycle.given(service.script(StartSeconds=300, Then=[{"AfterSeconds": 60, "Status": service.stopped}]))

    execution = lifecycle.run(service.model)

    assert (execution.status, execution.error) == ("FAILED", "ModelFailedError")
    assert "someone stopped it" in execution.cause
    assert lifecycle.only_message(execution).document["MayBill"] is False
    assert carried_out(service.start) == 1
