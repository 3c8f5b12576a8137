"""A simulated world with one model: its service, record, schedules and state machines, in which a story takes place."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, cast

from model_lifecycle.aws.executions import StopExecutions
from model_lifecycle.aws.lease_schedules import LeaseSchedules
from model_lifecycle.endings.message import compose
from model_lifecycle.endings.outcome import GOES_ON
from model_lifecycle.endings.reading import Endings
from model_lifecycle.model.budget import Budget
from model_lifecycle.model.record import ModelRecord
from model_lifecycle.model.spending import Spending
from model_lifecycle.requests.stop_request import StopRequest, parse_stop_request
from model_lifecycle.steps.start import check_model, start_model
from model_lifecycle.steps.step import Action, take_step
from model_lifecycle.steps.stop import check_stop, stop_model
from model_lifecycle.vocabulary import errors
from model_lifecycle.vocabulary.instant import from_instant, to_instant
from model_lifecycle.vocabulary.machines import OF_GOAL
from model_lifecycle.vocabulary.phase import Goal
from model_lifecycle.watch.budget_round import BudgetRound
from model_lifecycle.watch.watch import Finding, Limits, Watch, Watched
from tests.fakes.given import DEFAULTS, EXECUTION, HOME, STOP_EXECUTION, after
from tests.fakes.told import PRICE, UTC
from tests.simulation import model_life as lived
from tests.simulation.clients import TARGET, Executions, Ledgers, Pace, Records, Schedules, WaitingLines
from tests.simulation.machine import End, Machine, TaskError
from tests.simulation.running import Running, Step, Visit
from tests.simulation.scene import FaultyCallError, ProcessDiedError, Scene
from tests.simulation.service import Model, Service
from tests.simulation.story import IDENTITIES, Begins, Call, Fault, Hand, Happens, Story

Definitions = Mapping[str, Mapping[str, Any]]

WARN_AFTER = timedelta(hours=24)

_MACHINES = {goal: machine.name for goal, machine in OF_GOAL.items()}
_ARNS = {Goal.RUNNING: EXECUTION.rpartition(":")[0], Goal.STOPPED: STOP_EXECUTION.rpartition(":")[0]}
# Lambda's own, of functions that are called asynchronously.
_RETRIED_AFTER = (60, 120)
_TOLD_ONCE_IN = timedelta(seconds=24 * 3_600 - 300)
_OF_LAMBDA: Mapping[Fault | None, str] = {
    Fault.THROTTLED: "Lambda.TooManyRequestsException",
    Fault.BROKEN: "Lambda.ServiceException",
    Fault.ANSWER_LOST: "Lambda.SdkClientException",
    Fault.DENIED: "Lambda.AccessDeniedException",
}
_DIED = "Runtime.ExitError"
_ANOTHER = f"{EXECUTION}-of-another"


class EndedError(BaseException):
    """The execution that goes on here has been ended."""


class World(Scene):
    """Brings a story about, to its end, with machines of these definitions."""

    def __init__(self, story: Story, definitions: Definitions) -> None:
        super().__init__(story)
        self.executions: dict[str, Running] = {}
        self.told: list[lived.Told] = []
        self.wanted: list[datetime] = []
        self.records = Records(self)
        self.pace = Pace(self)
        self.schedules = Schedules(self, partial(self.execute, Goal.STOPPED))
        self.service = Service(self)
        self._definitions = definitions
        self._leases = LeaseSchedules(TARGET, cast("Any", self.schedules))
        self._client = cast("Any", Executions(self, self.executions, partial(self.execute, Goal.STOPPED)))
        self._runs = 0
        self.ledgers = Ledgers(self, self.records)
        self.told_of_budget: dict[str, None] = {}
        spending = Spending(story.budget, self.ledgers) if story.budget else None
        lines = WaitingLines(self)
        start = partial(start_model, records=self.records, leases=self._leases, lines=lines, spending=spending)
        stop = partial(stop_model, records=self.records, leases=self._leases, meter=self.service)
        check = partial(check_stop, records=self.records, leases=self._leases, meter=self.service)
        self._actions: Mapping[str, Mapping[Goal, Action]] = {
            "StartModel": {Goal.RUNNING: start},
            "CheckModel": {Goal.RUNNING: partial(check_model, records=self.records), Goal.STOPPED: check},
            "StopModel": {Goal.STOPPED: stop},
        }
        for act in story.acts:
            self.turnstile.at(after(act.at), partial(self._act, act))
        if story.watch_at is not None:
            self.turnstile.begin(partial(self._watch, story.watch_at))
        self.turnstile.run()

    @property
    def life(self) -> lived.ModelLife:
        """What became of it."""
        return lived.ModelLife(
            name=f"A model of {self.story.service}",
            words=self.story.words,
            over=self.over,
            conditions=self.conditions,
            executions=self.executions,
            calls=self.asked,
            written=self.written,
            told=self.told,
        )

    def execute(self, goal: Goal, execution_input: Mapping[str, Any], name: str = "") -> str:
        """Start an execution; under the name of one that is there, none. Returns its ARN."""
        arn = f"{_ARNS[goal]}:{name or len(self.executions)}"
        if arn not in self.executions:
            self.executions[arn] = Running(arn=arn, goal=goal, input=execution_input, began=self.now)
            self.turnstile.begin(partial(self._live, self.executions[arn]))
        return arn

    def _act(self, act: Begins | Happens) -> None:
        if isinstance(act, Begins):
            self.execute(act.goal, act.input, act.name)
            return
        under_way = [running for running in self.executions.values() if running.ended is None]
        match act.what:
            case str(status):
                self.service.turn(status)
            case Hand.DISARMS:
                self.schedules.armed.clear()
            case Hand.ABORTS_FIRST | Hand.ABORTS_LAST:
                for running in under_way[:1] if act.what is Hand.ABORTS_FIRST else under_way[-1:]:
                    self._end(running, End("ABORTED"))
            case _:
                with suppress(errors.ModelInUseError):
                    self._lend_a_hand(act.what)

    def _lend_a_hand(self, hand: Hand) -> None:
        """Do what somebody does with the model itself, or another execution in one go."""
        record, words = self.records.store.record, self.story.words
        another: dict[str, Any] = {"version": record.version + 1, "latest_start": _ANOTHER, "wanted_at": self.now}
        runs = self.service.status == words.running
        match hand:
            case Hand.STARTS:
                self.service.start("")
            case Hand.STOPS:
                self.service.stop("")
            case Hand.ANOTHER_STARTS if self.service.status in words.startable:
                self.wanted.append(self.now)
                asked: dict[str, Any] = {
                    "asked_by": _ANOTHER,
                    "asked_at": self.now,
                    "status_when_asked": self.service.status,
                }
                self.records.store.record = ModelRecord(**another, **asked)
                self.service.turn(words.starting)
            case Hand.ANOTHER_WANTS if runs or self.service.status == words.starting:
                # Else it waits.
                if not (runs and record.someone_is_about_to_stop(now=self.now)):
                    self.wanted.append(self.now)
                    gone: dict[str, Any] = dict.fromkeys(("lease_ends_at", "leased_by", "stopping", "stop_asked_at"))
                    self.records.store.record = replace(record, **another, **gone)

    def _live(self, running: Running) -> None:
        definition = self._definitions[_MACHINES[running.goal]]
        timeout = timedelta(seconds=definition["TimeoutSeconds"])
        self.turnstile.at(running.began + timeout, lambda: self._end(running, End("TIMED_OUT")))
        context = {"Id": running.arn, "StartTime": to_instant(running.began), "RedriveCount": 0}
        machine = Machine(
            definition,
            {"Execution": context},
            invoke=partial(self._invoke, running),
            wait=partial(self._wait, running),
            chance=self.chance,
        )
        with suppress(EndedError):
            self._end(running, machine.run(json.loads(json.dumps(running.input))))

    def _end(self, running: Running, end: End) -> None:
        if running.ended is None:
            running.end, running.status, running.ended = end, end.status, self.now
            running.quiet = isinstance(end.output, dict) and bool(end.output.get("Superseded"))
            self.turnstile.begin(partial(self._net, running))

    def _wait(self, running: Running, seconds: float) -> None:
        self.turnstile.wait(seconds)
        if running.ended is not None:
            raise EndedError

    def _invoke(self, running: Running, resource: str, payload: dict[str, Any], first: bool) -> Any:
        """Return the task's resource does its work. Raises TaskError."""
        function = resource.removeprefix("Functions/").removesuffix("/CurrentVersion")
        try:
            if resource.endswith(":::states:startExecution"):
                start = partial(self.execute, Goal.STOPPED, payload["Input"], payload["Name"])
                return {"ExecutionArn": self.call(Call.CLEAN_UP, start)}
            if function == "Notify":
                return self.call(Call.INVOKE, partial(self._notify, payload))
            return self._take_step(running, function, payload, first)
        except errors.ModelLifecycleError as error:
            raise TaskError(f"StepFunctions.{error.name}", error.cause) from error
        except FaultyCallError as error:
            raise TaskError(_OF_LAMBDA[error.fault], str(error)) from error
        except ProcessDiedError as error:
            raise TaskError(_DIED) from error
        finally:
            if running.ended is not None:
                raise EndedError

    def _take_step(self, running: Running, function: str, payload: dict[str, Any], first: bool) -> Any:
        if first:
            running.visits.append(Visit(self.now, self.now, ""))
        runs: list[Step] = []

        def run() -> Any:
            runs.append(Step(self._number(), self.now))
            running.steps.append(runs[0])
            taken = take_step(
                payload,
                self._actions[function],
                model_of=lambda request: Model(self, self.service, request, running.arn, runs[0].number),
                defaults=DEFAULTS,
                home=HOME,
                now=self.now,
                pace=self.pace,
            )
            # What a function gives is JSON.
            return json.loads(json.dumps(taken))

        try:
            answer = self.call(Call.INVOKE, run)
            runs[0].heard = True
            return answer
        finally:
            for step in runs:
                step.ended = self.now
            running.visits[-1].ended, running.visits[-1].status = self.now, self.service.status

    def _number(self) -> int:
        self._runs += 1
        return self._runs

    def _notify(self, event: dict[str, Any]) -> dict[str, Any]:
        number = self._number()
        endings = Endings(
            executions=self._client,
            model_of=lambda request: Model(self, self.service, request, "", number),
            defaults=DEFAULTS,
            home=HOME,
            now=self.now,
        )
        identity = endings.identity(event)
        if identity not in {told.notification_id for told in self.told} and not endings.come_too_late(event):
            ending = endings.read(event)
            if ending is not None:
                running = self.executions[ending.execution_arn or ""]
                message = compose(ending, price_per_inference_unit_hour=PRICE, zone=UTC, home=HOME)
                if ending.outcome not in GOES_ON:
                    running.message, running.told_by = message, number
                self._tell(identity, message.document)
        return {"NotificationId": identity}

    def _net(self, running: Running) -> None:
        """Send the event of an execution's end to Notify, as the rule does."""
        detail = {"executionArn": running.arn, "status": running.status, "redriveCount": 0}
        for seconds in (1, *_RETRIED_AFTER):
            self.turnstile.wait(seconds)
            try:
                self._notify({"detail": detail})
            except (ProcessDiedError, errors.ModelLifecycleError):
                continue
            return
        # It lies in the dead-letter queue, and that one has an alarm.
        self._tell(f"{running.arn}#0", {"Outcome": "Undelivered", "ExecutionArn": running.arn})

    def _tell(self, identity: str, document: Mapping[str, Any]) -> None:
        lease_ends_at = (document.get("Lease") or {}).get("EndsAt")
        end = from_instant(lease_ends_at) if lease_ends_at else None
        told = lived.Told(self.now, identity, document["Outcome"], document["ExecutionArn"], end, document)
        self.told.append(told)

    def _watch(self, first: float) -> None:
        self.turnstile.wait(first)
        told_at: datetime | None = None
        while True:
            began = self.now
            for seconds in (*_RETRIED_AFTER, None):
                try:
                    if self._look(to_instant(began)) and not (told_at and self.now - told_at < _TOLD_ONCE_IN):
                        told_at = self.now
                        self._tell(to_instant(began), {"Outcome": "StillBilling", "ExecutionArn": None})
                    break
                except (ProcessDiedError, errors.ModelLifecycleError):
                    if seconds is not None:
                        self.turnstile.wait(seconds)
            self.turnstile.wait((began + timedelta(hours=1) - self.now).total_seconds())

    def _look(self, hour: str) -> bool:
        stop_after = self.story.stop_after_hours_unleased
        watch = Watch(
            records=self.records,
            leases=self._leases,
            meter=self.service,
            stops=StopExecutions(TARGET.state_machine_arn, self._client),
            limits=Limits(
                warn_after=WARN_AFTER, stop_after=None if stop_after is None else timedelta(hours=stop_after)
            ),
            now=self.now,
            hour=hour,
        )
        request = parse_stop_request(dict(IDENTITIES[self.story.service]), defaults=DEFAULTS, home=HOME)
        model = Model(self, self.service, request, "", self._number())
        listed = model.described(Call.LIST)
        # There are other models before it.
        self.turnstile.wait(self.chance.choice((0, 0, 1, 10, 200)))
        watched = watch.look(request, model, listed_as=listed.status)
        if self.story.budget is not None:
            self._settle(self.story.budget, request, watched, hour)
        return watched.finding is Finding.WARNED

    def _settle(self, budget: Budget, request: StopRequest, watched: Watched, hour: str) -> None:
        told = BudgetRound(
            budget,
            ledgers=self.ledgers,
            meter=self.service,
            stops=StopExecutions(TARGET.state_machine_arn, self._client),
            tell=lambda ending: self.told_of_budget.setdefault(ending.notification_id),
            price=PRICE,
            zone=UTC,
            now=self.now,
            hour=hour,
        )
        told.note(request, watched)
        _, troubles = told.settle(all_seen=True)
        for trouble in troubles:
            raise trouble
