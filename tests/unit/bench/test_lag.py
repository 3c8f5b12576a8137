"""`make bench ARGS=lag`: what it prints. What it measures, a test of the deployed whole holds."""

import json

import pytest

from bench.lag.command import main
from bench.lag.starts import Lag

FOUND = [Lag(0, 20, 0.861, 58.2, 4.0, 6.5), Lag(10, 20, 0.552, 42.0, 2.5, 4.0)]


def test_the_table_fits_a_terminal_and_programs_get_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], measure=lambda _: FOUND) == 0
    table = capsys.readouterr().out.splitlines()
    assert max(map(len, table)) <= 80
    assert table[0].startswith("40 starts in the local AWS, in virtual time")
    assert table[-1].split() == ["10", "0.55", "42", "2.5", "s", "4.0", "s"]

    assert main(["--json"], measure=lambda _: FOUND) == 0
    assert json.loads(capsys.readouterr().out)[0] == {
        "Remembered": 0, "Starts": 20, "Cents": 0.861, "Looks": 58.2, "P50": 4.0, "P95": 6.5,
    }  # fmt: skip


def test_a_wrong_call_says_what_is_allowed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--models", "0"])

    assert "--models must be at least 1, got 0" in capsys.readouterr().err
