"""Two virtual days of the deployed app: one story after the other, and what became of each."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest

from local.api.calls import ApiCall
from local.commands.subscriber import Subscriber
from local.network import faults
from local.scenario import words
from local.scenario.scenario import Scenario
from local.step_functions.executions import History
from local.vision.model_life import Call as ServiceCall
from local.vision.model_life import ModelLife as LocalLife
from model_lifecycle.model.record import ModelRecord
from model_lifecycle.vocabulary.codec import pascal
from model_lifecycle.vocabulary.instant import from_instant
from tests.deployed.lifecycle import CARRIED_OUT, Lifecycle
from tests.deployed.services import LOOKOUT_VISION, REKOGNITION
from tests.deployed.someone import Someone
from tests.deployed.trouble.leaks_story import Abort, Act, Hand, Start, Stop, Story
from tests.simulation.model_life import Call, Condition, Execution, ModelLife, Told, Written

if TYPE_CHECKING:
    from types import MethodType

TWO_DAYS = timedelta(days=2)
BETWEEN = timedelta(minutes=12)
"""From one story to the next."""
_WORDS = {REKOGNITION.name: words.REKOGNITION, LOOKOUT_VISION.name: words.LOOKOUT}
_INSTANTS = frozenset(field.name for field in fields(ModelRecord) if field.type == datetime | None)


@dataclass(frozen=True)
class Lives:
    """What is known of two days once they are over."""

    begin: datetime
    over: datetime
    calls: Sequence[ApiCall]
    executions: Sequence[tuple[Execution, dict[str, Any]]]
    messages: Sequence[dict[str, Any]]
    armed: Sequence[dict[str, Any]]

    def of(self, story: Story) -> ModelLife:
        """One model's."""
        mine = {one.arn: one for one, asked in self.executions if story.is_about(asked)}
        written = [*self._written(story)]
        calls = [*self._calls(story, written)]
        script = Scenario.parse(json.dumps({"Models": [story.scripted]})).models[0]
        asked = tuple(ServiceCall(call.moment, call.starts) for call in calls)
        return ModelLife(
            name=story.name,
            words=_WORDS[story.service.name],
            over=self.over,
            conditions=[
                Condition(condition.since, condition.status)
                for condition in LocalLife(script, self.begin, asked).conditions(self.over)
            ],
            executions=mine,
            calls=calls,
            written=written,
            told=sorted(self._told(story, mine), key=lambda told: told.moment),
            leases=[from_instant(one["LeaseEndsAt"]) for one in self.armed if story.is_about(one)],
        )

    def missed(self, story: Story) -> list[str]:
        """Return what was to go wrong in a story, and did not."""
        begin = self.begin + (story.number - 1) * BETWEEN
        calls = {(call.operation, call.outcome) for call in self.calls if begin <= call.moment < begin + BETWEEN}
        missed = [
            f"{story}: {fault}"
            for fault in story.faults
            if (fault["Operation"], fault.get("Effect") or fault.get("Error")) not in calls
        ]
        aborted = [one for one, asked in self.executions if story.is_about(asked) and one.status == "ABORTED"]
        return (
            missed
            if len(aborted) == (story.abort.times if story.abort else 0)
            else [*missed, f"{story}: {story.abort}"]
        )

    def _written(self, story: Story) -> Iterator[Written]:
        for call in self.calls:
            item = call.parameters.get("Item", {})
            written = call.operation == "PutItem" and call.outcome in CARRIED_OUT
            if written and item.get("ModelId", {}).get("S") == _model_id(story):
                yield Written(call.moment, _record(item))

    def _calls(self, story: Story, written: Sequence[Written]) -> Iterator[Call]:
        for call in self.calls:
            starts = call.operation == story.service.start
            if not starts and call.operation != story.service.stop:
                continue
            if call.outcome not in CARRIED_OUT or not story.is_about(call.parameters):
                continue
            record = next((one.record for one in reversed(written) if one.moment <= call.moment), ModelRecord())
            ours = (record.asked_by if starts else record.stopping) or "nobody knows whom"
            yield Call(call.moment, starts, ours if call.caller else "")

    def _told(self, story: Story, mine: dict[str, Execution]) -> Iterator[Told]:
        for message in self.messages:
            arn = message["ExecutionArn"]
            identity = message["NotificationId"]
            lease = (message.get("Lease") or {}).get("EndsAt")
            if arn in mine:
                moment = mine[arn].ended or self.over
            elif arn is None and story.is_about(message):
                moment = datetime.fromisoformat(identity.rpartition("#")[2])
            else:
                continue
            yield Told(moment, identity, message["Outcome"], arn, from_instant(lease) if lease else None, message)


def live(lifecycle: Lifecycle, stories: Sequence[Story], monkeypatch: pytest.MonkeyPatch) -> Lives:
    """Let all of it happen."""
    lifecycle.given(*(story.scripted for story in stories))
    _abort_where_told(lifecycle, stories, monkeypatch)
    subscriber = Subscriber(lifecycle.aws, lifecycle.outputs["NotificationTopicArn"], name="leaks")
    known = {*lifecycle.executions(), *lifecycle.stops()}
    kept: list[ApiCall] = []
    with lifecycle.clock.running():
        begin = lifecycle.clock.now()
        for number, story in enumerate(stories):
            began = begin + number * BETWEEN
            _wait_until(lifecycle, began)
            kept += _befall(story)
            for act in sorted(story.acts, key=lambda act: act.at):
                _wait_until(lifecycle, began + timedelta(seconds=act.at))
                _do(lifecycle, story, act)
        _wait_until(lifecycle, begin + len(stories) * BETWEEN)
        kept += _befall(None)
        _wait_until(lifecycle, begin + TWO_DAYS)
    over = lifecycle.clock.now()
    lifecycle.settle()
    kept += faults.calls()
    arns = sorted({*lifecycle.executions(), *lifecycle.stops()} - known)
    return Lives(
        begin=begin,
        over=over,
        calls=kept,
        executions=[_execution(lifecycle, arn) for arn in arns],
        messages=[message.document for message in subscriber.receive()],
        armed=[asked for _, asked in _schedules(lifecycle)],
    )


def _wait_until(lifecycle: Lifecycle, moment: datetime) -> None:
    lifecycle.clock.wait((moment - lifecycle.clock.now()).total_seconds())


def _befall(story: Story | None) -> list[ApiCall]:
    """Let the faults of a story be in force alone; the calls so far."""
    calls = faults.calls()
    faults.load(Scenario.parse(json.dumps({"Faults": story.faults if story else []})))
    return calls


def _do(lifecycle: Lifecycle, story: Story, act: Act) -> None:
    if isinstance(act, Start):
        lifecycle.start({**story.model, **act.fields})
    elif isinstance(act, Stop):
        lifecycle.stop({**story.model, "Reason": "a person", **act.fields})
    elif act.does is Hand.DISARMS:
        for schedule, asked in _schedules(lifecycle):
            if story.is_about(asked):
                names = {"GroupName": schedule["GroupName"], "Name": schedule["Name"]}
                lifecycle.aws.client("scheduler").delete_schedule(**names)
    else:
        named = {name: story.model[name] for name in story.service.model}
        someone = Someone(lifecycle.aws, replace(story.service, model=named))
        accepted = someone.starts() if act.does is Hand.STARTS else someone.stops()
        assert accepted, f"{story}: the service refused what was done by hand"


def _abort_where_told(lifecycle: Lifecycle, stories: Sequence[Story], monkeypatch: pytest.MonkeyPatch) -> None:
    """Abort each execution that a story says at the moment at which it comes into its state."""
    left = {story.number: story.abort.times for story in stories if story.abort}
    enters = History.add_event

    def aborting(history: History, *given: Any, **named: Any) -> int:
        number: int = enters(history, *given, **named)
        details = named.get("event_details") or (given[2:3] or [None])[0] or {}
        entered = details.get("stateEnteredEventDetails", {"name": ""})
        for story in stories:
            if left.get(story.number) and story.abort and _is_meant(story, story.abort, entered):
                left[story.number] -= 1
                lifecycle.abort(_execution_of(history).execution_arn)
        return number

    monkeypatch.setattr(History, "add_event", aborting)


def _execution_of(history: History) -> Any:
    # No history says whose it is.
    return cast("MethodType", history._when_full).__self__  # noqa: SLF001


def _is_meant(story: Story, abort: Abort, entered: dict[str, str]) -> bool:
    if entered["name"] != abort.state:
        return False
    state = json.loads(entered["input"])
    stops = "Reason" in state if "Goal" not in state else state["Goal"] == "STOPPED"
    progress = state.get("Progress") or {}
    asked = progress.get("Request") or (progress.get("Report") or {}).get("Request") or state
    return stops == (abort.machine == "stop-model") and story.is_about(asked)


def _execution(lifecycle: Lifecycle, arn: str) -> tuple[Execution, dict[str, Any]]:
    described = lifecycle.aws.client("stepfunctions").describe_execution(executionArn=arn)
    asked = json.loads(described["input"])
    output = json.loads(described.get("output", "{}"))
    execution = Execution(
        arn=arn,
        input=asked,
        began=described["startDate"],
        ended=described.get("stopDate"),
        status=described["status"],
        quiet=bool(output.get("Superseded")),
    )
    return execution, asked


def _schedules(lifecycle: Lifecycle) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for schedule in lifecycle.armed():
        names = {"GroupName": schedule["GroupName"], "Name": schedule["Name"]}
        found = lifecycle.aws.client("scheduler").get_schedule(**names)
        yield schedule, json.loads(found["Target"]["Input"])


def _model_id(story: Story) -> str:
    return " ".join([story.service.name, *(story.model[name] for name in story.service.model)])


def _record(item: dict[str, dict[str, str]]) -> ModelRecord:
    values: dict[str, Any] = {}
    for name in (field.name for field in fields(ModelRecord)):
        written = item.get(pascal(name), {})
        value: Any = int(written["N"]) if "N" in written else written.get("S")
        values[name] = from_instant(value) if value and name in _INSTANTS else value
    return ModelRecord(**values)
