"""A newcomer's first steps: a clone, and make. For the soak, since it takes minutes and needs the registries."""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.deployed.commands.make import PATIENCE_SECONDS, environment
from tests.programs import ROOT, under_way

pytestmark = pytest.mark.soak

NO_ANSWER = "http://127.0.0.1:9"
"""Nobody listens there."""
WHOLE = """
from importlib.metadata import distributions

for one in distributions():
    for file in one.files:
        assert file.locate().exists() or "__pycache__" in file.parts, file
"""


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=Somebody", "-c", "user.email=somebody@example.com", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout  # noqa: S603


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return what git would commit of this checkout, in a folder with a space in its name."""
    folder = tmp_path / "my clone"
    for name in git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard").splitlines():
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "All")
    return folder


def begun(clone: Path, *arguments: str, **more: str) -> AbstractContextManager["subprocess.Popen[str]"]:
    """Return a target under way that knows nothing of this virtual environment."""
    kept = {name: value for name, value in environment().items() if name not in ("JSII_NODE", "PYTHON", "VIRTUAL_ENV")}
    path = [part for part in kept["PATH"].split(os.pathsep) if not Path(part).is_relative_to(sys.prefix)]
    env = {**kept, "PATH": os.pathsep.join([str(Path(sys.base_prefix, "bin")), *path]), **more}
    return under_way(["make", "--no-print-directory", *arguments], cwd=clone, env=env)


def made(clone: Path, *arguments: str, **more: str) -> tuple[int, str]:
    """How a target ended, and what it said."""
    with begun(clone, *arguments, **more) as process:
        said, _ = process.communicate(timeout=PATIENCE_SECONDS)
    return process.returncode, said


def test_make_run_needs_no_home_and_make_clean_leaves_nothing(clone: Path) -> None:
    code, said = made(clone, "run", HOME="/proc")
    assert code == 0, said
    assert "2 of 2 models ran, 2 were stopped at the end of their leases" in said

    assert made(clone, "plan")[0] == 0
    assert made(clone, "clean")[0] == 0
    assert git(clone, "status", "--ignored", "--porcelain") == ""


@pytest.mark.parametrize(
    ("step", "number"), [(1, signal.SIGINT), (2, signal.SIGTERM), (3, signal.SIGHUP), (4, signal.SIGKILL)]
)
def test_the_next_call_goes_on_where_one_was_interrupted(clone: Path, step: int, number: signal.Signals) -> None:
    target = ("local", "SCENARIO=nowhere.json")
    with begun(clone, *target) as process:
        assert process.stdout is not None
        assert any(line.startswith(f"Set-up {step} of 5: ") for line in process.stdout)
        os.killpg(process.pid, number)
        assert process.wait(PATIENCE_SECONDS) != 0

    _, said = made(clone, *target)

    assert "nowhere.json cannot be read" in said
    assert ("Another make sets this checkout up" in said) <= (number == signal.SIGKILL)
    subprocess.run([clone / ".venv/bin/python", "-c", WHOLE], check=True)  # noqa: S603
    assert made(clone, *target)[1].splitlines()[0].startswith("nowhere.json")


def test_without_a_network_it_says_so_and_goes_on_with_one(clone: Path, tmp_path: Path) -> None:
    nowhere = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), NO_ANSWER)

    code, said = made(clone, "plan", PIP_NO_CACHE_DIR="1", UV_CACHE_DIR=str(tmp_path / "uv"), **nowhere)

    assert code != 0
    assert "Set-up 2 of 3: Package installer uv: failed." in said
    assert "See that this machine reaches the package registries, and call make again" in said
    assert "Traceback" not in said
    code, said = made(clone, "plan")
    assert code == 0, said
    assert "Virtual environment" not in said


def test_two_at_once_in_one_checkout_wait_for_each_other(clone: Path) -> None:
    with begun(clone, "plan") as one, begun(clone, "plan") as other:
        said = [process.communicate(timeout=PATIENCE_SECONDS)[0] for process in (one, other)]

    assert (one.returncode, other.returncode) == (0, 0), said
    assert sorted("Another make sets this checkout up" in each for each in said) == [False, True]


def test_two_deploys_at_once_in_one_checkout_do_not_meet() -> None:
    account = {"AWS_ENDPOINT_URL": NO_ANSWER, "AWS_REGION": "us-east-1", "AWS_MAX_ATTEMPTS": "1"}
    account |= {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none"}
    with begun(ROOT, "deploy", **account) as one, begun(ROOT, "deploy", **account) as other:
        said = [process.communicate(timeout=PATIENCE_SECONDS)[0] for process in (one, other)]

    for each in said:
        assert "Synthesis time" in each
        assert "currently synthing" not in each
    assert not (ROOT / "cdk.out").exists()
