"""The Makefile itself."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.programs import ROOT
from tools.set_up.steps import Checkout

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


NARROW = 80
"""The columns of a terminal as it opens."""


def made(*arguments: str, folder: Path = ROOT, **more: str | None) -> str:
    """Return what a target prints, in an environment with these variables, or without them."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment = {name: value for name, value in {**kept, **more}.items() if value is not None}
    command = ["make", "--no-print-directory", *arguments]
    return subprocess.run(  # noqa: S603
        command, cwd=folder, env=environment, capture_output=True, text=True, check=True
    ).stdout


def test_help_lists_every_target() -> None:
    [targets] = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)

    assert re.findall(r"^  make (\S+) ", made("help"), re.MULTILINE) == targets.split()
    assert max(map(len, made("help").splitlines())) <= NARROW


def test_each_target_asks_the_set_up_for_parts_that_there_are() -> None:
    asked = re.findall(r"^\t\$\(SET_UP\) ?(.*)$", MAKEFILE, re.MULTILINE)

    assert {part for line in asked for part in line.split()} <= set(Checkout(ROOT).parts)


def test_make_local_is_quiet_if_it_is_to_be() -> None:
    assert "--quiet" in made("--dry-run", "local", "QUIET=1")
    assert "--quiet" not in made("--dry-run", "local", QUIET=None)


def test_the_continuous_integration_runs_make_test() -> None:
    assert (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()[-1] == "make test"


@pytest.mark.parametrize("home", ["/proc", "/nonexistent", "", None])
def test_a_home_that_cannot_be_written_is_replaced_and_credentials_are_still_read_from_it(
    tmp_path: Path, home: str | None
) -> None:
    (tmp_path / "show.mk").write_text("show:\n\t@echo $$HOME $$AWS_CONFIG_FILE $$AWS_SHARED_CREDENTIALS_FILE\n")

    shown = made("-f", "Makefile", "-f", f"{tmp_path}/show.mk", "show", HOME=home).split()

    assert shown == [f"{ROOT}/.venv/home", f"{home or ''}/.aws/config", f"{home or ''}/.aws/credentials"]
    assert not Path("/nonexistent").exists()


def test_a_home_that_can_be_written_is_used(tmp_path: Path) -> None:
    (tmp_path / "show.mk").write_text("show:\n\t@echo $$HOME $$AWS_CONFIG_FILE\n")

    assert made("-f", "Makefile", "-f", f"{tmp_path}/show.mk", "show", HOME=str(tmp_path)).split() == [str(tmp_path)]


def test_clean_leaves_nothing_that_git_does_not_track(tmp_path: Path) -> None:
    for name in ("Makefile", ".gitignore"):
        shutil.copy(ROOT / name, tmp_path)
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)  # noqa: S603, S607
    for pattern in (tmp_path / ".gitignore").read_text(encoding="utf-8").split():
        for folder in (tmp_path, tmp_path / "local" / "clock"):
            if folder == tmp_path or pattern == "__pycache__/":
                made_by_a_target = folder / pattern / ("content" if pattern.endswith("/") else "")
                made_by_a_target.parent.mkdir(parents=True, exist_ok=True)
                made_by_a_target.touch()
    (tmp_path / "mine").touch()

    made("clean", folder=tmp_path)

    left = subprocess.run(
        ["git", "status", "--ignored", "--porcelain"],  # noqa: S607
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert set(left.splitlines()) == {"?? .gitignore", "?? Makefile", "?? mine"}
