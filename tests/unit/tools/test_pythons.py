"""The newer Pythons on the PATH."""

import sys
from pathlib import Path

import pytest

from tools.set_up.pythons import first_that_runs, newer_pythons

MINOR = sys.version_info.minor
"""Of the Python that runs this."""


@pytest.fixture
def put(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Return some Pythons in two folders of the PATH."""
    scripts = []
    for folder, minor, says in (
        ("shims", MINOR + 3, "python3.99"),
        ("shims", MINOR + 2, f"python3.{MINOR + 2}; exit 1"),
        ("shims", MINOR, f"python3.{MINOR}"),
        ("bin", MINOR + 2, f"python3.{MINOR + 2}"),
        ("bin", MINOR + 1, f"python3.{MINOR + 1}"),
        ("bin", MINOR + 4, f"python3.{MINOR + 4}"),
    ):
        script = tmp_path / folder / f"python3.{minor}"
        script.parent.mkdir(exist_ok=True)
        script.write_text(f"#!/bin/sh\necho {says}\n")
        script.chmod(0o755)
        scripts.append(script)
    (tmp_path / "bin" / f"python3.{MINOR + 3}").touch(mode=0o644)
    monkeypatch.setenv("PATH", f"{tmp_path / 'shims'}:{tmp_path / 'nowhere'}:{tmp_path / 'bin'}")
    return scripts


def test_those_that_are_newer_up_to_a_version_are_found_the_newest_first(put: list[Path]) -> None:
    lying, shim, _, second, third, _ = put

    assert newer_pythons(up_to=f"3.{MINOR + 3}") == [str(one) for one in (lying, shim, second, third)]
    assert newer_pythons(up_to=f"3.{MINOR}") == []


def test_the_newest_that_is_what_its_name_says_is_taken(put: list[Path]) -> None:
    found = newer_pythons(up_to=f"3.{MINOR + 3}")

    assert first_that_runs(found) == str(put[3])
    assert first_that_runs(found[:2]) is None
