"""`make run`: deploy the app into AWS on this machine, start two models, and show what a subscriber hears."""

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from local.cdk import CdkError, deploy
from local.scenario import Scenario
from local.server import LocalAws
from local.signals import end_once
from local.start_display import StartDisplay
from local.subscriber import Notification, Subscriber
from local.terminal import Terminal
from local.watched_start import WatchedStart

_SCENARIO = Path(__file__).parent / "scenarios" / "run.json"
_PATIENCE_SECONDS = 60
_LOOK_EVERY_SECONDS = 0.25
_INTERRUPTED = 130


def main() -> int:
    """Show the main job. 0 if both models run and both were told, 1 if not, 130 after Ctrl-C."""
    terminal = Terminal()
    end_once()
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
    scenario = Scenario.read(_SCENARIO)
    aws.load(scenario)
    with terminal.step(f"Deploy the app with the CDK into AWS on this machine, {aws.endpoint_url}") as at:
        outputs = deploy(aws, progress=at)
    subscriber = Subscriber(aws, outputs["NotificationTopicArn"])
    by_event, by_hand = (WatchedStart(aws, outputs["StartModelStateMachineArn"], model) for model in scenario.models)
    by_event.begin_by_event()
    by_hand.begin_by_hand()
    starts = (by_event, by_hand)
    told = _watch(starts, subscriber, terminal)
    for notification in told:
        _print(notification, terminal)
    running = [start for start in starts if start.model_runs]
    told_running = [notification for notification in told if notification.document["Outcome"] == "Running"]
    terminal.say(f"{len(running)} of {len(starts)} models run, and {len(told_running)} notifications say so.")
    return 0 if len(running) == len(told_running) == len(starts) else 1


def _watch(starts: Sequence[WatchedStart], subscriber: Subscriber, terminal: Terminal) -> list[Notification]:
    """Look at the starts until all have ended and were told, or patience ends."""
    told: list[Notification] = []
    began = time.monotonic()
    with StartDisplay(terminal, starts) as display:
        while (seconds := time.monotonic() - began) < _PATIENCE_SECONDS:
            for start in starts:
                start.look()
            told += subscriber.receive()
            display.update(seconds)
            if all(start.ended for start in starts) and len(told) >= len(starts):
                break
            time.sleep(_LOOK_EVERY_SECONDS)
    return told


def _print(notification: Notification, terminal: Terminal) -> None:
    terminal.say()
    terminal.say(f"Notification: {notification.subject}")
    terminal.say(json.dumps(notification.document, indent=2))
    terminal.say()


if __name__ == "__main__":
    sys.exit(main())
