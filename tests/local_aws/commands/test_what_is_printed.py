"""What `make run` and `make local` print of lives, e-mails and executions."""

import io
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from rich.console import Console

from local.clock.clock import VirtualClock
from local.commands.life_display import LifeDisplay
from local.commands.lives_table import lives_table
from local.commands.news import News, show
from local.commands.terminal import Terminal
from local.iam.needs import Need
from local.iam.principals import service
from local.iam.refusals import Refusal
from local.sns.subscriptions import Email
from local.step_functions.execution_events import ExecutionStatus

EMAIL = Email("1", "you@example.com", "Running: boards 1", "It runs.\n\nId: [1]\n")
FAILED = ExecutionStatus("start-model", "one", "FAILED", "ModelNotFoundError", "There is no such model.", 2.4)
REFUSAL = Refusal(service("sns.amazonaws.com"), Need("sqs:SendMessage", "arn:aws:sqs:us-east-1:123456789012:it"))


@dataclass
class Life:
    """What is shown of a model."""

    name: str
    in_words: str


def screen(*, width: int, terminal: bool, colour: bool = True) -> Terminal:
    environment = {} if colour else {"NO_COLOR": "1"}
    file = io.StringIO()
    console = Console(
        file=file, width=width, force_terminal=terminal, soft_wrap=True, highlight=False, _environ=environment
    )
    return Terminal(console)


def printed(terminal: Terminal) -> str:
    file = terminal.console.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


def heard(*news: object, quiet: bool = False) -> str:
    terminal = screen(width=80, terminal=False)
    hear = News(terminal, VirtualClock(datetime(2026, 1, 5, 9, 0, 5, tzinfo=UTC)), quiet=quiet)
    for each in news:
        hear(each)
    return printed(terminal)


def test_an_email_is_printed_as_it_is_read_and_once_for_all_its_readers() -> None:
    assert heard(EMAIL, EMAIL) == "E-mail to you@example.com: Running: boards 1\n  It runs.\n\n  Id: [1]\n\n"


def test_the_end_of_an_execution_is_printed_with_its_moment_and_its_reason() -> None:
    assert heard(FAILED) == ("09:00:05 start-model one FAILED after 2 s, ModelNotFoundError: There is no such model.\n")


def test_in_quiet_refusals_alone_are_printed() -> None:
    assert heard(EMAIL, FAILED, REFUSAL, quiet=True) == f"refused {REFUSAL}\n"


def test_a_reader_that_has_seen_enough_does_not_disturb_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    def leave(*_: object) -> None:
        raise SystemExit(1)

    terminal = screen(width=80, terminal=False)
    monkeypatch.setattr(terminal.console, "print", leave)

    News(terminal, VirtualClock(datetime(2026, 1, 5, tzinfo=UTC)), quiet=False)(EMAIL)


@pytest.mark.parametrize("width", [60, 80])
@pytest.mark.parametrize("colour", [True, False])
def test_nothing_is_cut_on_a_narrow_terminal(width: int, *, colour: bool) -> None:
    terminal = screen(width=width, terminal=True, colour=colour)
    words = "running since 15:18:09, will be stopped at 15:18:19 by its lease, which somebody moved"
    with LifeDisplay(terminal, [Life("circuit-boards", words)]) as display:
        display.update(3)
    terminal.show(lives_table([running(), stopped()]))

    shown = printed(terminal)
    for word in (*words.split(), "circuit-boards", "Ready", "after", "15:18:20", "USD"):
        assert word in shown
    assert "…" not in shown
    assert ("\x1b[1m" in shown) or not colour


def test_an_email_is_broken_between_words_and_its_commands_are_not_broken() -> None:
    command = "Stop it:  aws rekognition stop-project-version --project-version-arn arn:aws:rekognition:us-east-1:1:it"
    sentences = "Model boards/1 is running (took 6 min). It will be stopped on Mon 5 Jan 2026 at 10:00 UTC."
    terminal = screen(width=60, terminal=True, colour=False)
    show(Email("1", "you@example.com", "Running", f"{sentences}\n\n{command}"), terminal)

    _, *lines = (line.rstrip() for line in printed(terminal).splitlines())
    assert lines == [
        "  Model boards/1 is running (took 6 min). It will be stopped",
        "  on Mon 5 Jan 2026 at 10:00 UTC.",
        "",
        f"  {command}",
        "",
    ]


def test_the_table_leaves_out_what_is_not_known() -> None:
    terminal = screen(width=80, terminal=False)
    terminal.show(lives_table([running()]))

    *_, row = printed(terminal).splitlines()
    assert row.split() == ["circuit-boards", "15:18:05", "4", "s"]


def running() -> dict[str, Any]:
    asked = "2026-01-05T15:18:05+00:00"
    return {"Outcome": "Running", "Project": "circuit-boards", "AskedAt": asked, "ElapsedSeconds": 4.2}


def stopped() -> dict[str, Any]:
    ran = {"Hours": 0.004, "Usd": 0.016}
    at = "2026-01-05T15:18:20+00:00"
    return {"Outcome": "Stopped", "Project": "circuit-boards", "StoppedAt": at, "Ran": ran}
