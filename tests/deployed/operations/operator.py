"""An operator at the deployed stack: the commands, called as their processes are but in this one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from local.api.calls import ApiCall
from local.network.faults import calls
from tests.deployed.lifecycle import Lifecycle

CALLER = "operator"
Command = Callable[[Sequence[str]], int]


@dataclass(frozen=True)
class Answer:
    """How a command ended, what it printed and said, and which calls it made."""

    status: int
    out: str
    said: str
    made: Sequence[ApiCall]


class Operator:
    """Credentials and Region are those of the environment. `folder`: for a configuration that names the caller."""

    def __init__(
        self, lifecycle: Lifecycle, monkeypatch: pytest.MonkeyPatch, out: pytest.CaptureFixture[str], *, folder: Path
    ) -> None:
        self._clock = lifecycle.clock
        self._out = out
        self._monkeypatch = monkeypatch
        # A variable would name those, too, that the local AWS calls by in this process.
        configuration = folder / "config"
        configuration.write_text(f"[default]\nsdk_ua_app_id = {CALLER}\n", encoding="utf-8")
        self.set({**lifecycle.aws.environment(), "AWS_CONFIG_FILE": str(configuration)})

    def set(self, variables: dict[str, str]) -> None:
        """Change the environment."""
        for name, value in variables.items():
            self._monkeypatch.setenv(name, value)

    def call(self, command: Command, *arguments: str) -> Answer:
        """Call a command; virtual time passes only while it waits by the clock."""
        before = len(calls())
        with self._clock.running():
            status = command(arguments)
        printed = self._out.readouterr()
        return Answer(status, printed.out, printed.err, [call for call in calls()[before:] if call.caller == CALLER])
