"""Executions of state machines: each ends once, has a limited history, and can be redriven."""

import copy
import json
import threading
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any

from moto.stepfunctions.parser.api import (
    ExecutionAbortedEventDetails,
    ExecutionFailedEventDetails,
    ExecutionStatus,
    ExecutionTimedOutEventDetails,
    HistoryEventType,
)
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventHistoryContext, EventManager
from moto.stepfunctions.parser.asl.eval.program_state import ProgramEnded, ProgramError, ProgramTimedOut
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication, Execution
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker

from local.clock.clock import Clock
from local.clock.stand_ins import event_on
from local.step_functions.interpreter import aws_time, compact

MAX_EVENTS = 25_000
"""https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html"""
_MOST_CAUSE_CHARACTERS = 32_768
"""https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html"""

REDRIVABLE = {ExecutionStatus.FAILED, ExecutionStatus.ABORTED, ExecutionStatus.TIMED_OUT}

_LIMIT_ERROR = "States.Runtime"
_LIMIT_CAUSE = f"The execution reached the maximum number of history events ({MAX_EVENTS})."


class LocalExecution(Execution):  # type: ignore[misc]
    """An execution that ends once in each of its lives, at the moment that AWS would end it."""

    def __init__(self, *, clock: Clock, changed: Callable[["LocalExecution"], None], **kwargs: Any) -> None:
        """Call `changed` each time the status has changed."""
        super().__init__(start_date=clock.now(), **kwargs)
        self.clock = clock
        self.redrive_count = 0
        self.redrive_date: datetime | None = None
        # It can be listed before its first state begins.
        self.exec_status = ExecutionStatus.RUNNING
        self.stop_date: datetime | None = None
        self.error: str | None = None
        self.cause: str | None = None
        self.output: str | None = None
        self.ended = event_on(clock)()
        """Set when the status will not change any more, but by a redrive."""
        self._changed = changed
        self._guard = threading.RLock()
        self._when_cut_short: list[Callable[[], object]] = []

    @property
    def why_not_redrivable(self) -> str | None:
        """Say why this execution cannot be redriven, if it cannot."""
        if self.exec_status not in REDRIVABLE:
            return f"Execution is {self.status} and cannot be redriven"
        if self.exec_worker.history.is_full:
            return "Execution has reached the maximum number of history events and cannot be redriven"
        return None

    def start(self) -> None:
        self._run(_Life(self, History(MAX_EVENTS, self._is_full)))

    def when_cut_short(self, action: Callable[[], object]) -> None:
        """Do that once this is aborted, fails or times out with a task under way; at once if it has."""
        with self._guard:
            if self.exec_status == ExecutionStatus.RUNNING:
                self._when_cut_short.append(action)
                return
        action()

    def forget(self, action: Callable[[], object]) -> None:
        """Do it no more."""
        with self._guard:
            if action in self._when_cut_short:
                self._when_cut_short.remove(action)

    def redrive(self) -> None:
        """Begin again at the state that was entered last; the caller has made sure that this can be."""
        with self._guard:
            before: _Life = self.exec_worker
            self.redrive_count += 1
            self.redrive_date = self.clock.now()
            self.stop_date = self.error = self.cause = self.output = None
            self._run(_Life(self, before.history.continued(), before=before))

    def stop(self, stop_date: datetime, error: str | None, cause: str | None) -> None:
        """Abort; an execution that has ended stays as it ended."""
        life: _Life = self.exec_worker
        if self.end(life, ExecutionStatus.ABORTED, error=error, cause=cause):
            life.env.set_stop(stop_date=stop_date, cause=cause, error=error)

    def end(
        self,
        life: "_Life",
        status: ExecutionStatus,
        *,
        error: str | None = None,
        cause: str | None = None,
        output: str | None = None,
    ) -> bool:
        """End a life of this execution; only the first who says so is heard."""
        with self._guard:
            if self.exec_worker is not life or self.exec_status != ExecutionStatus.RUNNING:
                return False
            self.stop_date = self.clock.now()
            self.error, self.cause, self.output = error, cause and cause[:_MOST_CAUSE_CHARACTERS], output
            life.history.close(life.env, status, error, cause)
            self.exec_status = status
            abandoned, self._when_cut_short = self._when_cut_short, []
        self._changed(self)
        self.ended.set()
        for action in abandoned:
            self.clock.spawn(action, name="abandoned task")
        return True

    def _run(self, life: "_Life") -> None:
        self.exec_worker = life
        self.ended.clear()
        self.exec_status = ExecutionStatus.RUNNING
        self._changed(self)
        life.start()

    def _is_full(self, history: "History") -> None:
        life: _Life = self.exec_worker
        if life.history is history and self.end(life, ExecutionStatus.FAILED, error=_LIMIT_ERROR, cause=_LIMIT_CAUSE):
            life.env.set_error(ExecutionFailedEventDetails(error=_LIMIT_ERROR, cause=_LIMIT_CAUSE))


class History(EventManager):  # type: ignore[misc]
    """The events of an execution up to its end; what still runs then leaves no trace."""

    def __init__(self, limit: int, when_full: Callable[["History"], None]) -> None:
        super().__init__()
        self._limit = limit
        self._when_full = when_full
        self._closed = False
        self.last_entered: tuple[str, Any] | None = None
        """Name and input of the state that the execution itself, not a branch of it, entered last."""

    @property
    def is_full(self) -> bool:
        """Whether no further event can be written."""
        return len(self._history_event_list) >= self._limit

    def add_event(
        self,
        context: EventHistoryContext,
        event_type: HistoryEventType,
        event_details: EventDetails | None = None,
        timestamp: datetime | None = None,
        update_source_event_id: bool = True,
    ) -> int:
        if self._closed:
            return 0
        if len(self._history_event_list) >= self._limit - 1 and event_type not in _ENDS:
            self._when_full(self)
            return 0
        if event_details and isinstance(context, _MainContext) and "stateEnteredEventDetails" in event_details:
            details = event_details["stateEnteredEventDetails"]
            self.last_entered = (details["name"], json.loads(details["input"]))
        event_id: int = super().add_event(context, event_type, event_details, timestamp, update_source_event_id)
        return event_id

    def close(self, env: Environment, status: ExecutionStatus, error: str | None, cause: str | None) -> None:
        """Write nothing after the end; write the end, where the interpreter would come to it too late."""
        event = _END_EVENTS.get(status)
        ended = self._history_event_list and self._history_event_list[-1]["type"] in _ENDS
        if event and not ended:
            event_type, member, details = event
            self.add_event(
                env.event_history_context, event_type, EventDetails(**{member: details(error=error, cause=cause)})
            )
        self._closed = True

    def continued(self) -> "History":
        """Give a history that begins with these events."""
        more = History(self._limit, self._when_full)
        more.last_entered = self.last_entered
        for event in self.get_event_history():
            more._history_event_list.append(event)
            more._event_id_gen.get()
        return more


class _MainContext(EventHistoryContext):  # type: ignore[misc]
    """The place in the history of the execution itself, not of a branch of it."""


@lru_cache(maxsize=64)
def _program(definition: str) -> Any:
    """Return the states of a definition. To parse one takes moto fifteen times as long as to copy it."""
    return AmazonStateLanguageParser.parse(definition)[0]


class _Life(ExecutionWorker):  # type: ignore[misc]
    """One run of the interpreter: from the start, or from a redrive, to the end."""

    def __init__(self, execution: LocalExecution, history: History, *, before: "_Life | None" = None) -> None:
        worker = execution._get_start_execution_worker()  # noqa: SLF001
        super().__init__(
            evaluation_details=worker._evaluation_details,  # noqa: SLF001
            exec_comm=_Ending(execution, self),
            cloud_watch_logging_session=None,
            activity_store={},
        )
        self.history = history
        self.env = self._environment(execution, before)
        self._execution = execution
        self._before = before

    def _environment(self, execution: LocalExecution, before: "_Life | None") -> Environment:
        env = self._get_evaluation_environment()
        place = _MainContext.of_program_start()
        if before:
            place.integrate(before.env.event_history_context)
            env.variable_store = copy.deepcopy(before.env.variable_store)
        env.event_history_context = place
        env.event_manager = self.history
        context = env.states.context_object.context_object_data["Execution"]
        context["StartTime"] = aws_time(execution.start_date)
        context["RedriveCount"] = execution.redrive_count
        if execution.redrive_date:
            context["RedriveTime"] = aws_time(execution.redrive_date)
        return env

    def start(self) -> None:
        """Begin in a thread of its own."""
        program = copy.deepcopy(_program(self._execution.state_machine.definition))
        place = self.env.event_history_context
        if self._before is None or self.history.last_entered is None:
            details = {
                "input": self._execution.execution_input,
                "inputDetails": {"truncated": False},
                "roleArn": self._execution.role_arn,
            }
            self.history.add_event(
                place,
                HistoryEventType.ExecutionStarted,
                EventDetails(executionStartedEventDetails=details),
                None,
                False,
            )
        else:
            program.start_at.start_at_name, entered_with = self.history.last_entered
            self.env.states.reset(input_value=entered_with)
            details = {"redriveCount": self._execution.redrive_count}
            self.history.add_event(
                place, HistoryEventType.ExecutionRedriven, EventDetails(executionRedrivenEventDetails=details)
            )
        # Not running before the first state is set, a stop would pass it by.
        self.env.next_state_name = program.start_at.start_at_name
        self._execution.clock.spawn(lambda: self._live(program), name=self._execution.name)

    def _live(self, program: Any) -> None:
        program.eval(self.env)
        self._execution_communication.terminated()


class _Ending(BaseExecutionWorkerCommunication):  # type: ignore[misc]
    """Tells an execution how the interpreter ended."""

    def __init__(self, execution: LocalExecution, life: _Life) -> None:
        super().__init__(execution)
        self._life = life

    def terminated(self) -> None:
        env = self._life.env
        match env.program_state():
            case ProgramEnded():
                output = compact(env.states.get_input())
                self.execution.end(self._life, ExecutionStatus.SUCCEEDED, output=output)
            case ProgramError() as state:
                details = state.error or {}
                self.execution.end(
                    self._life, ExecutionStatus.FAILED, error=details.get("error"), cause=details.get("cause")
                )
            case ProgramTimedOut():
                self.execution.end(self._life, ExecutionStatus.TIMED_OUT, error="States.Timeout")


_ENDS = {
    HistoryEventType.ExecutionSucceeded,
    HistoryEventType.ExecutionFailed,
    HistoryEventType.ExecutionAborted,
    HistoryEventType.ExecutionTimedOut,
}
_END_EVENTS: dict[ExecutionStatus, tuple[HistoryEventType, str, Any]] = {
    ExecutionStatus.ABORTED: (
        HistoryEventType.ExecutionAborted,
        "executionAbortedEventDetails",
        ExecutionAbortedEventDetails,
    ),
    ExecutionStatus.FAILED: (
        HistoryEventType.ExecutionFailed,
        "executionFailedEventDetails",
        ExecutionFailedEventDetails,
    ),
    ExecutionStatus.TIMED_OUT: (
        HistoryEventType.ExecutionTimedOut,
        "executionTimedOutEventDetails",
        ExecutionTimedOutEventDetails,
    ),
}
