"""The context is the one that the CDK's command line would pass to the app."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from settings.context import ContextError, read_context


def written(folder: Path, **files: Any) -> Path:
    """Return a folder with JSON files, named with `_` for what a keyword may not have."""
    folder.mkdir()
    for name, content in files.items():
        path = folder / {"cdk": "cdk.json", "cdk_context": "cdk.context.json", "of_user": ".cdk.json"}[name]
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return folder


def test_the_command_line_counts_before_the_files_and_the_app_s_before_the_user_s(tmp_path: Path) -> None:
    app = written(tmp_path / "app", cdk={"app": "x", "context": {"a": 1, "b": 1}}, cdk_context={"a": 2, "b": 2, "c": 2})
    home = written(tmp_path / "home", of_user={"context": {"a": 3, "b": 3, "c": 3, "d": 3}})

    assert read_context(app, ["a=0"], home=home) == {"a": "0", "b": 1, "c": 2, "d": 3}


@pytest.mark.parametrize(
    ("assignment", "expected"),
    [
        ("key=value", {"key": "value"}),
        ("key=a=b", {"key": "a=b"}),
        ("key=", {"key": ""}),
        ('schedules=[{"name": "a"}]', {"schedules": '[{"name": "a"}]'}),
    ],
)
def test_an_assignment_is_split_as_the_command_line_splits_it(
    tmp_path: Path, assignment: str, expected: dict[str, str]
) -> None:
    assert read_context(tmp_path, [assignment], home=tmp_path) == expected


@pytest.mark.parametrize(
    ("files", "assignments", "why"),
    [
        ({}, ["key"], '-c must be followed by key=value, got "key".'),
        ({}, ["key=\n[1]"], '-c must be one line, since the CDK reads only the first, got "key=\\n[1]", with '),
        ({}, ["key=[1,\r\n2]"], "-c must be one line"),
        ({}, ["aws:cdk:x=1"], 'must not begin with aws:, got "aws:cdk:x".'),
        (
            {"cdk": "{"},
            [],
            "cdk.json is broken JSON: Expecting property name enclosed in double quotes at line 1, column 2.",
        ),
        ({"cdk": []}, [], "cdk.json must be a JSON object, got []."),
        ({"cdk": {"context": []}}, [], "cdk.json must be a JSON object, got []."),
        ({"cdk": '{"app": "x",\n "context": {"a" 1}}'}, [], "Expecting ':' delimiter at line 2, column 18."),
        ({"cdk_context": "[]"}, [], "cdk.context.json must be a JSON object, got []."),
    ],
)
def test_what_cannot_be_read_is_one_line(
    tmp_path: Path, files: dict[str, Any], assignments: list[str], why: str
) -> None:
    app = written(tmp_path / "app", **files)

    with pytest.raises(ContextError) as caught:
        read_context(app, assignments, home=tmp_path)

    assert why in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("stage", "arguments", "code", "said"),
    [
        ("", [], 1, "cdk.json is broken JSON: Expecting value at line 2, column 22.\n"),
        ("1", ["--all", "--context", "foo"], 1, '-c must be followed by key=value, got "foo".\n'),
        ("1", ["deploy", "-c", "stage=2", "--require-approval", "never", "-ca=b"], 0, ""),
    ],
)
def test_what_cannot_be_read_ends_a_command_before_the_cdk_begins(
    tmp_path: Path, stage: str, arguments: list[str], code: int, said: str
) -> None:
    app = written(tmp_path / "app", cdk=f'{{\n"context": {{"stage": {stage}}}}}')
    root = Path(__file__).parents[3]
    environment = {"HOME": str(tmp_path), "PYTHONPATH": f"{root}:{root / 'lambdas'}"}
    command = [sys.executable, "-m", "settings", *arguments]

    done = subprocess.run(command, cwd=app, env=environment, capture_output=True, text=True, check=False)  # noqa: S603

    assert (done.returncode, done.stdout, done.stderr.removeprefix(f"{app}/")) == (code, "", said)
