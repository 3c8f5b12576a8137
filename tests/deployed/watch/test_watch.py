"""The watch: it reports once a day what bills unnoticed, and stops what should have been stopped."""

import json
from datetime import timedelta
from typing import Any

import pytest

from local.network.faults import calls
from tests.deployed.lifecycle import Lifecycle
from tests.deployed.services import LOOKOUT_VISION, REKOGNITION, ServiceWords, services_in_turn
from tests.deployed.someone import Someone
from tools.idle_cost import LOG_KILOBYTES_A_CALL, TABLE_REQUESTS_A_CALL

service_in_turn = services_in_turn()
MINUTE = 60
HOUR = 3_600


def hours(lifecycle: Lifecycle, count: float) -> None:
    """Let so many hours pass, and all that the watch finds in them."""
    lifecycle.pass_time(count * HOUR)
    lifecycle.settle()


def lose_every_armed_stop(lifecycle: Lifecycle) -> None:
    for schedule in lifecycle.armed():
        lifecycle.aws.client("scheduler").delete_schedule(GroupName=schedule["GroupName"], Name=schedule["Name"])


@service_in_turn
def test_a_model_that_was_started_by_hand_is_told_once_a_day(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(StartSeconds=60))
    someone = Someone(lifecycle.aws, service)
    assert someone.starts()
    hours(lifecycle, 23)
    assert lifecycle.told_by_watch() == []

    hours(lifecycle, 27)

    told = lifecycle.told_by_watch()
    assert [message.document["Outcome"] for message in told] == ["StillBilling"] * 2
    first, second = (message.document["Ran"]["Hours"] for message in told)
    assert 24 <= first < 25
    assert second - first == pytest.approx(24, abs=0.02)
    assert len({message.document["NotificationId"] for message in told}) == 2
    message = told[-1]
    assert message.attributes == {
        "Outcome": "StillBilling",
        "Service": service.name,
        "Project": message.document["Project"],
    }
    assert message.subject.startswith("STILL BILLING: ")
    assert (message.document["Status"], message.document["MayBill"]) == (service.running, True)
    assert "Nothing is scheduled to stop it." in message.document["Summary"]
    assert "by the end of the month" in message.document["Summary"]
    assert message.document["Ran"]["Usd"] == round(message.document["Ran"]["InferenceUnitHours"] * 4, 2)
    assert someone.sees() == service.running


@service_in_turn
def test_what_the_watch_tells_is_the_input_that_stops_the_model(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(StartSeconds=60))
    assert Someone(lifecycle.aws, service).starts()
    hours(lifecycle, 26)
    [message] = lifecycle.told_by_watch()

    stop = lifecycle.run_stop(message.document["StopInput"])

    assert lifecycle.only_message(stop).document["Outcome"] == "Stopped"
    assert Someone(lifecycle.aws, service).sees() == service.stopped
    hours(lifecycle, 26)
    assert lifecycle.told_by_watch() == [message]


def test_how_long_a_model_ran_before_anybody_knew_of_it_is_in_its_metric(lifecycle: Lifecycle) -> None:
    lifecycle.given(REKOGNITION.script(Status="RUNNING", RunningForSeconds=30 * HOUR, MinInferenceUnits=3))

    hours(lifecycle, 1)

    [message] = lifecycle.told_by_watch()
    ran = message.document["Ran"]
    assert ran["Source"] == "metric"
    assert 30 <= ran["Hours"] <= 31.1
    assert ran["InferenceUnitHours"] == pytest.approx(3 * ran["Hours"], abs=0.001)
    assert ran["Usd"] == round(ran["InferenceUnitHours"] * 4, 2)
    assert message.document["InferenceUnits"]["InForce"]["MinInferenceUnits"] == 3
    assert message.document["UsdPerHour"] == 12


@service_in_turn
def test_a_model_that_an_aborted_start_left_behind_is_told(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(StartSeconds=600))
    with lifecycle.clock.running():
        start = lifecycle.start(service.model)
        lifecycle.pass_time(60)
        lifecycle.abort(start)

    hours(lifecycle, 26)

    [message] = lifecycle.told_by_watch()
    assert (message.document["Outcome"], message.document["Status"]) == ("StillBilling", service.running)


@service_in_turn
def test_a_leased_model_is_not_told_and_stays_armed(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(StartSeconds=60))
    lifecycle.run({**service.model, "StopAfterSeconds": 27 * HOUR})
    armed = lifecycle.armed()

    hours(lifecycle, 26)

    assert lifecycle.told_by_watch() == []
    assert [schedule["Name"] for schedule in lifecycle.armed()] == [schedule["Name"] for schedule in armed]
    assert Someone(lifecycle.aws, service).sees() == service.running


@service_in_turn
def test_a_stop_that_somebody_deleted_is_armed_again_within_the_hour(
    lifecycle: Lifecycle, service: ServiceWords
) -> None:
    lifecycle.given(service.script(StartSeconds=60))
    began = lifecycle.clock.now()
    lifecycle.run({**service.model, "StopAfterSeconds": 3 * HOUR})
    [before] = lifecycle.armed()
    lose_every_armed_stop(lifecycle)

    hours(lifecycle, 1)

    [after] = lifecycle.armed()
    assert after["Name"] == before["Name"]
    hours(lifecycle, 2)
    [stop] = [call for call in calls(service.stop) if call.outcome == "OK"]
    assert timedelta(0) <= stop.moment - began - timedelta(hours=3) <= timedelta(minutes=1)
    assert lifecycle.told_by_watch() == []


@service_in_turn
def test_a_model_whose_stop_never_came_is_stopped_by_the_watch(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(StartSeconds=60))
    lifecycle.run({**service.model, "StopAfterSeconds": 10 * MINUTE})
    lose_every_armed_stop(lifecycle)

    hours(lifecycle, 1.2)

    [stop] = lifecycle.stops()
    execution = lifecycle.end_of(stop)
    document = lifecycle.only_message(execution).document
    assert document["Outcome"] == "Stopped"
    assert "but it was still running." in document["Reason"]
    assert Someone(lifecycle.aws, service).sees() == service.stopped


@service_in_turn
def test_a_lease_of_a_run_that_someone_stopped_by_hand_stops_no_later_run(
    lifecycle: Lifecycle, service: ServiceWords
) -> None:
    lifecycle.given(service.script(StartSeconds=60))
    lifecycle.run({**service.model, "StopAfterSeconds": 3 * HOUR})
    someone = Someone(lifecycle.aws, service)
    assert someone.stops()

    hours(lifecycle, 1)
    assert lifecycle.armed() == []
    assert someone.starts()
    hours(lifecycle, 4)

    assert someone.sees() == service.running
    assert lifecycle.stops() == []


@pytest.mark.parametrize("operation", ["ListModels", "DescribeModel"])
def test_trouble_with_one_model_does_not_hide_another(lifecycle: Lifecycle, operation: str) -> None:
    lifecycle.given(
        LOOKOUT_VISION.script(Status="HOSTED"),
        REKOGNITION.script(Status="RUNNING", RunningForSeconds=30 * HOUR),
        faults=[{"Operation": operation, "Error": "AccessDeniedException", "Caller": "WatchModels"}],
    )

    hours(lifecycle, 1)

    [message] = lifecycle.told_by_watch()
    assert message.document["Service"] == REKOGNITION.name
    [letter] = lifecycle.dead_letters("Unwatched")
    assert letter["requestContext"]["condition"] == "RetriesExhausted"
    # What a person reads there says what went wrong, and with which model.
    words = letter["responsePayload"]["errorMessage"]
    assert f"AccessDeniedError: AWS answered {operation} with AccessDeniedException" in words
    assert operation != "DescribeModel" or "boards" in words


def test_trouble_with_rekognition_does_not_hide_the_other_service(lifecycle: Lifecycle) -> None:
    lifecycle.given(
        LOOKOUT_VISION.script(StartSeconds=0),
        REKOGNITION.script(Status="RUNNING"),
        faults=[{"Operation": "DescribeProjectVersions", "Error": "AccessDeniedException", "After": 1}],
    )
    lifecycle.run({**LOOKOUT_VISION.model, "StopAfterSeconds": 10 * MINUTE})
    lose_every_armed_stop(lifecycle)

    hours(lifecycle, 1.2)

    assert Someone(lifecycle.aws, LOOKOUT_VISION).sees() == LOOKOUT_VISION.stopped
    assert lifecycle.dead_letters("Unwatched") != []


ENDS: list[Any] = [
    "NoSuchHost",
    403,
    410,
    *(pytest.param(end, marks=pytest.mark.soak) for end in ("ConnectionRefused", "NoAnswer", 404, 503)),
]


@pytest.mark.parametrize("end", ENDS)
def test_a_service_that_is_gone_is_told_once_until_it_comes_back_and_goes(lifecycle: Lifecycle, end: str | int) -> None:
    old = REKOGNITION.script(Status="RUNNING", RunningForSeconds=30 * HOUR)
    lifecycle.given(old, LookoutVisionEnd=end)
    hours(lifecycle, 3)

    of_rekognition, gone = sorted(
        lifecycle.told_by_watch(), key=lambda message: message.document["Outcome"], reverse=True
    )
    assert of_rekognition.document["Service"] == REKOGNITION.name
    assert gone.document["Outcome"] == "NotWatched"
    assert gone.subject == "Not watched: Amazon Lookout for Vision"
    assert "AWS ended Amazon Lookout for Vision on 2025-10-31" in gone.document["Summary"]

    lifecycle.given(LOOKOUT_VISION.script(), old)
    hours(lifecycle, 2)
    assert len(lifecycle.told_by_watch()) == 2
    lifecycle.given(old, LookoutVisionEnd=end)
    hours(lifecycle, 2)

    assert [message.document["Outcome"] for message in lifecycle.told_by_watch()].count("NotWatched") == 2
    assert lifecycle.dead_letters("Unwatched") == []


@pytest.mark.parametrize(
    "fault",
    [
        {"Operation": "DescribeProjects", "Error": "ServiceUnavailable"},
        {"Operation": "ListModels", "Error": "NovelException"},
    ],
    ids=lambda fault: "-".join(fault.values()),
)
def test_what_fails_though_it_is_there_is_alarmed_each_time(lifecycle: Lifecycle, fault: dict[str, Any]) -> None:
    lifecycle.given(REKOGNITION.script(), LOOKOUT_VISION.script(), faults=[{**fault, "Caller": "WatchModels"}])

    hours(lifecycle, 2)

    assert len(lifecycle.dead_letters("Unwatched")) == 2
    assert lifecycle.told_by_watch() == []


def test_projects_of_another_account_or_region_are_told_once_and_clearly(lifecycle: Lifecycle) -> None:
    functions = lifecycle.aws.client("lambda")
    [watch] = [
        function for function in functions.list_functions()["Functions"] if "WatchModels" in function["FunctionName"]
    ]
    settings = watch["Environment"]["Variables"]
    there = "arn:aws:rekognition:eu-west-1:210987654321:project/parts/1767000000000"
    configure(lifecycle, watch["FunctionName"], {**settings, "PROJECT_ARNS": there})
    try:
        lifecycle.given(REKOGNITION.script(Status="RUNNING", RunningForSeconds=30 * HOUR))
        hours(lifecycle, 3)
    finally:
        configure(lifecycle, watch["FunctionName"], settings)

    [message] = lifecycle.told_by_watch()
    assert message.document["Outcome"] == "NotWatched"
    assert "projects outside account 123456789012, Region us-east-1" in message.document["Summary"]
    assert there in message.document["Cause"]
    assert lifecycle.dead_letters("Unwatched") == []


@pytest.mark.parametrize(
    "event", [None, {}, {"time": 5}, ["x"], {"detail-type": "Scheduled Event", "time": "1970-01-01T00:00:00Z"}]
)
def test_any_event_by_hand_is_a_look_now_that_says_whether_it_told(lifecycle: Lifecycle, event: object) -> None:
    lifecycle.given(REKOGNITION.script(Status="RUNNING", RunningForSeconds=30 * HOUR))
    functions = lifecycle.aws.client("lambda")
    name = lifecycle.outputs["WatchModelsFunctionName"]

    answers = [
        json.loads(
            functions.invoke(FunctionName=name, **({} if event is None else {"Payload": json.dumps(event)}))[
                "Payload"
            ].read()
        )
        for _ in range(2)
    ]

    assert [(answer["warned"], answer["warned_before"]) for answer in answers] == [(1, 0), (0, 1)]
    assert len(lifecycle.told_by_watch()) == 1


def configure(lifecycle: Lifecycle, function: str, environment: dict[str, str]) -> None:
    lifecycle.aws.client("lambda").update_function_configuration(
        FunctionName=function, Environment={"Variables": environment}
    )


@pytest.mark.parametrize(
    "fault",
    [
        {"Operation": "GetMetricData", "Effect": "KillBefore"},
        {"Operation": "DescribeProjectVersions", "Effect": "KillAfter"},
        {"Operation": "Publish", "Error": "InternalError"},
        {"Operation": "PutEvents", "Error": "InternalException"},
        {"Operation": "GetMetricData", "Error": "InternalServiceFault"},
        {"Operation": "GetMetricData", "Error": "ThrottlingException"},
    ],
    ids=lambda fault: "-".join(fault.values()),
)
def test_a_look_that_goes_wrong_is_repeated_and_tells_once(lifecycle: Lifecycle, fault: dict[str, Any]) -> None:
    lifecycle.given(
        REKOGNITION.script(Status="RUNNING", RunningForSeconds=30 * HOUR),
        faults=[{**fault, "Caller": "WatchModels", "Times": 1}],
    )

    hours(lifecycle, 1)

    assert len(lifecycle.told_by_watch()) == 1
    assert lifecycle.dead_letters("Unwatched") == []


def test_a_look_that_dies_while_it_tells_is_made_up_for_an_hour_later(lifecycle: Lifecycle) -> None:
    lifecycle.given(
        REKOGNITION.script(Status="RUNNING", RunningForSeconds=30 * HOUR),
        faults=[{"Operation": "Publish", "Effect": "KillBefore", "Caller": "WatchModels", "Times": 1}],
    )

    hours(lifecycle, 2)

    assert len(lifecycle.told_by_watch()) == 1
    assert len(lifecycle.dead_letters("Unwatched")) == 1


def test_models_that_do_not_run_are_left_in_peace(lifecycle: Lifecycle) -> None:
    lifecycle.given(REKOGNITION.script(), LOOKOUT_VISION.script(Status="HOSTING_FAILED"))

    hours(lifecycle, 26)

    assert lifecycle.told_by_watch() == []
    assert lifecycle.stops() == []
    assert not any(calls(operation) for operation in ("GetMetricData", "CreateSchedule", "DescribeModel"))
    assert {call.parameters["Item"]["NotificationId"]["S"].split()[1] for call in calls("PutItem")} == {"metrics"}
    assert len([call for call in calls() if call.service == "dynamodb"]) <= 26 * TABLE_REQUESTS_A_CALL
    # AWS adds 26 bytes to each line.
    logged = sum(len(line.encode()) + 26 for line in lifecycle.logged("WatchModels"))
    assert 0 < logged <= 26 * LOG_KILOBYTES_A_CALL * 1_000
