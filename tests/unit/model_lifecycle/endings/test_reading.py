"""Where endings come from: a state of the machine, or the event of an execution that no state told of."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from model_lifecycle.endings.ending import Ending
from model_lifecycle.endings.outcome import OF_EXECUTION, Outcome
from model_lifecycle.steps.report import report
from model_lifecycle.vocabulary.errors import AccessDeniedError, ModelNotFoundError, ServiceUnavailableError
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
FUNCTION_FAULT = {
    "Phase": "FAILED",
    "Failure": {"Error": "FunctionFailedError", "Cause": "A Lambda function of this execution failed."},
}


class TestAnEndingThatAStateTells:
    """The states "Notify running" and "Notify failure"."""

    def test_of_a_running_model_has_its_report_and_no_error(self) -> None:
        model = FakeModel("STOPPED", "RUNNING")
        *_, (now, last) = drive(begin(), model)

        ending = read(endings(), state_event(last, now))

        assert ending == Ending(
            notification_id=f"{EXECUTION}#0",
            outcome=Outcome.RUNNING,
            goal=Goal.RUNNING,
            execution_arn=EXECUTION,
            request=begin().request,
            report=report(last, now=now),
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
        event = {
            "Goal": "RUNNING",
            "Input": ["anything"],
            "Execution": {"Arn": EXECUTION, "StartTime": "2026-01-05T09:00:00.000Z", "RedriveCount": 0},
            "Progress": {
                "Phase": "FAILED",
                "Failure": {"Error": "InvalidRequestError", "Cause": "No."},
                "Report": None,
            },
        }

        ending = read(endings(), event)

        assert (ending.outcome, ending.request, ending.report) == (Outcome.FAILED, None, None)
        assert (ending.error, ending.cause, ending.may_bill) == ("InvalidRequestError", "No.", False)

    @pytest.mark.parametrize(("status", "may_bill"), [("RUNNING", True), ("STARTING", True), ("STOPPED", False)])
    def test_after_a_function_s_fault_looks_how_the_model_is(self, status: str, may_bill: bool) -> None:
        model = FakeModel(status)
        event = {**state_event(begin(), after(0)), "Progress": FUNCTION_FAULT}

        ending = read(endings(model, now=after(50)), event)

        assert (ending.outcome, ending.error) == (Outcome.FAILED, "FunctionFailedError")
        assert ending.report
        assert (ending.report["Status"], ending.report["ElapsedSeconds"]) == (status, 50)
        assert ending.may_bill is may_bill
        assert (model.looks, model.starts) == (1, 0)

    @pytest.mark.parametrize(
        "error", [AccessDeniedError("no"), ServiceUnavailableError("not now", perhaps_done=False)], ids=type
    )
    def test_after_a_function_s_fault_may_bill_where_nobody_can_look(self, error: Any) -> None:
        event = {**state_event(begin(), after(0)), "Progress": FUNCTION_FAULT}

        assert read(endings(FakeModel(error)), event).may_bill

    def test_after_a_function_s_fault_over_an_invalid_input_is_told_all_the_same(self) -> None:
        event = {**state_event(begin(), after(0)), "Progress": FUNCTION_FAULT, "Input": 5}

        ending = read(endings(), event)

        assert (ending.request, ending.report, ending.error) == (None, None, "FunctionFailedError")


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

    def has(self, status: str, arn: str = EXECUTION, **more: Any) -> None:
        """Let the execution be so."""
        answer = {"executionArn": arn, "stateMachineArn": MACHINE, "status": status, "startDate": START, **more}
        self.stub.add_response("describe_execution", answer, {"executionArn": arn})


@pytest.fixture
def executions() -> Iterator[Executions]:
    known = Executions()
    with known.stub:
        yield known
        known.stub.assert_no_pending_responses()


def status_change(status: str, **detail: Any) -> dict[str, Any]:
    """EventBridge's event of an execution's end. It leaves out what is large."""
    return {
        "source": "aws.states",
        "detail-type": "Step Functions Execution Status Change",
        "detail": {
            "executionArn": EXECUTION,
            "stateMachineArn": MACHINE,
            "status": status,
            "redriveCount": 0,
            **detail,
        },
    }


class TestAnEndingThatTheNetCatches:
    """EventBridge tells that an execution ended, and DescribeExecution the rest."""

    @pytest.mark.parametrize(
        ("status", "outcome"),
        [("FAILED", Outcome.FAILED), ("TIMED_OUT", Outcome.TIMED_OUT), ("ABORTED", Outcome.ABORTED)],
    )
    def test_is_told_with_the_execution_s_own_error_and_a_look_at_the_model(
        self, executions: Executions, status: str, outcome: Outcome
    ) -> None:
        executions.has(status, input=json.dumps({"ProjectVersionArn": VERSION}), error="Later", cause="Minds changed.")

        known = endings(FakeModel("STARTING"), executions=executions.client, now=after(60))
        ending = read(known, status_change(status))

        assert (ending.outcome, ending.error, ending.cause) == (outcome, "Later", "Minds changed.")
        assert ending.request == request()
        assert ending.report
        assert (ending.report["Status"], ending.report["ElapsedSeconds"]) == ("STARTING", 60)
        assert ending.may_bill

    def test_of_a_success_has_the_execution_s_own_output(self, executions: Executions) -> None:
        *_, (now, last) = drive(begin(), FakeModel("STOPPED", "RUNNING"))
        output = report(last, now=now)
        executions.has("SUCCEEDED", input=json.dumps({"ProjectVersionArn": VERSION}), output=json.dumps(output))

        ending = read(endings(executions=executions.client, now=after(10**6)), status_change("SUCCEEDED"))

        assert (ending.outcome, ending.report, ending.error) == (Outcome.RUNNING, output, None)

    def test_without_error_and_cause_is_told_all_the_same(self, executions: Executions) -> None:
        executions.has("ABORTED", input=json.dumps({"ProjectVersionArn": VERSION}))

        ending = read(endings(FakeModel("FAILED"), executions=executions.client), status_change("ABORTED"))

        assert (ending.outcome, ending.error, ending.cause) == (Outcome.ABORTED, None, None)

    @pytest.mark.parametrize(("status", "may_bill"), [("STOPPED", True), ("EXPIRED", False), ("RUNNING", True)])
    def test_of_an_abort_says_that_a_step_under_way_may_still_start_a_model_that_can_be_started(
        self, executions: Executions, status: str, may_bill: bool
    ) -> None:
        executions.has("ABORTED", input=json.dumps({"ProjectVersionArn": VERSION}))

        ending = read(endings(FakeModel(status), executions=executions.client), status_change("ABORTED"))

        assert ending.may_bill is may_bill
        assert ending.report is not None
        assert bool(ending.report["Remedy"] and "look again" in ending.report["Remedy"]) is (status == "STOPPED")

    def test_of_a_start_that_was_overdue_is_no_other_outcome_than_a_state_tells(self, executions: Executions) -> None:
        """Its state could not tell it: to Step Functions the execution failed, to people the start timed out."""
        executions.has(
            "FAILED", input=json.dumps({"ProjectVersionArn": VERSION}), error="StartTimedOutError", cause="Too late."
        )

        ending = read(endings(FakeModel("STARTING"), executions=executions.client), status_change("FAILED"))

        assert ending.outcome is Outcome.TIMED_OUT

    @pytest.mark.parametrize(
        "unreadable",
        ["5", "null", "[]", '"\\ud800"', "[" * 100_000 + "]" * 100_000, "1" * 5_000],
        ids=["number", "null", "list", "half a character", "nested too deeply", "too many digits"],
    )
    def test_of_any_input_at_all_is_told_without_a_model(self, executions: Executions, unreadable: str) -> None:
        executions.has("FAILED", input=unreadable, error="States.Runtime", cause="Too large.")

        ending = read(endings(executions=executions.client), status_change("FAILED"))

        assert (ending.request, ending.report, ending.may_bill) == (None, None, False)
        assert (ending.error, ending.cause) == ("States.Runtime", "Too large.")

    def test_without_an_input_is_told_without_a_model(self, executions: Executions) -> None:
        executions.has("FAILED", error="States.Runtime")

        assert read(endings(executions=executions.client), status_change("FAILED")).request is None


class TestAnEndingOfAStop:
    """The same of stop-model, by a state and by the net."""

    INPUT = json.dumps({"ProjectVersionArn": VERSION})

    def told_by_net(self, executions: Executions, status: str, model: FakeModel | None = None, **more: Any) -> Any:
        """What the net makes of an end of stop-model."""
        executions.has(status, STOP_EXECUTION, **{"input": self.INPUT, **more})
        return endings(model, executions=executions.client, now=after(60)).read(
            status_change(status, executionArn=STOP_EXECUTION)
        )

    def test_that_took_has_its_report_and_no_error(self) -> None:
        *_, (now, last) = drive_stop(begin_stop(), FakeModel("RUNNING", "STOPPED"))

        ending = read(endings(), state_event(last, now))

        assert ending == Ending(
            notification_id=f"{STOP_EXECUTION}#0",
            outcome=Outcome.STOPPED,
            goal=Goal.STOPPED,
            execution_arn=STOP_EXECUTION,
            request=stop_request(),
            report=report(last, now=now),
        )

    @pytest.mark.parametrize(("status", "outcome"), [("RUNNING", Outcome.STILL_BILLING), ("STOPPED", Outcome.FAILED)])
    def test_whose_function_failed_looks_how_the_model_is(self, status: str, outcome: Outcome) -> None:
        model = FakeModel(status)
        event = {**state_event(begin_stop(), after(0)), "Progress": FUNCTION_FAULT}

        ending = read(endings(model, now=after(50)), event)

        assert (ending.outcome, ending.error) == (outcome, "FunctionFailedError")
        assert ending.report
        assert (ending.report["Status"], ending.report["Asked"], ending.report["StoppedAt"]) == (status, None, None)
        assert (model.looks, model.stops) == (1, 0)

    def test_that_no_state_told_has_the_execution_s_own_output(self, executions: Executions) -> None:
        *_, (now, last) = drive_stop(begin_stop(), FakeModel("RUNNING", "STOPPED"))
        output = report(last, now=now)

        ending = self.told_by_net(executions, "SUCCEEDED", output=json.dumps(output))

        assert (ending.outcome, ending.goal, ending.report) == (Outcome.STOPPED, Goal.STOPPED, output)

    def test_that_was_not_wanted_any_more_is_told_to_nobody(self, executions: Executions) -> None:
        asked = begin_stop(LatestStart=EXECUTION)
        last = stop(asked, FakeModel("RUNNING"), now=after(1))
        assert last.phase is Phase.SUPERSEDED

        assert endings().read(state_event(last, after(1))) is None
        output = json.dumps(report(last, now=after(1)))
        assert self.told_by_net(executions, "SUCCEEDED", output=output) is None

    @pytest.mark.parametrize(
        ("status", "seen", "outcome"),
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
        self, executions: Executions, status: str, seen: str, outcome: Outcome
    ) -> None:
        ending = self.told_by_net(executions, status, FakeModel(seen), error="StopTimedOutError", cause="Too late.")

        assert (ending.outcome, ending.goal) == (outcome, Goal.STOPPED)
        assert ending.may_bill is (seen != "STOPPED")
        assert "Remedy" not in ending.report

    def test_that_nobody_could_look_at_may_bill(self, executions: Executions) -> None:
        ending = self.told_by_net(executions, "FAILED", FakeModel(AccessDeniedError("no")))

        assert (ending.outcome, ending.may_bill) == (Outcome.STILL_BILLING, True)

    def test_for_a_start_that_gave_up_names_the_model_of_that_start(self, executions: Executions) -> None:
        failed = {"FailedStart": {"ExecutionArn": EXECUTION, "Input": {"ProjectVersionArn": VERSION}}}

        ending = self.told_by_net(executions, "ABORTED", FakeModel("RUNNING"), input=json.dumps(failed))

        assert ending.request.asked_by == EXECUTION
        assert ending.request.project == "parts"


def test_every_status_of_an_execution_that_has_ended_has_an_outcome() -> None:
    assert set(OF_EXECUTION) == enum_of("stepfunctions", "ExecutionStatus") - {"RUNNING", "PENDING_REDRIVE"}


def test_a_state_and_the_net_give_one_end_one_identity_and_a_redrive_gives_another() -> None:
    told_by_state = [state_event(begin(), after(0), redrives=redrives) for redrives in (0, 1)]
    caught_by_net = [status_change("ABORTED", redriveCount=redrives) for redrives in (0, 1)]

    assert [endings().identity(event) for event in told_by_state] == [f"{EXECUTION}#0", f"{EXECUTION}#1"]
    assert [endings().identity(event) for event in caught_by_net] == [f"{EXECUTION}#0", f"{EXECUTION}#1"]
    assert endings().identity(status_change("FAILED", redriveCount=None)) == f"{EXECUTION}#0"
