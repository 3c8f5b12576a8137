"""Leases: a model is stopped when the last of its leases ends, and not before."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from local.network.faults import calls
from model_lifecycle.vocabulary.wording import when
from tests.deployed.lifecycle import Lifecycle
from tests.deployed.services import ServiceWords, services_in_turn
from tests.deployed.someone import Someone

service_in_turn = services_in_turn()
HOUR = 3_600
MINUTE = 60


def instant(moment: datetime) -> str:
    """As the app writes it."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def status(lifecycle: Lifecycle, service: ServiceWords) -> str:
    return Someone(lifecycle.aws, service).sees()


@service_in_turn
def test_a_leased_model_is_stopped_within_a_minute_after_its_lease(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(StartSeconds=120, StopSeconds=60))
    began = lifecycle.clock.now()

    start = lifecycle.run({**service.model, "StopAfterSeconds": HOUR, "StopTimeoutSeconds": 1_234})

    assert start.status == "SUCCEEDED"
    ends_at = instant(began + timedelta(seconds=HOUR))
    assert start.output["Lease"] == {"Asked": ends_at, "EndsAt": ends_at, "MovedFrom": None}
    document = lifecycle.only_message(start).document
    assert document["Outcome"] == "Running"
    assert f"It will be stopped on {when(datetime.fromisoformat(ends_at), UTC)}." in document["Summary"]
    lifecycle.pass_time((began + timedelta(seconds=HOUR) - lifecycle.clock.now()).total_seconds() - 1)
    assert status(lifecycle, service) == service.running

    lifecycle.pass_time(MINUTE)
    [stop] = lifecycle.stops()
    execution = lifecycle.end_of(stop)

    [asked] = [call for call in calls(service.stop) if call.outcome == "OK"]
    assert began + timedelta(seconds=HOUR) <= asked.moment <= began + timedelta(seconds=HOUR + MINUTE)
    assert execution.output["Request"]["StopTimeoutSeconds"] == 1_234
    assert status(lifecycle, service) == service.stopped
    document = lifecycle.only_message(execution).document
    assert document["Outcome"] == "Stopped"
    assert document["Reason"].startswith("Its lease ended on ")
    assert lifecycle.armed() == []


@service_in_turn
def test_an_armed_stop_is_one_schedule_that_fires_once_and_deletes_itself(
    lifecycle: Lifecycle, service: ServiceWords
) -> None:
    lifecycle.given(service.script(StartSeconds=120))
    ends_at = (lifecycle.clock.now() + timedelta(hours=2)).astimezone(ZoneInfo("Europe/Berlin"))

    start = lifecycle.run({**service.model, "StopAt": ends_at.isoformat()})

    [armed] = lifecycle.armed()
    assert len(armed["Name"]) <= 64
    schedule = lifecycle.aws.client("scheduler").get_schedule(Name=armed["Name"], GroupName="model-leases")
    assert schedule["ScheduleExpression"] == f"at({ends_at.astimezone(ZoneInfo('UTC')):%Y-%m-%dT%H:%M:%S})"
    assert schedule["ScheduleExpressionTimezone"] == "UTC"
    assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert schedule["ActionAfterCompletion"] == "DELETE"
    assert schedule["Target"]["Arn"] == lifecycle.stop_machine_arn
    assert ":sqs:" in schedule["Target"]["DeadLetterConfig"]["Arn"]
    assert start.output["Lease"]["EndsAt"] == instant(ends_at.astimezone(UTC))


@service_in_turn
def test_the_stop_is_armed_before_the_start_is_asked_for(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(StartSeconds=60))

    lifecycle.run({**service.model, "StopAfterSeconds": HOUR})

    order = [call.operation for call in calls() if call.caller and call.operation in ("CreateSchedule", service.start)]
    assert order == ["CreateSchedule", service.start]


@service_in_turn
@pytest.mark.parametrize(
    "error",
    ["AccessDeniedException", "ServiceQuotaExceededException", "ValidationException", "ResourceNotFoundException"],
)
def test_nothing_is_started_if_its_stop_cannot_be_armed(
    lifecycle: Lifecycle, service: ServiceWords, error: str
) -> None:
    lifecycle.given(service.script(), faults=[{"Operation": "CreateSchedule", "Error": error}])

    execution = lifecycle.run({**service.model, "StopAfterSeconds": HOUR})

    assert (execution.status, execution.error) == ("FAILED", "StopNotArmedError")
    assert "nothing was started" in execution.cause
    assert error in execution.cause
    document = lifecycle.only_message(execution).document
    assert (document["Outcome"], document["MayBill"], document["Asked"]) == ("Failed", False, False)
    assert calls(service.start) == []
    assert lifecycle.stops() == []


@service_in_turn
def test_a_start_whose_stop_cannot_be_armed_now_waits(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(
        service.script(StartSeconds=60),
        faults=[
            {"Operation": "CreateSchedule", "Error": "ThrottlingException", "Times": 2},
            {"Operation": "CreateSchedule", "Effect": "LoseAnswer", "After": 2, "Times": 1},
        ],
    )

    execution = lifecycle.run({**service.model, "StopAfterSeconds": HOUR})

    assert execution.status == "SUCCEEDED"
    assert "Wait to retry" in execution.states
    assert len(calls(service.start)) == 1
    assert len(lifecycle.armed()) == 1


@service_in_turn
def test_a_stop_that_can_never_be_armed_in_time_is_given_up_and_nothing_was_started(
    lifecycle: Lifecycle, service: ServiceWords
) -> None:
    lifecycle.given(service.script(), faults=[{"Operation": "CreateSchedule", "Error": "ThrottlingException"}])

    execution = lifecycle.run({**service.model, "StopAfterSeconds": HOUR, "StartTimeoutSeconds": 300})

    assert (execution.status, execution.error) == ("FAILED", "StartTimedOutError")
    assert "AWS answered CreateSchedule with ThrottlingException" in execution.cause
    assert lifecycle.only_message(execution).document["MayBill"] is False
    assert calls(service.start) == []


@service_in_turn
def test_a_later_lease_replaces_an_earlier_one_and_says_so(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(StartSeconds=60))
    began = lifecycle.clock.now()
    lifecycle.run({**service.model, "StopAfterSeconds": HOUR})

    later = lifecycle.run({**service.model, "StopAt": instant(began + timedelta(hours=3))})

    message = lifecycle.only_message(later)
    assert message.attributes["Outcome"] == message.document["Outcome"] == "LeaseMoved"
    assert message.subject.startswith("Lease moved: ")
    assert message.document["Lease"]["MovedFrom"] == instant(began + timedelta(hours=1))
    assert message.document["Lease"]["EndsAt"] == instant(began + timedelta(hours=3))
    assert "Its stop was moved from " in message.document["Summary"]
    assert len(lifecycle.armed()) == 1
    lifecycle.pass_time(2 * HOUR)
    assert status(lifecycle, service) == service.running
    lifecycle.pass_time(HOUR)
    [stop] = lifecycle.stops()
    assert lifecycle.only_message(lifecycle.end_of(stop)).document["Outcome"] == "Stopped"
    assert status(lifecycle, service) == service.stopped


@service_in_turn
def test_a_stop_whose_lease_was_replaced_ends_quietly_if_it_fires_all_the_same(
    lifecycle: Lifecycle, service: ServiceWords
) -> None:
    lifecycle.given(
        service.script(StartSeconds=60), faults=[{"Operation": "DeleteSchedule", "Error": "AccessDeniedException"}]
    )
    lifecycle.run({**service.model, "StopAfterSeconds": HOUR})
    later = lifecycle.run({**service.model, "StopAfterSeconds": 2 * HOUR})
    assert lifecycle.only_message(later).document["Outcome"] == "LeaseMoved"
    assert len(lifecycle.armed()) == 2

    lifecycle.pass_time(HOUR)

    [stop] = lifecycle.stops()
    execution = lifecycle.end_of(stop)
    assert execution.status == "SUCCEEDED"
    assert execution.states[-1] == "Model left alone"
    assert execution.output["Superseded"] is True
    assert lifecycle.messages(stop) == []
    assert status(lifecycle, service) == service.running
    lifecycle.pass_time(HOUR + MINUTE)
    assert status(lifecycle, service) == service.stopped


@service_in_turn
def test_an_earlier_end_does_not_shorten_a_lease_and_the_message_says_so(
    lifecycle: Lifecycle, service: ServiceWords
) -> None:
    lifecycle.given(service.script(StartSeconds=60))
    began = lifecycle.clock.now()
    lifecycle.run({**service.model, "StopAfterSeconds": 2 * HOUR})

    second = lifecycle.run({**service.model, "StopAt": instant(began + timedelta(hours=1))})

    document = lifecycle.only_message(second).document
    assert document["Outcome"] == "Running"
    assert document["Lease"]["EndsAt"] == instant(began + timedelta(hours=2))
    assert "when the last of its leases ends" in document["Summary"]
    assert len(lifecycle.armed()) == 1
    lifecycle.pass_time(HOUR + 10 * MINUTE)
    assert status(lifecycle, service) == service.running
    lifecycle.pass_time(HOUR)
    assert status(lifecycle, service) == service.stopped


@service_in_turn
def test_a_start_without_a_lease_leaves_one_in_force_and_names_its_end(
    lifecycle: Lifecycle, service: ServiceWords
) -> None:
    lifecycle.given(service.script(StartSeconds=60))
    began = lifecycle.clock.now()
    lifecycle.run({**service.model, "StopAfterSeconds": HOUR})

    second = lifecycle.run(service.model)

    document = lifecycle.only_message(second).document
    ends_at = instant(began + timedelta(hours=1))
    assert (document["Outcome"], document["Lease"]) == (
        "Running",
        {"Asked": None, "EndsAt": ends_at, "MovedFrom": None},
    )
    assert f"It will be stopped on {when(datetime.fromisoformat(ends_at), UTC)}." in document["Summary"]
    lifecycle.pass_time(HOUR)
    assert status(lifecycle, service) == service.stopped


@service_in_turn
@pytest.mark.parametrize("by_hand", [True, False], ids=["by hand", "without a lease"])
def test_a_leased_start_of_a_model_that_is_wanted_without_end_arms_nothing(
    lifecycle: Lifecycle, service: ServiceWords, *, by_hand: bool
) -> None:
    lifecycle.given(service.script(StartSeconds=0 if by_hand else 60))
    if by_hand:
        assert Someone(lifecycle.aws, service).starts()
    else:
        lifecycle.run(service.model)
    began = lifecycle.clock.now()

    execution = lifecycle.run({**service.model, "StopAfterSeconds": HOUR})

    document = lifecycle.only_message(execution).document
    assert (document["Outcome"], document["AlreadyRunning"]) == ("Running", True)
    assert document["Lease"] == {"Asked": instant(began + timedelta(hours=1)), "EndsAt": None, "MovedFrom": None}
    assert "started without a lease" in document["Summary"]
    assert lifecycle.armed() == []
    assert calls("CreateSchedule") == []
    lifecycle.pass_time(HOUR + MINUTE)
    assert status(lifecycle, service) == service.running


@service_in_turn
def test_a_leased_start_of_a_model_that_someone_is_starting_without_one_arms_nothing(
    lifecycle: Lifecycle, service: ServiceWords
) -> None:
    lifecycle.given(service.script(StartSeconds=300))
    with lifecycle.clock.running():
        unleased = lifecycle.start(service.model)
        lifecycle.pass_time(60)
        leased = lifecycle.start({**service.model, "StopAfterSeconds": HOUR})
    execution = lifecycle.end_of(leased)

    document = lifecycle.only_message(execution).document
    assert (document["Outcome"], document["Joined"]) == ("Running", True)
    assert document["Lease"]["EndsAt"] is None
    assert lifecycle.only_message(lifecycle.end_of(unleased)).document["Lease"]["EndsAt"] is None
    assert lifecycle.armed() == []


@service_in_turn
def test_a_manual_stop_removes_the_lease(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(StartSeconds=60))
    lifecycle.run({**service.model, "StopAfterSeconds": HOUR})

    stop = lifecycle.run_stop(service.model)

    assert lifecycle.only_message(stop).document["Outcome"] == "Stopped"
    assert lifecycle.armed() == []
    lifecycle.run(service.model)
    lifecycle.pass_time(HOUR + MINUTE)
    assert status(lifecycle, service) == service.running
    assert lifecycle.stops() == [stop.arn]


@service_in_turn
def test_a_lease_of_an_earlier_run_does_not_stop_a_later_one(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(
        service.script(StartSeconds=60), faults=[{"Operation": "DeleteSchedule", "Error": "AccessDeniedException"}]
    )
    lifecycle.run({**service.model, "StopAfterSeconds": HOUR})
    stopped = lifecycle.run_stop(service.model)
    lifecycle.run({**service.model, "StopAfterSeconds": 2 * HOUR})

    lifecycle.pass_time(HOUR)

    [fired] = set(lifecycle.stops()) - {stopped.arn}
    assert lifecycle.end_of(fired).states[-1] == "Model left alone"
    assert lifecycle.messages(fired) == []
    assert status(lifecycle, service) == service.running


@service_in_turn
def test_a_lease_that_ends_while_its_model_starts_stops_it_once_it_can_be(
    lifecycle: Lifecycle, service: ServiceWords
) -> None:
    lifecycle.given(service.script(StartSeconds=600, StopSeconds=20))

    start = lifecycle.run({**service.model, "StopAfterSeconds": 300})

    [stop] = lifecycle.stops()
    execution = lifecycle.end_of(stop)
    assert "Wait to retry" in execution.states
    assert lifecycle.only_message(execution).document["Outcome"] == "Stopped"
    assert status(lifecycle, service) == service.stopped
    assert len(lifecycle.messages(start.arn)) == 1


@service_in_turn
def test_a_lease_that_is_over_before_its_model_could_be_started_starts_nothing(
    lifecycle: Lifecycle, service: ServiceWords
) -> None:
    lifecycle.given(service.script(Status=service.stopping, StopSeconds=600))

    execution = lifecycle.run({**service.model, "StopAfterSeconds": 300})

    assert (execution.status, execution.error) == ("FAILED", "LeaseOverError")
    document = lifecycle.only_message(execution).document
    assert (document["Outcome"], document["MayBill"], document["Asked"]) == ("Failed", True, False)
    assert calls(service.start) == []
    assert lifecycle.armed() == []


@service_in_turn
def test_a_lease_that_is_over_before_the_start_began_is_refused(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script())

    execution = lifecycle.run({**service.model, "StopAt": "2026-01-05T00:00:00+01:00"})

    assert (execution.status, execution.error) == ("FAILED", "InvalidRequestError")
    assert "got Sun 4 Jan 2026 at 23:00 UTC." in execution.cause
    assert lifecycle.only_message(execution).document["Outcome"] == "Failed"
    assert calls(service.start) == calls("CreateSchedule") == []


@service_in_turn
def test_a_redrive_does_not_move_the_lease(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(StartSeconds=600))
    began = lifecycle.clock.now()
    with lifecycle.clock.running():
        start = lifecycle.start({**service.model, "StopAfterSeconds": HOUR})
        lifecycle.pass_time(60)
        lifecycle.abort(start)
        lifecycle.pass_time(1_200)

    lifecycle.redrive(start)
    execution = lifecycle.end_of(start)

    assert execution.output["Lease"]["EndsAt"] == instant(began + timedelta(hours=1))
    assert len(lifecycle.armed()) == 1
    assert len(calls("CreateSchedule")) == 1
    lifecycle.pass_time(2_400)
    assert status(lifecycle, service) == service.stopped


@service_in_turn
def test_the_lease_of_an_aborted_start_stops_what_it_started(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(StartSeconds=600))
    with lifecycle.clock.running():
        start = lifecycle.start({**service.model, "StopAfterSeconds": HOUR})
        lifecycle.pass_time(60)
        lifecycle.abort(start)
    assert lifecycle.only_message(lifecycle.end_of(start)).document["Outcome"] == "Aborted"

    lifecycle.pass_time(HOUR)

    assert status(lifecycle, service) == service.stopped


@service_in_turn
def test_a_start_that_fails_leaves_nobody_told_of_a_stop_at_its_lease_s_end(
    lifecycle: Lifecycle, service: ServiceWords
) -> None:
    lifecycle.given(service.script(), faults=[{"Operation": service.start, "Error": "AccessDeniedException"}])
    execution = lifecycle.run({**service.model, "StopAfterSeconds": HOUR})
    assert execution.error == "AccessDeniedError"

    lifecycle.pass_time(HOUR)

    fired = [lifecycle.end_of(arn) for arn in lifecycle.stops()]
    assert all(stop.states[-1] == "Model left alone" for stop in fired)
    assert [lifecycle.messages(stop.arn) for stop in fired] == [[] for _ in fired]
    assert lifecycle.armed() == []


@service_in_turn
def test_a_stop_that_cannot_be_started_at_the_lease_s_end_lies_in_the_dead_letter_queue(
    lifecycle: Lifecycle, service: ServiceWords
) -> None:
    lifecycle.given(
        service.script(StartSeconds=60),
        faults=[{"Operation": "StartExecution", "Error": "AccessDeniedException", "After": 1}],
    )
    lifecycle.run({**service.model, "StopAfterSeconds": HOUR})

    lifecycle.pass_time(HOUR)

    [letter] = lifecycle.dead_letters("LeasesUndelivered")
    assert letter["Reason"].startswith("Its lease ended on ")
    lifecycle.given(service.script(Status=service.running))
    lifecycle.pass_time(HOUR)
    assert status(lifecycle, service) == service.stopped
