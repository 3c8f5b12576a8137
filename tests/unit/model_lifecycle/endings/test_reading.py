"""Where ends come from: a state of the machine, or the event of an execution that no state announced."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from model_lifecycle.endings.ending import Ending
from model_lifecycle.endings.outcome import OF_EXECUTION, Outcome
from model_lifecycle.requests.stop_request import StopRequest
from model_lifecycle.steps.report import ExecutionReport, StartReport, StopReport, report_json
from model_lifecycle.vocabulary.errors import (
    AccessDeniedError,
    ModelLifecycleError,
    ModelNotFoundError,
    ServiceUnavailableError,
)
from model_lifecycle.vocabulary.instant import to_instant
from model_lifecycle.vocabulary.phase import Goal, Phase
from tests.fakes.fake_model import FakeModel
from tests.fakes.given import (
    EXECUTION,
    START,
    STOP_EXECUTION,
    VERSION,
    after,
    begin,
    begin_stop,
    request,
    stop_request,
)
from tests.fakes.service_endpoint import enum_of
from tests.fakes.state_machine import drive, drive_stop, stop
from tests.fakes.told import endings, read, state_event

MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:start-model"
INPUT = {"ProjectVersionArn": VERSION}
DENIED = AccessDeniedError("no")
EVENT = state_event(begin(), after(0))


def fault(asked: object = INPUT, *, event: dict[str, Any] = EVENT) -> dict[str, Any]:
    """Return what the state "Notify failure" sends after a function's fault."""
    failure = {"Error": "FunctionFailedError", "Cause": "A Lambda function of this execution failed."}
    return {**event, "Progress": {"Phase": "FAILED", "Failure": failure, "Report": {"Request": asked}}}


class Executions:
    """The real client of Step Functions, and what DescribeExecution answers it once."""

    def __init__(self) -> None:
        self.client: Any = boto3.client(
            "stepfunctions",
            region_name="us-east-1",
            aws_access_key_id="testing",
            aws_secret_access_key="testing",  # noqa: S106 - there is no secret
        )
        self.stub = Stubber(self.client)

    def end(
        self, status: str, model: FakeModel | None = None, *, arn: str = EXECUTION, seconds: float = 60, **more: Any
    ) -> Ending | None:
        """Return what the net makes of the end of an execution that DescribeExecution shows like this."""
        answer = {"executionArn": arn, "stateMachineArn": MACHINE, "status": status, "startDate": START}
        self.stub.add_response(
            "describe_execution", {**answer, "input": json.dumps(INPUT), **more}, {"executionArn": arn}
        )
        known = endings(model, executions=self.client, now=after(seconds))
        return known.read(status_change(status, executionArn=arn))

    def told(self, status: str, model: FakeModel | None = None, **more: Any) -> Ending:
        """Return the same, of an end that somebody is to hear of."""
        ending = self.end(status, model, **more)
        assert ending is not None
        return ending


@pytest.fixture
def executions() -> Iterator[Executions]:
    known = Executions()
    with known.stub:
        yield known
        known.stub.assert_no_pending_responses()


def status_change(status: str, **detail: Any) -> dict[str, Any]:
    """EventBridge's event of an execution's end. It leaves out what is large."""
    detail = {"executionArn": EXECUTION, "stateMachineArn": MACHINE, "status": status, "redriveCount": 0, **detail}
    return {"source": "aws.states", "detail-type": "Step Functions Execution Status Change", "detail": detail}


def seen(ending: Ending) -> ExecutionReport:
    """Return what the ending says of the model."""
    assert isinstance(ending.report, ExecutionReport)
    return ending.report


class TestAnEndingThatAStateTells:
    """The states "Notify running" and "Notify failure"."""

    def test_of_a_running_model_has_its_report_and_no_error(self) -> None:
        *_, (now, last) = drive(begin(), FakeModel("STOPPED", "RUNNING"))

        ending = read(endings(), state_event(last, now))

        assert ending == Ending(
            notification_id=f"{EXECUTION}#0",
            outcome=Outcome.RUNNING,
            goal=Goal.RUNNING,
            execution_arn=EXECUTION,
            request=begin().request,
            report=last.report(now=now),
        )

    @pytest.mark.parametrize(
        ("model", "outcome", "error"),
        [
            (FakeModel("TRAINING_FAILED"), Outcome.FAILED, "ModelFailedError"),
            (FakeModel(ModelNotFoundError("There is none.")), Outcome.FAILED, "ModelNotFoundError"),
            (FakeModel("STARTING"), Outcome.TIMED_OUT, "StartTimedOutError"),
        ],
    )
    def test_of_a_model_that_does_not_run_has_error_and_cause(
        self, model: FakeModel, outcome: Outcome, error: str
    ) -> None:
        *_, (now, last) = drive(begin(), model)
        assert last.failure

        ending = read(endings(), state_event(last, now))

        assert (ending.outcome, ending.error, ending.cause) == (outcome, error, last.failure.cause)

    def test_of_an_input_that_is_not_valid_names_no_model(self) -> None:
        failure = {"Error": "InvalidRequestError", "Cause": "No."}
        ending = read(endings(), {**EVENT, "Progress": {"Phase": "FAILED", "Failure": failure, "Report": None}})

        assert (ending.outcome, ending.request, ending.report) == (Outcome.FAILED, None, None)
        assert (ending.error, ending.cause, ending.may_bill) == ("InvalidRequestError", "No.", False)

    @pytest.mark.parametrize(("status", "may_bill"), [("RUNNING", True), ("STARTING", True), ("STOPPED", False)])
    def test_after_a_function_s_fault_looks_how_the_model_is(self, status: str, may_bill: bool) -> None:
        model = FakeModel(status)

        ending = read(endings(model, now=after(50)), fault())

        assert (ending.outcome, ending.error) == (Outcome.FAILED, "FunctionFailedError")
        assert (seen(ending).status, seen(ending).elapsed_seconds) == (status, 50)
        assert ending.may_bill is may_bill
        assert (model.looks, model.starts) == (1, 0)

    @pytest.mark.parametrize("error", [DENIED, ServiceUnavailableError("not now", perhaps_done=False)], ids=type)
    def test_after_a_function_s_fault_may_bill_where_nobody_can_look(self, error: ModelLifecycleError) -> None:
        assert read(endings(FakeModel(error)), fault()).may_bill

    def test_after_a_function_s_fault_over_an_invalid_input_is_told_all_the_same(self) -> None:
        ending = read(endings(), fault(5))

        assert (ending.request, ending.report, ending.error) == (None, None, "FunctionFailedError")

    @pytest.mark.parametrize("left", ["nothing", "a report"])
    def test_of_an_execution_with_the_definition_before_the_deploy_is_told_too(self, left: str) -> None:
        """Its states have the input beside a progress that a function's fault has emptied, and a progress beside it."""
        *_, (now, last) = drive(begin(), FakeModel("STOPPED", "RUNNING"))
        event = state_event(last, now) if left == "a report" else fault()
        if left == "nothing":
            del event["Progress"]["Report"]

        ending = read(endings(FakeModel("RUNNING")), {**event, "Input": INPUT})

        assert ending.request == request()
        assert seen(ending).status == "RUNNING"


class TestAnEndingThatTheNetCatches:
    """EventBridge tells that an execution ended, and DescribeExecution the rest."""

    @pytest.mark.parametrize(
        ("status", "outcome"),
        [("FAILED", Outcome.FAILED), ("TIMED_OUT", Outcome.TIMED_OUT), ("ABORTED", Outcome.ABORTED)],
    )
    def test_is_told_with_the_execution_s_own_error_and_a_look_at_the_model(
        self, executions: Executions, status: str, outcome: Outcome
    ) -> None:
        ending = executions.told(status, FakeModel("STARTING"), error="Later", cause="Minds changed.")

        assert (ending.outcome, ending.error, ending.cause) == (outcome, "Later", "Minds changed.")
        assert ending.request == request()
        assert (seen(ending).status, seen(ending).elapsed_seconds) == ("STARTING", 60)
        assert ending.may_bill

    def test_of_a_success_has_the_execution_s_own_output(self, executions: Executions) -> None:
        *_, (now, last) = drive(begin(), FakeModel("STOPPED", "RUNNING"))
        report = last.report(now=now)

        ending = executions.told("SUCCEEDED", seconds=10**6, output=json.dumps(report_json(last.request, report)))

        assert (ending.outcome, ending.report, ending.error) == (Outcome.RUNNING, report, None)
        assert ending.request == last.request

    def test_without_error_and_cause_is_told_all_the_same(self, executions: Executions) -> None:
        ending = executions.told("ABORTED", FakeModel("FAILED"))

        assert (ending.outcome, ending.error, ending.cause) == (Outcome.ABORTED, None, None)

    @pytest.mark.parametrize(("status", "may_bill"), [("STOPPED", True), ("EXPIRED", False), ("RUNNING", True)])
    def test_of_an_abort_says_that_a_step_under_way_may_still_start_a_model_that_can_be_started(
        self, executions: Executions, status: str, may_bill: bool
    ) -> None:
        ending = executions.told("ABORTED", FakeModel(status))

        assert ending.may_bill is may_bill
        assert bool(ending.remedy and "Look at the model" in ending.remedy) is (status == "STOPPED")

    @pytest.mark.parametrize(("aborted_after", "may_bill"), [(1_799, False), (1_800, True)])
    def test_of_an_abort_long_before_the_model_was_to_be_ready_says_that_nothing_was_started(
        self, executions: Executions, aborted_after: float, may_bill: bool
    ) -> None:
        waits = json.dumps({**INPUT, "ReadyBy": to_instant(after(5_400))})

        ending = executions.told("ABORTED", FakeModel("STOPPED"), seconds=aborted_after, input=waits)

        assert (ending.may_bill, bool(ending.remedy)) == (may_bill, may_bill)

    def test_of_a_start_that_was_overdue_is_no_other_outcome_than_a_state_tells(self, executions: Executions) -> None:
        """Its state could not tell it: to Step Functions the execution failed, to people the start timed out."""
        ending = executions.told("FAILED", FakeModel("STARTING"), error="StartTimedOutError", cause="Too late.")

        assert ending.outcome is Outcome.TIMED_OUT

    @pytest.mark.parametrize(
        "unreadable",
        ["5", "null", "[]", '"\\ud800"', "[" * 100_000 + "]" * 100_000, "1" * 5_000],
        ids=["number", "null", "list", "half a character", "nested too deeply", "too many digits"],
    )
    def test_of_any_input_at_all_is_told_without_a_model(self, executions: Executions, unreadable: str) -> None:
        ending = executions.told("FAILED", input=unreadable, error="States.Runtime", cause="Too large.")

        assert (ending.request, ending.report, ending.may_bill) == (None, None, False)
        assert (ending.error, ending.cause) == ("States.Runtime", "Too large.")

    def test_without_an_input_is_told_without_a_model(self, executions: Executions) -> None:
        answer = {"executionArn": EXECUTION, "stateMachineArn": MACHINE, "status": "FAILED", "startDate": START}
        executions.stub.add_response("describe_execution", answer, {"executionArn": EXECUTION})

        assert read(endings(executions=executions.client), status_change("FAILED")).request is None


class TestAnEndingOfAStop:
    """The same of stop-model, by a state and by the net."""

    def test_that_took_has_its_report_and_no_error(self) -> None:
        *_, (now, last) = drive_stop(begin_stop(), FakeModel("RUNNING", "STOPPED"))

        ending = read(endings(), state_event(last, now))

        assert ending == Ending(
            notification_id=f"{STOP_EXECUTION}#0",
            outcome=Outcome.STOPPED,
            goal=Goal.STOPPED,
            execution_arn=STOP_EXECUTION,
            request=stop_request(),
            report=last.report(now=now),
        )

    @pytest.mark.parametrize(("status", "outcome"), [("RUNNING", Outcome.STILL_BILLING), ("STOPPED", Outcome.FAILED)])
    def test_whose_function_failed_looks_how_the_model_is(self, status: str, outcome: Outcome) -> None:
        model = FakeModel(status)

        ending = read(endings(model, now=after(50)), fault(event=state_event(begin_stop(), after(0))))

        assert (ending.outcome, ending.error) == (outcome, "FunctionFailedError")
        assert isinstance(ending.report, StopReport)
        assert (ending.report.status, ending.report.asked, ending.report.stopped_at) == (status, None, None)
        assert (model.looks, model.stops) == (1, 0)

    def test_that_no_state_told_has_the_execution_s_own_output(self, executions: Executions) -> None:
        *_, (now, last) = drive_stop(begin_stop(), FakeModel("RUNNING", "STOPPED"))
        report = last.report(now=now)
        output = json.dumps(report_json(last.request, report))

        ending = executions.told("SUCCEEDED", arn=STOP_EXECUTION, output=output)

        assert (ending.outcome, ending.goal, ending.report) == (Outcome.STOPPED, Goal.STOPPED, report)

    def test_that_was_not_wanted_any_more_is_told_to_nobody(self, executions: Executions) -> None:
        last = stop(begin_stop(LatestStart=EXECUTION), FakeModel("RUNNING"), now=after(1))
        assert last.phase is Phase.SUPERSEDED

        assert endings().read(state_event(last, after(1))) is None
        output = json.dumps(report_json(last.request, last.report(now=after(1))))
        assert executions.end("SUCCEEDED", arn=STOP_EXECUTION, output=output) is None

    @pytest.mark.parametrize(
        ("status", "status_seen", "outcome"),
        [
            ("FAILED", "RUNNING", Outcome.STILL_BILLING),
            ("FAILED", "STOPPING", Outcome.STILL_BILLING),
            ("FAILED", "STOPPED", Outcome.FAILED),
            ("TIMED_OUT", "RUNNING", Outcome.STILL_BILLING),
            ("TIMED_OUT", "STOPPED", Outcome.TIMED_OUT),
            ("ABORTED", "RUNNING", Outcome.ABORTED),
            ("ABORTED", "STOPPED", Outcome.ABORTED),
        ],
    )
    def test_that_failed_is_told_as_still_billing_if_it_still_bills(
        self, executions: Executions, status: str, status_seen: str, outcome: Outcome
    ) -> None:
        ending = executions.told(
            status, FakeModel(status_seen), arn=STOP_EXECUTION, error="StopTimedOutError", cause="Too late."
        )

        assert (ending.outcome, ending.goal) == (outcome, Goal.STOPPED)
        assert ending.may_bill is (status_seen != "STOPPED")
        assert not isinstance(ending.report, StartReport)

    def test_that_nobody_could_look_at_may_bill(self, executions: Executions) -> None:
        ending = executions.told("FAILED", FakeModel(DENIED), arn=STOP_EXECUTION)

        assert (ending.outcome, ending.may_bill) == (Outcome.STILL_BILLING, True)

    def test_for_a_start_that_gave_up_names_the_model_of_that_start(self, executions: Executions) -> None:
        failed = {"FailedStart": {"ExecutionArn": EXECUTION, "Input": INPUT}}

        ending = executions.told("ABORTED", FakeModel("RUNNING"), arn=STOP_EXECUTION, input=json.dumps(failed))

        assert isinstance(ending.request, StopRequest)
        assert (ending.request.asked_by, ending.request.project) == (EXECUTION, "parts")


def test_every_status_of_an_execution_that_has_ended_has_an_outcome() -> None:
    assert set(OF_EXECUTION) == enum_of("stepfunctions", "ExecutionStatus") - {"RUNNING", "PENDING_REDRIVE"}


def test_a_state_and_the_net_give_one_end_one_identity_and_a_redrive_gives_another() -> None:
    told_by_state = [state_event(begin(), after(0), redrives=redrives) for redrives in (0, 1)]
    caught_by_net = [status_change("SUCCEEDED", redriveCount=redrives) for redrives in (0, 1)]

    assert [endings().identity(event) for event in told_by_state] == [f"{EXECUTION}#0", f"{EXECUTION}#1"]
    assert [endings().identity(event) for event in caught_by_net] == [f"{EXECUTION}#0", f"{EXECUTION}#1"]
    assert endings().identity(status_change("FAILED", redriveCount=None)) == f"{EXECUTION}#0"


@pytest.mark.parametrize("status", ["ABORTED", "TIMED_OUT"])
def test_what_no_state_can_tell_is_told_whatever_a_state_was_telling(status: str) -> None:
    assert endings().identity(status_change(status, redriveCount=1)) == f"{EXECUTION}#1#{status}"
