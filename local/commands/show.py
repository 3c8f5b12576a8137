"""`make run`: deploy the app into the local AWS, and show the lives of two models as their subscribers see them."""

import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue

if __name__ == "__main__":
    # Ctrl-C ends the program without a word while the imports below take their time.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from local.commands import news
from local.commands.cdk import CdkError, deploy, synthesis
from local.commands.life_display import LifeDisplay
from local.commands.lives_table import lives_table
from local.commands.subscriber import Notification, Subscriber
from local.commands.terminal import Terminal
from local.commands.watched_life import WatchedLife
from local.scenario.scenario import RekognitionModel, Scenario
from local.server import LocalAws
from local.sns.subscriptions import Email
from tools.interruption import Interrupted, end_by, raise_when_interrupted

_SCENARIO = Path(__file__).parents[1] / "scenarios" / "run.json"
_LEASE_SECONDS = 10
_LONGEST_LEASE_SECONDS = 60
_PATIENCE_SECONDS = 60
_LOOK_EVERY_SECONDS = 0.25
_TOLD_OF_A_LIFE = ("Running", "Stopped")
_NEXT = """
What to try next:
  make local   keep the local AWS up, for your own tries
  make plan    see what schedules do, with hours and costs
  make deploy ARGS="-c notification_emails=you@example.com"
               deploy into your account, after make bootstrap"""


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
    with terminal.step("Deploy the app into the local AWS") as at:
        began = time.monotonic()
        outputs = deploy(aws, assembly=assembly, progress=at)
    terminal.say(f"Functions run on Python {aws.functions.python.version}")
    # Where all takes long, a model that is stopped before it runs would show nothing.
    lease_seconds = min(max(_LEASE_SECONDS, round((time.monotonic() - began) / 2)), _LONGEST_LEASE_SECONDS)
    subscriber = Subscriber(aws, outputs["NotificationTopicArn"])
    news.subscribe(aws, outputs["NotificationTopicArn"])
    emails: SimpleQueue[Email] = SimpleQueue()
    aws.listen(lambda heard: emails.put(heard) if isinstance(heard, Email) else None)
    by_event, by_hand = lives = [
        WatchedLife(aws, outputs, model=model, lease_seconds=lease_seconds)
        for model in scenario.models
        if isinstance(model, RekognitionModel)
    ]
    terminal.tell(
        f"{by_event.name} is started by an event, {by_hand.name} as in the console; each has a lease of "
        f"{lease_seconds} s. All times are UTC."
    )
    by_event.begin_by_event()
    by_hand.begin_by_hand()
    told = _watch(lives, subscriber, emails, terminal, seconds=_PATIENCE_SECONDS + lease_seconds)
    return _judge(lives, told, terminal)


def _watch(
    lives: Sequence[WatchedLife],
    subscriber: Subscriber,
    emails: "SimpleQueue[Email]",
    terminal: Terminal,
    *,
    seconds: int,
) -> list[Notification]:
    """Look at the lives until all are over and were told, or for so many seconds; print each e-mail when it comes."""
    told: list[Notification] = []
    began = time.monotonic()
    with LifeDisplay(terminal, lives) as display:
        while (passed := time.monotonic() - began) < seconds:
            for life in lives:
                life.look()
            display.update(passed)
            told += subscriber.receive()
            _print_all(emails, terminal)
            if all(life.over for life in lives) and len(told) >= len(lives) * len(_TOLD_OF_A_LIFE):
                break
            time.sleep(_LOOK_EVERY_SECONDS)
    _print_all(emails, terminal)
    return told


def _print_all(emails: "SimpleQueue[Email]", terminal: Terminal) -> None:
    while True:
        try:
            news.show(emails.get_nowait(), terminal)
        except Empty:
            return


def _judge(lives: Sequence[WatchedLife], told: Sequence[Notification], terminal: Terminal) -> int:
    documents = [notification.document for notification in told]
    counts = [[document["Outcome"] for document in documents].count(outcome) for outcome in _TOLD_OF_A_LIFE]
    stopped = [life for life in lives if life.ended_well]
    terminal.show(lives_table(documents))
    usd = sum(usage["Usd"] for document in documents if (usage := document.get("Ran")))
    terminal.say()
    terminal.tell(
        f"{counts[0]} of {len(lives)} models ran, {len(stopped)} were stopped at the end of their leases. "
        f"On AWS that would cost about {usd:.2f} USD, here it costs nothing."
    )
    terminal.say(_NEXT)
    return 0 if len(stopped) == len(lives) and counts == [len(lives)] * len(counts) else 1


if __name__ == "__main__":
    sys.exit(main())
