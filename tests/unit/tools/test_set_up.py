"""The set-up, with steps that need no network: done, continued, reported and cleaned up."""

import fcntl
import shutil
import signal
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from tests.programs import ROOT
from tests.unit.tools.interrupted import PATIENCE_SECONDS, python, runs, until
from tools.set_up.command import main
from tools.set_up.stamp import Stamp
from tools.set_up.steps import Checkout, Step

ENDING = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


class ShellCheckout(Checkout):
    """A checkout whose parts are brought by the commands of a shell."""

    def __init__(self, root: Path, *commands: str) -> None:
        for name in ("pyproject.toml", "requirements.lock", "requirements.txt"):
            shutil.copy(ROOT / name, root)
        super().__init__(root)
        self._commands = commands

    def steps(self, parts: Sequence[str]) -> list[Step]:  # noqa: ARG002
        """Return a step for each command, whatever the parts."""
        return [
            Step(f"step {number}", self.root, [self.stamp(f"step-{number}", "anything")], [["sh", "-c", command]])
            for number, command in enumerate(self._commands, 1)
        ]


def set_up(root: Path, *commands: str) -> int:
    return main(["app"], ShellCheckout(root, *commands))


def lines(root: Path) -> list[str]:
    return (root / "ran").read_text().splitlines()


def test_what_is_done_is_not_done_again_and_not_a_word_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert set_up(tmp_path, "echo 1 >> ran", "echo 2 >> ran") == 0
    capsys.readouterr()

    assert set_up(tmp_path, "echo 1 >> ran", "echo 2 >> ran") == 0

    assert lines(tmp_path) == ["1", "2"]
    assert capsys.readouterr() == ("", "")


def test_a_failure_names_the_step_and_what_its_tool_said_and_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = "echo so much; echo No space left on device >&2; exit 3"

    assert set_up(tmp_path, "echo 1 >> ran", command) == 1

    out, said = capsys.readouterr()
    assert out == ""
    assert said.splitlines()[-5:] == [
        f"Set-up 2 of 2: step 2: failed. `sh -c '{command}'` ended with exit status 3.",
        "It said at last:",
        "    so much",
        "    No space left on device",
        "Make room on its disk, and call make again: it goes on from here.",
    ]


def test_the_next_call_goes_on_where_one_failed(tmp_path: Path) -> None:
    assert set_up(tmp_path, "echo 1 >> ran", "echo 2 >> ran; false", "echo 3 >> ran") == 1
    assert set_up(tmp_path, "echo 1 >> ran", "echo 2 >> ran", "echo 3 >> ran") == 0

    assert lines(tmp_path) == ["1", "2", "2", "3"]


def test_what_was_there_before_a_failure_is_there_afterwards(tmp_path: Path) -> None:
    class Growing(ShellCheckout):
        def steps(self, parts: Sequence[str]) -> list[Step]:
            return [
                Step("packages", self.root, [self.stamp(part, "1") for part in parts], [["sh", "-c", "test -e more"]])
            ]

    (tmp_path / "more").touch()
    assert main(["run"], Growing(tmp_path)) == 0
    (tmp_path / "more").unlink()

    assert main(["run", "test"], Growing(tmp_path)) == 1

    assert main(["run"], Growing(tmp_path)) == 0


def test_a_step_that_undoes_a_later_one_has_it_taken_again(tmp_path: Path) -> None:
    assert set_up(tmp_path, "echo 1 >> ran", "echo 2 >> ran") == 0
    ShellCheckout(tmp_path).stamp("step-1", "anything").file.unlink()

    assert set_up(tmp_path, "echo 1 >> ran; rm .venv/.set-up/step-2.stamp", "echo 2 >> ran") == 0

    assert lines(tmp_path) == ["1", "2", "1", "2"]


def test_a_step_that_does_not_bring_what_it_should_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    class Vain(ShellCheckout):
        def steps(self, parts: Sequence[str]) -> list[Step]:  # noqa: ARG002
            return [Step("npm", self.root / "cdk", [self.stamp("npm", "1")], [["true"]])]

    assert main(["app"], Vain(tmp_path)) == 1
    assert f"it has ended, but {tmp_path}/cdk is not there" in capsys.readouterr().err


def test_a_program_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    class Missing(ShellCheckout):
        def steps(self, parts: Sequence[str]) -> list[Step]:  # noqa: ARG002
            return [Step("npm", self.root, [self.stamp("npm", "1")], [["/nowhere/npm"]])]

    assert main(["app"], Missing(tmp_path)) == 1
    assert "`/nowhere/npm` could not be run: No such file or directory." in capsys.readouterr().err


def test_a_checkout_that_cannot_be_written_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / ".venv").symlink_to("/proc/nowhere")

    assert set_up(tmp_path, "true") == 1
    assert capsys.readouterr().err == f"The set-up failed: {tmp_path}/.venv: File exists.\n"


def test_an_unknown_part_is_refused_with_what_is_known(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["linters"], ShellCheckout(tmp_path)) == 2
    assert capsys.readouterr().err.startswith("No part of the set-up: linters. Those are set-up, plan, ")


UNDER_WAY = """
import sys
from pathlib import Path
from tests.unit.tools.test_set_up import ShellCheckout
from tools.interruption import raise_when_interrupted
from tools.set_up.command import main

raise_when_interrupted()
sys.exit(main(["app"], ShellCheckout(Path(sys.argv[1]), *sys.argv[2:])))
"""
LASTING = 'echo $TMPDIR >> tmp; touch "$TMPDIR/half"; sh -c "sleep 600" & echo $! > pid; wait'


@pytest.mark.parametrize("number", ENDING)
def test_an_interruption_leaves_no_process_and_no_temporary_file_and_the_exit_status_says_so(
    tmp_path: Path, number: signal.Signals
) -> None:
    with python(UNDER_WAY, str(tmp_path), LASTING) as process:
        grandchild = int(until(tmp_path / "pid"))

        process.send_signal(number)

        said, _ = process.communicate(timeout=PATIENCE_SECONDS)
        assert process.returncode == -number
        assert f"The set-up was interrupted ({number.name}). The next call of make goes on from here." in said
        assert "Traceback" not in said
    assert not runs(grandchild)
    assert not Path(until(tmp_path / "tmp").strip()).exists()


def test_a_second_call_waits_for_the_first_and_says_so(tmp_path: Path) -> None:
    with python(UNDER_WAY, str(tmp_path), "echo 1 >> ran; until test -e go; do sleep 0.01; done") as first:
        until(tmp_path / "ran")
        with python(UNDER_WAY, str(tmp_path), "echo 2 >> ran") as second:
            assert second.stdout is not None
            assert second.stdout.readline() == "Another make sets this checkout up. Waiting for it ...\n"
            assert lines(tmp_path) == ["1"]

            (tmp_path / "go").touch()

            assert (first.wait(PATIENCE_SECONDS), second.wait(PATIENCE_SECONDS)) == (0, 0)
    assert lines(tmp_path) == ["1"]


def test_a_tool_that_outlives_a_killed_set_up_keeps_others_waiting(tmp_path: Path) -> None:
    with python(UNDER_WAY, str(tmp_path), "echo $$ > pid; until test -e go; do sleep 0.01; done") as first:
        tool = int(until(tmp_path / "pid"))
        first.kill()
        first.wait(PATIENCE_SECONDS)

        with (tmp_path / ".venv/.set-up/lock").open() as lock:
            assert runs(tool)
            with pytest.raises(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            (tmp_path / "go").touch()
            fcntl.flock(lock, fcntl.LOCK_EX)


def test_a_stamp_tells_what_a_thing_was_made_from(tmp_path: Path) -> None:
    stamp, newer = Stamp(tmp_path / "stamp", "1"), Stamp(tmp_path / "stamp", "2")
    assert not stamp.good

    stamp.begin()
    assert (stamp.good, stamp.interrupted) == (False, True)
    stamp.end()

    assert (stamp.good, stamp.interrupted) == (True, False)
    assert (newer.good, newer.interrupted) == (False, False)


class TestTheRealSteps:
    """What they are made from, and what they do to what is there; their commands run in the tests of `make soak`."""

    @pytest.fixture
    def root(self, tmp_path: Path) -> Path:
        root = tmp_path / "checkout"
        root.mkdir()
        for name in ("pyproject.toml", "requirements.lock", "requirements.txt"):
            shutil.copy(ROOT / name, root)
        return root

    @staticmethod
    def all_done(root: Path) -> None:
        Checkout(root).books.mkdir(parents=True)
        for step in Checkout(root).steps(["test", "app", "cdk", "plain"]):
            step.brings.parent.mkdir(parents=True, exist_ok=True)
            step.brings.touch()
            for stamp in step.stamps:
                stamp.begin()
                stamp.end()

    @staticmethod
    def missing(root: Path, *parts: str) -> list[str]:
        return [step.title for step in Checkout(root).steps(parts or ["run", "app", "cdk", "plain"]) if not step.done]

    def test_only_what_is_asked_for_is_brought(self, root: Path) -> None:
        [_, _, packages] = Checkout(root).steps(["run", "app"])

        [command] = packages.commands
        assert command[-4:] == ["--group", "run", "--editable", "."]
        pinned = [Path(file).name for flag, file in pairwise(command) if flag == "--constraints"]
        assert pinned == ["requirements.lock", "requirements.txt"]

    def test_nothing_is_missing_when_all_is_done(self, root: Path) -> None:
        assert len(self.missing(root)) == 5
        self.all_done(root)
        assert self.missing(root) == []
        assert self.missing(root, "check", "unit") == ["Python packages for check"]

    @pytest.mark.parametrize(
        ("file", "old", "new", "missing"),
        [
            ("requirements.lock", "rich==", "rich==1", ["Python packages for run, app"]),
            ("requirements.lock", "uv==", "uv==1", ["Package installer uv", "Python packages for run, app"]),
            ("pyproject.toml", "rich==", "rich==1", ["Python packages for run, app"]),
            ("pyproject.toml", 'aws-cdk = "2', 'aws-cdk = "3', ["CDK command line"]),
            ("pyproject.toml", "line-length = 1", "line-length = 2", []),
            (
                "requirements.txt",
                "pydantic==",
                "pydantic==1",
                ["Python packages for run, app", "Virtual environment of requirements.txt alone"],
            ),
        ],
    )
    def test_a_change_makes_anew_what_depends_on_it(
        self, root: Path, file: str, old: str, new: str, missing: list[str]
    ) -> None:
        self.all_done(root)
        text = (root / file).read_text(encoding="utf-8")
        assert old in text

        (root / file).write_text(text.replace(old, new), encoding="utf-8")

        assert self.missing(root) == missing

    @pytest.mark.parametrize("lost", ["bin/python", "bin/uv", "node_modules/aws-cdk/bin/cdk", "plain/bin/python"])
    def test_what_got_lost_is_made_anew(self, root: Path, lost: str) -> None:
        self.all_done(root)

        (root / ".venv" / lost).unlink()

        assert self.missing(root) != []

    def test_a_checkout_that_was_moved_gets_a_new_environment(self, root: Path) -> None:
        self.all_done(root)

        moved = root.rename(root.with_name("moved"))

        assert self.missing(moved)[0].startswith("Virtual environment with Python")

    def test_packages_whose_installation_was_interrupted_are_installed_again(self, root: Path) -> None:
        self.all_done(root)
        packages = Checkout(root).steps(["run", "test"])[-1]
        next(stamp for stamp in packages.stamps if stamp.file.stem == "test").begin()

        [command] = Checkout(root).steps(["run", "test"])[-1].commands
        assert "--reinstall" in command
        [command] = Checkout(root).steps(["run", "fix"])[-1].commands
        assert "--reinstall" not in command

    def test_a_new_environment_begins_empty_and_forgets_what_the_old_one_had(self, root: Path) -> None:
        self.all_done(root)
        environment = Checkout(root).steps([])[0]

        environment.clear()

        assert [path.name for path in (root / ".venv").iterdir()] == [".set-up"]
        assert [path.name for path in (root / ".venv" / ".set-up").glob("*.stamp")] == []

    @pytest.mark.parametrize(("version", "kept"), [("{}.{}.{}".format(*sys.version_info), True), ("3.8.1", False)])
    def test_an_environment_made_by_hand_is_kept_if_it_has_the_python_that_is_wanted(
        self, root: Path, version: str, *, kept: bool
    ) -> None:
        (root / ".venv").mkdir()
        (root / ".venv" / "pyvenv.cfg").write_text(f"home = /usr/bin\nversion = {version}\n")

        Checkout(root).steps([])[0].clear()

        assert (root / ".venv" / "pyvenv.cfg").exists() == kept
