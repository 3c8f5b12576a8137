"""`make run`: deploy the app into AWS on this machine, and show two models' whole lives as their subscribers hear
them.
"""

import json
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

if __name__ == "__main__":
    # Ctrl-C ends the program without a word while the imports below take their time.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from local.commands.cdk import CdkError, deploy, synthesis
from local.commands.life_display import LifeDisplay
from local.commands.subscriber import Notification, Subscriber
from local.commands.terminal import Terminal
from local.commands.watched_life import WatchedLife
from local.scenario.scenario import Scenario
from local.server import LocalAws
from tools.interruption import Interrupted, end_by, raise_when_interrupted

_SCENARIO = Path(__file__).parents[1] / "scenarios" / "run.json"
_LEASE_SECONDS = 10
_LONGEST_LEASE_SECONDS = 60
_PATIENCE_SECONDS = 60
_LOOK_EVERY_SECONDS = 0.25
_TOLD_OF_A_LIFE = ("Running", "Stopped")


def main() -> int:
    """Show the main job. 0 if both models ran and were stopped, and all of it was told; 1 if not."""
    terminal = Terminal()
    raise_when_interrupted()
    try:
        with synthesis() as assembly, LocalAws() as aws:
            return _show(aws, assembly, terminal)
    except CdkError as error:
        terminal.say(str(error))
        return 1
    except Interrupted as interruption:
        terminal.say("Interrupted.")
        return end_by(interruption.number)


def _show(aws: LocalAws, assembly: Callable[[], Path], terminal: Terminal) -> int:
    scenario = Scenario.read(_SCENARIO)
    aws.load(scenario)
    with terminal.step(f"Deploy the app with the CDK into AWS on this machine, {aws.endpoint_url}") as at:
        began = time.monotonic()
        outputs = deploy(aws, assembly=assembly, progress=at)
    terminal.say(f"Functions run on Python {aws.functions.python.version}")
    # Where all takes long, a model that is stopped before it runs would show nothing.
    lease_seconds = min(max(_LEASE_SECONDS, round((time.monotonic() - began) / 2)), _LONGEST_LEASE_SECONDS)
    subscriber = Subscriber(aws, outputs["NotificationTopicArn"])
    by_event, by_hand = lives = [
        WatchedLife(
            aws,
            start_model_arn=outputs["StartModelStateMachineArn"],
            stop_model_arn=outputs["StopModelStateMachineArn"],
            model=model,
            lease_seconds=lease_seconds,
        )
        for model in scenario.models
    ]
    terminal.say(f"Start {len(lives)} models, each with a lease of {lease_seconds} seconds")
    by_event.begin_by_event()
    by_hand.begin_by_hand()
    told = _watch(lives, subscriber, terminal, seconds=_PATIENCE_SECONDS + lease_seconds)
    for notification in told:
        _print(notification, terminal)
    return _judge(lives, told, terminal)


def _watch(
    lives: Sequence[WatchedLife], subscriber: Subscriber, terminal: Terminal, *, seconds: int
) -> list[Notification]:
    """Look at the lives until all are over and were told, or for so many seconds."""
    told: list[Notification] = []
    began = time.monotonic()
    with LifeDisplay(terminal, lives) as display:
        while (passed := time.monotonic() - began) < seconds:
            for life in lives:
                life.look()
            told += subscriber.receive()
            display.update(passed)
            if all(life.over for life in lives) and len(told) >= len(lives) * len(_TOLD_OF_A_LIFE):
                break
            time.sleep(_LOOK_EVERY_SECONDS)
    return told


def _judge(lives: Sequence[WatchedLife], told: Sequence[Notification], terminal: Terminal) -> int:
    outcomes = [notification.document["Outcome"] for notification in told]
    counts = [outcomes.count(outcome) for outcome in _TOLD_OF_A_LIFE]
    stopped = [life for life in lives if life.ended_well]
    usages = [notification.document.get("Ran") for notification in told]
    usd = sum(usage["Usd"] for usage in usages if usage)
    terminal.say(
        f"{counts[0]} of {len(lives)} models ran, {len(stopped)} were stopped at the end of their leases, and "
        f"{counts[1]} notifications say so: about {usd:.2f} USD on AWS, nothing here."
    )
    return 0 if len(stopped) == len(lives) and counts == [len(lives)] * len(counts) else 1


def _print(notification: Notification, terminal: Terminal) -> None:
    terminal.say()
    terminal.say(f"Notification: {notification.subject}")
    terminal.say(json.dumps(notification.document, indent=2))
    terminal.say()


if __name__ == "__main__":
    sys.exit(main())
