"""Where endings come from: a state of a machine, or the status-change event of an execution."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from model_lifecycle.endings.ending import (
    CleanUp,
    Ending,
    FailedCleanUp,
    StartedCleanUp,
    notification_id,
    still_starting_id,
    waiting_id,
)
from model_lifecycle.endings.heard import heard
from model_lifecycle.endings.outcome import OF_EXECUTION, Outcome, of_failure, of_phase, of_success
from model_lifecycle.endings.redrives import redrive_of_end
from model_lifecycle.model.model import Model
from model_lifecycle.requests.model_request import Defaults, ModelRequest
from model_lifecycle.requests.named import named_in, project_in
from model_lifecycle.requests.parsers import PARSERS
from model_lifecycle.steps.payload import asked_of
from model_lifecycle.steps.report import ExecutionReport, StartReport, StopReport
from model_lifecycle.vocabulary.codec import read_json
from model_lifecycle.vocabulary.errors import (
    FunctionFailedError,
    InvalidRequestError,
    StartTimedOutError,
)
from model_lifecycle.vocabulary.home import Home
from model_lifecycle.vocabulary.instant import from_instant
from model_lifecycle.vocabulary.machines import STOP_MODEL, machine_of
from model_lifecycle.vocabulary.phase import Goal, Phase

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


ALREADY_STARTED = "StepFunctions.ExecutionAlreadyExistsException"
"""How "Stop model" hears that what it asked for was done: the answer to its first call was lost."""

# Step Functions ends the execution, but not the function of the state that was under way.
_BY_STEP_FUNCTIONS = ("ABORTED", "TIMED_OUT")
_REPORTS: Mapping[Goal, type[StartReport] | type[StopReport]] = {
    Goal.RUNNING: StartReport,
    Goal.STOPPED: StopReport,
}


class Endings:
    """Reads the events that the function Notify gets.

    From a state: `{"Goal", "Execution": {"Arn", "StartTime", "RedriveCount"}, "Progress", "CleanUp"}`. From the net
    below the machines: EventBridge's `Step Functions Execution Status Change`.
    """

    def __init__(
        self,
        *,
        executions: "SFNClient",
        model_of: Callable[[ModelRequest], Model],
        defaults: Defaults,
        home: Home,
        now: datetime,
    ) -> None:
        self._executions = executions
        self._model_of = model_of
        self._defaults = defaults
        self._home = home
        self._now = now

    def identity(self, event: dict[str, Any]) -> str:
        """Return the NotificationId, read as a rule from the event alone: what was announced needs no second look.

        Step Functions may end an execution while a state tells how it ended. That, no state tells.

        Raises InvalidRequestError for what no state of the machines and no end of their executions sends.
        """
        event = heard(event, self._home)
        if _goes_on(event):
            of_phase_now = still_starting_id if _still_starts(event) else waiting_id
            return of_phase_now(event["Execution"]["Arn"])
        if "detail" not in event:
            return notification_id(event["Execution"]["Arn"], event["Execution"]["RedriveCount"])
        detail = event["detail"]
        redrive_count = detail.get("redriveCount") or 0
        if redrive_count and detail["status"] == "FAILED":
            redrive_count = redrive_of_end(self._executions, detail["executionArn"], redrive_count)
        of_end = notification_id(detail["executionArn"], redrive_count)
        return f"{of_end}#{detail['status']}" if detail["status"] in _BY_STEP_FUNCTIONS else of_end

    def read(self, event: dict[str, Any]) -> Ending | None:
        """Return the ending that the event is about; None of a stop that was not wanted any more: nobody is to hear of
        it.
        """
        if "detail" in event:
            return self._untold(event)
        return self._under_way(event) if _goes_on(event) else self._told_by_state(event)

    def come_too_late(self, event: dict[str, Any]) -> bool:
        """Tell whether a state says how an execution goes on that was ended meanwhile. Its end has been told by then.

        Raises botocore's ClientError and BotoCoreError.
        """
        if not _goes_on(event):
            return False
        described = self._executions.describe_execution(executionArn=event["Execution"]["Arn"])
        return described["status"] != "RUNNING"

    def _under_way(self, event: dict[str, Any]) -> Ending:
        goal = Goal(event["Goal"])
        request = self._request(goal, asked_of(event), ours=True)
        # Most endings say themselves how the model was left: what reads a step's progress is seldom needed.
        from model_lifecycle.endings.looking import progress_of

        progress = progress_of(goal, event["Progress"], request)
        return Ending(
            notification_id=self.identity(event),
            outcome=Outcome.STILL_STARTING if _still_starts(event) else Outcome.WAITING,
            goal=goal,
            execution_arn=progress.execution_arn,
            request=request,
            report=progress.report(now=self._now),
            cause=progress.trouble or None,
            tried_until=progress.deadline,
        )

    def _told_by_state(self, event: dict[str, Any]) -> Ending | None:
        progress = event["Progress"]
        goal = Goal(event["Goal"])
        failure = progress["Failure"] or {}
        request = self._request(goal, asked_of(event), ours=progress.get("Report") is not None)
        refused = not progress.get("Report")
        if failure.get("Error") == FunctionFailedError.__name__ or refused:
            started_at = from_instant(event["Execution"]["StartTime"])
            reported, gone = self._look(
                goal, request, event["Execution"]["Arn"], started_at, Outcome.FAILED, refused=refused
            )
        else:
            reported, gone = _report(goal, progress["Report"]), False
        outcome = of_phase(goal, Phase(progress["Phase"]), reported)
        if outcome is None:
            return None
        return Ending(
            notification_id=self.identity(event),
            outcome=outcome,
            goal=goal,
            execution_arn=event["Execution"]["Arn"],
            request=request,
            project=None if request else project_in(asked_of(event)),
            report=reported,
            gone=gone,
            error=failure.get("Error"),
            cause=failure.get("Cause"),
            clean_up=_clean_up(event.get("CleanUp"), self.identity(event), self._home),
        )

    def _untold(self, event: dict[str, Any]) -> Ending | None:
        # The event leaves out a large input, and error and cause: DescribeExecution has the whole.
        execution = self._executions.describe_execution(executionArn=event["detail"]["executionArn"])
        goal = machine_of(execution["executionArn"]).goal
        # A later release may know more fields. Whether this one would have refused them does not matter any more.
        accepted = execution.get("error") != InvalidRequestError.__name__
        asked, gone = _read(execution.get("input", "null")), False
        valid = self._request(goal, asked, ours=accepted)
        if valid is not None and valid.is_open:
            from model_lifecycle.endings.chosen import last_request

            known = self._request(goal, last_request(self._executions, execution["executionArn"]), ours=True)
            valid = known or valid
        request = valid or self._request(goal, named_in(asked, self._home), ours=False)
        reported: ExecutionReport | None
        outcome = OF_EXECUTION[event["detail"]["status"]]
        if outcome is None:
            output = json.loads(execution["output"])
            request, reported = self._request(goal, output["Request"], ours=True), _report(goal, output)
            outcome = of_success(reported)
        else:
            if outcome is Outcome.FAILED and execution.get("error") == StartTimedOutError.__name__:
                # To Step Functions it failed. The state that could not tell it says the same of it.
                outcome = Outcome.TIMED_OUT
            began = execution["executionArn"], execution["startDate"]
            refused = not accepted or valid is None
            reported, gone = self._look(goal, request, *began, outcome, refused=refused)
            outcome = of_failure(goal, outcome, may_bill=reported is not None and reported.may_bill)
        if outcome is None:
            return None
        return Ending(
            notification_id=self.identity(event),
            outcome=outcome,
            goal=goal,
            execution_arn=execution["executionArn"],
            request=request,
            project=None if request else project_in(asked),
            report=reported,
            gone=gone,
            error=execution.get("error"),
            cause=execution.get("cause"),
        )

    def _request(self, goal: Goal, execution_input: object, *, ours: bool) -> ModelRequest | None:
        try:
            return PARSERS[goal](execution_input, defaults=self._defaults, home=self._home, ours=ours)
        except InvalidRequestError:
            # The ending's own error and cause say what is wrong with the input.
            return None

    def _look(
        self, goal: Goal, request: Any, execution_arn: str, started_at: datetime, outcome: Outcome, *, refused: bool
    ) -> tuple[ExecutionReport | None, bool]:
        if request is None or request.is_open:
            return None, False
        from model_lifecycle.endings.looking import looked_at

        return looked_at(
            goal,
            request,
            self._model_of(request),
            outcome,
            execution_arn=execution_arn,
            started_at=started_at,
            refused=refused,
            now=self._now,
        )


def _goes_on(event: dict[str, Any]) -> bool:
    """Tell whether a state tells of an execution that has not ended."""
    return "detail" not in event and bool(event["Progress"].get("Tells"))


def _still_starts(event: dict[str, Any]) -> bool:
    return bool(event["Progress"]["Phase"] == Phase.STARTING)


def _report(goal: Goal, written: dict[str, Any]) -> ExecutionReport:
    return read_json(_REPORTS[goal], written)


def _clean_up(came_of_it: dict[str, Any] | None, named_after: str, home: Home) -> CleanUp | None:
    """Return what the state "Stop model" left: nothing, an execution, or an error. It names the execution after the
    end.
    """
    match came_of_it:
        case {"ExecutionArn": str(execution_arn)}:
            return StartedCleanUp(execution_arn=execution_arn)
        case {"Error": error} if error == ALREADY_STARTED:
            return StartedCleanUp(execution_arn=STOP_MODEL.execution(sha256(named_after.encode()).hexdigest(), home))
        case {"Error": str(error)}:
            return FailedCleanUp(error=error)
    return None


def _read(written: str) -> object:
    try:
        return json.loads(written)
    except (ValueError, RecursionError):
        # Step Functions takes numbers and nesting that Python does not. Such an input names no model.
        return None
