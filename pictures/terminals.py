"""Pictures of terminals: `make run` and `make plan`."""

import io
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console

from local.commands import news
from local.commands.life_display import lives_now
from local.commands.lives_table import lives_table
from local.commands.terminal import Terminal
from local.sns.subscriptions import Email
from model_lifecycle.endings.message import Message
from pictures.told import ASKED, LEASE, RUNNING, STARTS_FOR, STOPPED
from plan.command import plan_of
from plan.text import show
from plan.warnings import warnings_of
from settings.settings import Settings

_WIDTH = 100
# Without its fonts, which come from another host: a picture has those of its viewer.
_FORMAT = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)


@dataclass(frozen=True)
class _Life:
    name: str
    in_words: str


def run_picture() -> str:
    """`make run`: how a model does, the e-mails, and what its life came to."""
    console = _console()
    terminal = Terminal(console)
    _email(RUNNING, terminal)
    words = f"running since {ASKED + STARTS_FOR:%H:%M:%S}, will be stopped at {ASKED + LEASE:%H:%M:%S}"
    terminal.show(lives_now([_Life("boards", words)], STARTS_FOR.total_seconds()))
    terminal.say()
    _email(STOPPED, terminal)
    terminal.show(lives_table([RUNNING.document, STOPPED.document]))
    return _svg(console, "make run")


def plan_picture(schedules: list[Any], begin: datetime) -> str:
    """`make plan` with these schedules, from that moment on."""
    console = _console()
    plan = plan_of(Settings(schedules=schedules), begin=begin)
    show(plan, warnings_of(plan), console)
    return _svg(console, "make plan")


def _email(message: Message, terminal: Terminal) -> None:
    """Leave out ARNs and links: those are long."""
    lines = [line for line in message.text.splitlines() if "arn:" not in line]
    news.show(Email("", news.ADDRESS, message.subject, "\n".join([*lines, "..."])), terminal)


def _console() -> Console:
    return Console(
        record=True, width=_WIDTH, file=io.StringIO(), force_terminal=True, highlight=False, _environ={"TERM": "xterm"}
    )


def _svg(console: Console, title: str) -> str:
    return console.export_svg(title=title, code_format=_FORMAT, unique_id=title.replace(" ", "-")) + "\n"
