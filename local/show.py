"""`make run`: deploy the app into AWS on this machine, start two models, and show what a subscriber hears."""

import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.live import Live
from rich.table import Table

from local.cdk import CdkError, deploy
from local.scenario import RekognitionModel, Scenario
from local.server import LocalAws
from local.subscriber import Notification, Subscriber
from local.terminal import Terminal

SCENARIO = Path(__file__).parent / "scenarios" / "run.json"
PATIENCE_SECONDS = 60
_LOOK_EVERY_SECONDS = 0.25
_INTERRUPTED = 130


@dataclass
class Start:
    """One start of a model, as it is watched."""

    how: str
    model: RekognitionModel
    execution_arn: str | None = None
    execution: str = "not started yet"
    state: str = ""
    status: str = ""

    @property
    def ended(self) -> bool:
        return self.execution not in ("not started yet", "RUNNING")


def main() -> int:
    """Show the main job. 0 if both models run and both were told."""
    terminal = Terminal()
    try:
        with LocalAws() as aws:
            return _show(aws, terminal)
    except CdkError as error:
        terminal.say(str(error))
        return 1
    except KeyboardInterrupt:
        terminal.say("Interrupted.")
        return _INTERRUPTED


def _show(aws: LocalAws, terminal: Terminal) -> int:
    scenario = Scenario.read(SCENARIO)
    aws.load(scenario)
    with terminal.step(f"Deploy the app with the CDK into AWS on this machine, {aws.endpoint_url}") as at:
        outputs = deploy(aws, progress=at)
    subscriber = Subscriber(aws, outputs["NotificationTopicArn"])
    by_event, by_hand = scenario.rekognition_models
    starts = [Start("EventBridge event", by_event), Start("StartExecution", by_hand)]
    _start(aws, outputs["StartModelStateMachineArn"], starts)
    told = _watch(aws, outputs["StartModelStateMachineArn"], starts, subscriber, terminal)
    for notification in told:
        _print(notification, terminal)
    running = [start for start in starts if (start.execution, start.status) == ("SUCCEEDED", "RUNNING")]
    running_told = [notification for notification in told if notification.document["Outcome"] == "Running"]
    terminal.say(f"{len(running)} of {len(starts)} models run, and {len(running_told)} subscribers' messages say so.")
    return 0 if len(running) == len(running_told) == len(starts) else 1


def _input(model: RekognitionModel) -> str:
    return json.dumps({"ProjectVersionArn": model.project_version_arn, "PollIntervalSeconds": 1})


def _start(aws: LocalAws, state_machine_arn: str, starts: list[Start]) -> None:
    by_event, by_hand = starts
    aws.client("events").put_events(
        Entries=[
            {
                "Source": "model-lifecycle.request",
                "DetailType": "Start Model",
                "Detail": _input(by_event.model),
            }
        ]
    )
    execution = aws.client("stepfunctions").start_execution(
        stateMachineArn=state_machine_arn, name="by-hand", input=_input(by_hand.model)
    )
    by_hand.execution_arn = execution["executionArn"]


def _watch(
    aws: LocalAws, state_machine_arn: str, starts: list[Start], subscriber: Subscriber, terminal: Terminal
) -> list[Notification]:
    """Look at the executions until both have ended and were told, or patience ends."""
    told: list[Notification] = []
    started = time.monotonic()
    with _Display(terminal, starts) as display:
        while time.monotonic() - started < PATIENCE_SECONDS:
            _look(aws, state_machine_arn, starts)
            told += subscriber.receive()
            display.update(time.monotonic() - started)
            if all(start.ended for start in starts) and len(told) >= len(starts):
                break
            time.sleep(_LOOK_EVERY_SECONDS)
    return told


def _look(aws: LocalAws, state_machine_arn: str, starts: list[Start]) -> None:
    executions = aws.client("stepfunctions")
    by_event, by_hand = starts
    if by_event.execution_arn is None:
        listed = executions.list_executions(stateMachineArn=state_machine_arn)["executions"]
        others = [one["executionArn"] for one in listed if one["executionArn"] != by_hand.execution_arn]
        by_event.execution_arn = next(iter(others), None)
    for start in starts:
        if start.execution_arn is not None:
            start.execution = executions.describe_execution(executionArn=start.execution_arn)["status"]
            history = executions.get_execution_history(executionArn=start.execution_arn)["events"]
            start.state = _state(history) or start.state
        start.status = _status(aws, start.model)


def _state(history: list[dict[str, Any]]) -> str | None:
    entered = [event["stateEnteredEventDetails"]["name"] for event in history if "stateEnteredEventDetails" in event]
    return entered[-1] if entered else None


def _status(aws: LocalAws, model: RekognitionModel) -> str:
    versions = aws.client("rekognition").describe_project_versions(ProjectArn=model.project_arn)
    described = versions["ProjectVersionDescriptions"]
    return next(one["Status"] for one in described if one["ProjectVersionArn"] == model.project_version_arn)


class _Display:
    """A table that lives on a terminal; elsewhere a line whenever something changed."""

    def __init__(self, terminal: Terminal, starts: list[Start]) -> None:
        self._terminal = terminal
        self._starts = starts
        self._live = Live(console=terminal.console, auto_refresh=False) if terminal.console.is_terminal else None
        self._said: dict[str, str] = {}

    def __enter__(self) -> "_Display":
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._live.stop()

    def update(self, seconds: float) -> None:
        if self._live:
            self._live.update(self._table(seconds), refresh=True)
            return
        for start in self._starts:
            line = (
                f"{start.model.project}: {start.state or 'waiting'}, execution {start.execution}, model {start.status}"
            )
            if self._said.get(start.how) != line:
                self._terminal.say(f"{seconds:5.1f} s  {line}")
                self._said[start.how] = line

    def _table(self, seconds: float) -> Table:
        table = Table("Model", "Started by", "State", "Execution", "Model's status", title=f"{seconds:.0f} s")
        for start in self._starts:
            table.add_row(start.model.project, start.how, start.state, start.execution, start.status)
        return table


def _print(notification: Notification, terminal: Terminal) -> None:
    terminal.say()
    terminal.say(f"Notification: {notification.subject}")
    terminal.say(json.dumps(notification.document, indent=2))
    terminal.say()


if __name__ == "__main__":
    sys.exit(main())
