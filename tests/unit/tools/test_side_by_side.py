"""Commands at the same time: each failure is reported, and an interruption leaves nothing behind."""

import shlex
import signal
import sys
from pathlib import Path

import pytest

from tests.unit.tools.interrupted import PATIENCE_SECONDS, python, runs, until
from tools.side_by_side import main

CODE = """
import sys
from tools.interruption import raise_when_interrupted
from tools.side_by_side import main

raise_when_interrupted()
sys.exit(main(sys.argv[1:]))
"""


def test_what_passes_says_nothing_but_the_last_one(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["lint: echo nothing to say", "tests: echo 3 passed"]) == 0

    assert capfd.readouterr() == ("3 passed\n", "")


@pytest.mark.parametrize(
    ("jobs", "failed"),
    [
        (["lint: false", "types: true", "tests: true"], "lint"),
        (["lint: true", "types: true", "tests: false"], "tests"),
        (["lint: false", "types: sh -c 'exit 7'", "tests: false"], "tests, types, lint"),
    ],
)
def test_each_failure_is_one_of_all(jobs: list[str], failed: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(jobs) == 1

    assert capfd.readouterr().err.splitlines()[-1] == f"Failed: {failed}"


def test_what_failed_beside_the_last_one_is_shown_after_it(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["lint: sh -c 'echo E501; echo where >&2; exit 1'", "tests: echo 3 passed"]) == 1

    assert capfd.readouterr() == ("3 passed\n", "\nlint:\nE501\nwhere\n\nFailed: lint\n")


def test_they_run_at_the_same_time(tmp_path: Path) -> None:
    waits = "sh -c 'touch {0}/{1}; until test -e {0}/{2}; do sleep 0.01; done'"

    assert main([f"one: {waits.format(tmp_path, 1, 2)}", f"other: {waits.format(tmp_path, 2, 1)}"]) == 0


def test_a_command_that_is_not_there_is_a_failure_and_ends_the_others(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main([f"tests: sh -c 'echo $$ > {tmp_path}/pid; sleep 600'", "lint: /nowhere/ruff"]) == 1

    assert capfd.readouterr().err.splitlines() == ["/nowhere/ruff: No such file or directory"]


# The local AWS, too, has functions and the CDK in process groups of their own.
LASTING = """
import signal, subprocess, sys, tempfile
from pathlib import Path

signal.signal(signal.SIGINT, signal.SIG_DFL)
_, file = tempfile.mkstemp()
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], process_group=0)
Path(sys.argv[1]).write_text(f"{child.pid} {file}")
child.wait()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interruption_leaves_no_process_and_no_temporary_file(tmp_path: Path, number: signal.Signals) -> None:
    notes = [tmp_path / "lint", tmp_path / "tests"]
    jobs = [f"{note.name}: {shlex.join([sys.executable, '-c', LASTING, str(note)])}" for note in notes]
    with python(CODE, *jobs) as process:
        noted = [until(note).split() for note in notes]

        process.send_signal(number)

        said, _ = process.communicate(timeout=PATIENCE_SECONDS)
        assert (process.returncode, said) == (-number, "")
    assert [pid for pid, _ in noted if runs(int(pid))] == []
    assert [file for _, file in noted if Path(file).parent.exists()] == []
