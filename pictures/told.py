"""The messages of a life: a start with a lease of an hour, and the stop at its end."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from model_lifecycle.endings.ending import Ending
from model_lifecycle.endings.message import Message, compose
from model_lifecycle.endings.outcome import Outcome
from model_lifecycle.model.usage import Run, Source
from model_lifecycle.requests.model_request import Defaults, ModelRequest
from model_lifecycle.requests.start_request import parse_request
from model_lifecycle.requests.stop_request import parse_stop_request
from model_lifecycle.steps.report import LeaseStanding, StartReport, StopReport, Units, UnitsInForce, UnitsOfStart
from model_lifecycle.vocabulary.home import Home
from model_lifecycle.vocabulary.machines import OF_GOAL
from model_lifecycle.vocabulary.phase import Goal

ASKED = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
LEASE = timedelta(hours=1)
STARTS_FOR = timedelta(minutes=6)
STOPS_FOR = timedelta(minutes=2)
VERSION = "arn:aws:rekognition:us-east-1:123456789012:project/boards/version/boards.2026-01-05T09.00.00/1767603600000"

_HOME = Home("aws", "us-east-1", "123456789012")
_DEFAULTS = Defaults(start_timeout_seconds=3_600, stop_timeout_seconds=3_600)
_UNITS = Units(min_inference_units=1, max_inference_units=None)


def _told(goal: Goal, outcome: Outcome, request: ModelRequest, report: StartReport | StopReport) -> Message:
    machine = OF_GOAL[goal]
    execution = machine.execution(f"{machine.verb}-boards", _HOME)
    ending = Ending(
        notification_id=f"{execution}#0",
        outcome=outcome,
        goal=goal,
        execution_arn=execution,
        request=request,
        report=report,
    )
    return compose(ending, price_per_inference_unit_hour=4.0, zone=ZoneInfo("UTC"), home=_HOME)


def _running() -> Message:
    ends_at = ASKED + LEASE
    report = StartReport(
        status="RUNNING",
        status_message="The model is running.",
        may_bill=True,
        joined=False,
        asked=True,
        asked_at=ASKED,
        elapsed_seconds=STARTS_FOR.total_seconds(),
        checks=23,
        already_running=False,
        running_at=ASKED + STARTS_FOR,
        inference_units=UnitsOfStart(in_force=_UNITS, asked=_UNITS),
        units_as_asked=True,
        remedy=None,
        lease=LeaseStanding(asked=ends_at, ends_at=ends_at, moved_from=None),
    )
    given = {"ProjectVersionArn": VERSION, "StopAfterSeconds": int(LEASE.total_seconds())}
    return _told(Goal.RUNNING, Outcome.RUNNING, parse_request(given, defaults=_DEFAULTS, home=None), report)


def _stopped() -> Message:
    since, until = ASKED + STARTS_FOR, ASKED + LEASE
    hours = round((until - since).total_seconds() / 3_600, 4)
    report = StopReport(
        status="STOPPED",
        status_message="The model has been stopped.",
        may_bill=False,
        joined=False,
        asked=True,
        asked_at=until,
        elapsed_seconds=STOPS_FOR.total_seconds(),
        checks=6,
        already_stopped=False,
        started_again=False,
        superseded=False,
        left_alone=None,
        stopped_at=until + STOPS_FOR,
        reason=None,
        ran=Run(since=since, until=until, hours=hours, inference_unit_hours=hours, source=Source.METRIC),
        inference_units=UnitsInForce(in_force=_UNITS),
    )
    request = parse_stop_request({"ProjectVersionArn": VERSION}, defaults=_DEFAULTS, home=None)
    return _told(Goal.STOPPED, Outcome.STOPPED, request, report)


RUNNING = _running()
STOPPED = _stopped()
