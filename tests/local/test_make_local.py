"""`make local`: AWS on this machine as a process of its own, for any client, until it is told to end."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

ROOT = Path(__file__).parents[2]
VERSION_ARN = "arn:aws:rekognition:us-east-1:123456789012:project/parts/version/parts.2026-01-05T09.00.00/1767603600000"
SCENARIO = {
    "Models": [
        {"ProjectVersionArn": VERSION_ARN, "StartSeconds": 2},
        {"ProjectName": "boards", "ModelVersion": "1", "StartSeconds": 2},
    ]
}
PATIENCE_SECONDS = 180


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def environment() -> dict[str, str]:
    """The caller's own, with this Python's tools first and no AWS of their own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return kept | {"PATH": f"{Path(sys.prefix, 'bin')}{os.pathsep}{kept['PATH']}"}


@contextmanager
def make_local(*arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """`make local`, in a process group of its own, so that whatever it leaves behind can be found."""
    with subprocess.Popen(
        ["make", "--no-print-directory", "local", *arguments],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def ready_at(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("ready "):
            return str(line.removeprefix("ready ").strip())
    assert process.stderr is not None
    raise AssertionError(process.stderr.read())


def processes_of_group(group: int) -> list[str]:
    listed = subprocess.run(["ps", "-eo", "pgid,args"], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if line.split()[0] == str(group)]


def processes_that_serve(endpoint: str) -> list[str]:
    """Functions and the CDK have sessions of their own; they know the endpoint by their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"AWS_ENDPOINT_URL={endpoint}".encode() in (folder / "environ").read_bytes():
                found.append((folder / "cmdline").read_text())
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
    return found


def told_to_end(process: "subprocess.Popen[str]", signal_number: signal.Signals) -> int:
    """End it as a terminal does: the signal goes to the whole group."""
    os.killpg(process.pid, signal_number)
    return process.wait(timeout=PATIENCE_SECONDS)


def readme_commands(port: str) -> str:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    [commands] = re.findall(r"```sh\n(export AWS_ENDPOINT_URL.*?)```", text, re.DOTALL)
    return str(commands).replace("4599", port)


def call(endpoint: str, target: str, body: dict[str, Any]) -> dict[str, Any]:
    """A plain call, without any SDK and any signature, as curl makes it."""
    headers = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"}
    with urlopen(Request(endpoint, json.dumps(body).encode(), headers)) as answer:
        parsed: dict[str, Any] = json.load(answer)
        return parsed


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_any_client_and_ends_cleanly(tmp_path: Path, signal_number: signal.Signals) -> None:
    scenario = tmp_path / "scenario.json"
    scenario.write_text(json.dumps(SCENARIO))
    port = free_port()
    with make_local(f"SCENARIO={scenario}", f"PORT={port}") as process:
        endpoint = ready_at(process)
        assert endpoint == f"http://localhost:{port}"

        answer = call(endpoint, "RekognitionService.StartProjectVersion", start_of(VERSION_ARN))
        assert answer == {"Status": "STARTING"}
        script = f"set -e\n{readme_commands(str(port))}"
        ran = subprocess.run(["bash", "-c", script], env=environment(), capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
        assert "start-model" in ran.stdout
        assert processes_that_serve(endpoint) != []

        told_to_end(process, signal_number)
        assert processes_of_group(process.pid) == []
        assert processes_that_serve(endpoint) == []


def start_of(arn: str) -> dict[str, Any]:
    return {"ProjectVersionArn": arn, "MinInferenceUnits": 1}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "no JSON"),
        ('{"Models": [{"ProjectVersionArn": "parts"}]}', "Models[0].ProjectVersionArn is 'parts'"),
        ('{"Modles": []}', "Modles"),
    ],
)
def test_a_malformed_scenario_is_refused_with_the_reason(tmp_path: Path, text: str, reason: str) -> None:
    scenario = tmp_path / "scenario.json"
    scenario.write_text(text)

    with make_local(f"SCENARIO={scenario}") as process:
        _, complaint = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode != 0
    assert reason in complaint


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_a_port_that_is_none_is_refused_with_what_is_allowed(port: str) -> None:
    with make_local(f"PORT={port}") as process:
        _, complaint = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode != 0
    assert f"PORT is {port}; allowed is a number from 1 to 65,535" in complaint


def test_a_port_that_is_taken_is_refused() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        with make_local(f"PORT={port}") as process:
            _, complaint = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode != 0
    assert str(port) in complaint
