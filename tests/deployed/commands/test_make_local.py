"""`make local`: the local AWS as a process for any client, until it is ended."""

import json
import os
import re
import signal
import socket
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from botocore.exceptions import ClientError
from botocore.session import Session

from tests.deployed.commands.make import PATIENCE_SECONDS, environment, made, make, processes_of_group
from tests.programs import ROOT

PROJECT = "starts-in-five-seconds"
VERSION_ARN = (
    f"arn:aws:rekognition:us-east-1:123456789012:project/{PROJECT}/version/{PROJECT}.2026-01-05T09.00.00/1767603600000"
)
PROJECT_ARN = f"arn:aws:rekognition:us-east-1:123456789012:project/{PROJECT}/1767000000000"
SCENARIO = {
    "Models": [
        {"ProjectVersionArn": VERSION_ARN, "ProjectArn": PROJECT_ARN, "StartSeconds": 2},
        {"ProjectName": "boards", "ModelVersion": "1", "StartSeconds": 2},
    ]
}


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def ready_at(process: "subprocess.Popen[str]", *, said: list[str] | None = None) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if said is not None:
            said.append(line)
        if line.startswith("ready "):
            return str(line.removeprefix("ready ").strip())
    assert process.stderr is not None
    raise AssertionError(process.stderr.read())


def still_run(wanted: set[int], *, with_descendants: bool = False) -> set[int]:
    """Return which of these processes run, and perhaps what they began, whatever session that is in."""
    listed = subprocess.run(["ps", "-eo", "pid,ppid,stat"], capture_output=True, text=True, check=True).stdout
    running = {
        int(process): int(parent)
        for process, parent, status in map(str.split, listed.splitlines()[1:])
        if not status.startswith("Z")
    }
    found = wanted & running.keys()
    while with_descendants and (more := {one for one, parent in running.items() if parent in found} - found):
        found |= more
    return found


def assert_ends_cleanly(process: "subprocess.Popen[str]", signal_number: signal.Signals) -> None:
    """End it as a terminal does: the signal goes to the whole group."""
    begun = still_run({process.pid}, with_descendants=True) - {process.pid}
    assert begun
    os.killpg(process.pid, signal_number)
    process.wait(timeout=PATIENCE_SECONDS)
    assert processes_of_group(process.pid) == []
    assert still_run(begun) == set()


def run_the_pages_commands(endpoint: str) -> None:
    text = (ROOT / "docs" / "local-aws.md").read_text(encoding="utf-8")
    [commands] = re.findall(r"```sh\n(export AWS_ENDPOINT_URL.*?)```", text, re.DOTALL)
    script = f"set -e\n{commands}".replace("4599", endpoint.rpartition(":")[2])
    ran = subprocess.run(["bash", "-c", script], env=environment(), capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "start-model" in ran.stdout


def client_of(endpoint: str, key: str = "local") -> Callable[[str], Any]:
    """Return what makes clients with that key."""

    def client(service: str) -> Any:
        return Session().create_client(
            service,
            region_name="us-east-1",
            endpoint_url=endpoint,
            aws_access_key_id=key,
            aws_secret_access_key="local",  # noqa: S106 - there is no secret
        )

    return client


def assert_prints_a_refusal(process: "subprocess.Popen[str]", endpoint: str) -> None:
    roles = client_of(endpoint)("iam").list_roles()["Roles"]
    [role] = [role["RoleName"] for role in roles if "CheckModel" in role["RoleName"]]
    with pytest.raises(ClientError, match="AccessDenied"):
        client_of(endpoint, f"role:{role}")("rekognition").stop_project_version(ProjectVersionArn=VERSION_ARN)
    assert process.stdout is not None
    refused = next(line for line in process.stdout if line.startswith("refused "))
    for part in (f"assumed-role/{role}/", "rekognition:StopProjectVersion", VERSION_ARN):
        assert part in refused


def assert_prints_what_happens(process: "subprocess.Popen[str]", said: list[str]) -> None:
    """Paste what it says that starts a model, and read what it prints of that."""
    [client, start, event] = [line for line in said if line.startswith(("  export ", "  aws "))]
    run_as_pasted("\n".join(command.strip() for command in (client, start, event)), folder=ROOT)
    # Those two, and that of the page.
    wanted = {"start-model \\S+ began": 3, "E-mail to one@example.com: ": 3, "start-model \\S+ SUCCEEDED after ": 3}
    assert process.stdout is not None
    for line in process.stdout:
        wanted = {pattern: count - len(re.findall(pattern, line)) for pattern, count in wanted.items()}
        if not any(wanted.values()):
            break
    assert not any(wanted.values())


def run_as_pasted(line: str, *, folder: Path) -> str:
    ran = subprocess.run(
        ["bash", "-c", line], cwd=folder, env=environment(), capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout + ran.stderr


def call(endpoint: str, target: str, body: dict[str, Any]) -> dict[str, Any]:
    """Return a plain call, without any SDK and any signature, as curl makes it."""
    headers = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"}
    with urlopen(Request(endpoint, json.dumps(body).encode(), headers)) as answer:
        parsed: dict[str, Any] = json.load(answer)
        return parsed


def test_it_serves_any_client_and_ends_cleanly(tmp_path: Path) -> None:
    scenario = tmp_path / "scenario.json"
    scenario.write_text(json.dumps(SCENARIO))
    port = free_port()
    settings = """-c 'notification_emails=["one@example.com"]'"""
    with make("local", f"SCENARIO={scenario}", f"PORT={port}", f"ARGS={settings}") as process:
        said: list[str] = []
        endpoint = ready_at(process, said=said)
        assert endpoint == f"http://localhost:{port}"

        answer = call(endpoint, "RekognitionService.StartProjectVersion", start_of(VERSION_ARN))
        assert answer == {"Status": "STARTING"}
        run_the_pages_commands(endpoint)
        assert_prints_what_happens(process, said)
        assert_prints_a_refusal(process, endpoint)
        before = datetime.now(UTC)
        passed = made("later", "HOURS=2", more={"AWS_ENDPOINT_URL": endpoint})
        [moment] = re.findall(r"^It is (.*) UTC there now\.$", passed.stdout, re.MULTILINE)
        assert datetime.fromisoformat(f"{moment}Z") - before > timedelta(minutes=119)
        [redeploy] = [line for line in said if line.startswith("  env ")]
        redeployed = run_as_pasted(redeploy.replace("one@", "other@"), folder=tmp_path)
        assert "UPDATE_COMPLETE" in redeployed
        assert "other@example.com" in redeployed
        assert_is_removed_when_nothing_runs(endpoint)
        assert_ends_cleanly(process, signal.SIGINT)


def assert_is_removed_when_nothing_runs(endpoint: str) -> None:
    """Start a model that nobody leases, see it, and remove the app: not without leave, and nothing is left of it."""
    aws = client_of(endpoint)
    session = {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
    }
    machines = aws("stepfunctions").list_state_machines()["stateMachines"]
    [start_model] = [each["stateMachineArn"] for each in machines if each["name"] == "start-model"]
    aws("stepfunctions").start_execution(
        stateMachineArn=start_model, input=json.dumps({"ProjectVersionArn": VERSION_ARN, "PollIntervalSeconds": 1})
    )

    refused = made("destroy", more=session)
    assert refused.returncode != 0
    assert refused.stderr.startswith("Without a terminal nothing is removed, unless YES=1 is set")
    assert f"{PROJECT}/{PROJECT}.2026-01-05T09.00.00" in refused.stdout
    with pytest.raises(ClientError, match=r"Stack \[ModelLifecycle\] cannot be deleted while TerminationProtection is"):
        aws("cloudformation").delete_stack(StackName="ModelLifecycle")

    removed = made("destroy", "YES=1", more=session)
    assert removed.returncode == 0, removed.stderr
    assert "1 of 1 models are stopped ..." in removed.stderr
    left = removed.stdout.partition("The stack ModelLifecycle is removed.\n")[2]
    assert re.sub(r"[0-9a-f-]{36}|-\S+,|\d{4}-\d\d-\d\d", "...", left).splitlines() == [
        *["Left: The key ... waits for its deletion, ...."] * left.count("The key "),
        *["Left: A system backup of the table ModelLifecycle... which DynamoDB keeps for 35 days without a charge."]
        * left.count("backup"),
    ]
    assert "The key " in left
    assert "backup" in left
    assert (
        call(endpoint, "RekognitionService.DescribeProjectVersions", {"ProjectArn": PROJECT_ARN})[
            "ProjectVersionDescriptions"
        ][0]["Status"]
        == "STOPPED"
    )
    assert left_of_the_app(aws) == []
    gone = made("status", more=session)
    assert gone.stderr.startswith("There is no stack ModelLifecycle (without a stage) in the Region us-east-1. Deploy")


def left_of_the_app(aws: Callable[[str], Any]) -> list[Any]:
    """Return what a stack of the app has made and is still there."""
    lists = {
        "cloudwatch": ("describe_alarms", "MetricAlarms"),
        "dynamodb": ("list_tables", "TableNames"),
        "events": ("list_rules", "Rules"),
        "lambda": ("list_functions", "Functions"),
        "logs": ("describe_log_groups", "logGroups"),
        "scheduler": ("list_schedules", "Schedules"),
        "sns": ("list_topics", "Topics"),
        "sqs": ("list_queues", "QueueUrls"),
        "stepfunctions": ("list_state_machines", "stateMachines"),
    }
    found = [
        each
        for service, (operation, name) in lists.items()
        for each in getattr(aws(service), operation)().get(name, [])
    ]
    roles = [role["RoleName"] for role in aws("iam").list_roles()["Roles"] if "ModelLifecycle" in role["RoleName"]]
    # `make local` itself listens by a queue of its own.
    return [each for each in found if "odel" in str(each)] + roles


def start_of(arn: str) -> dict[str, Any]:
    return {"ProjectVersionArn": arn, "MinInferenceUnits": 1}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("{", "is not JSON", marks=pytest.mark.soak),
        ('{"Models": [{"ProjectVersionArn": "parts"}]}', "Models[0].ProjectVersionArn must be a model version's ARN"),
        pytest.param('{"Modles": []}', "Modles", marks=pytest.mark.soak),
    ],
)
def test_a_malformed_scenario_is_refused_with_the_reason(tmp_path: Path, text: str, reason: str) -> None:
    scenario = tmp_path / "scenario.json"
    scenario.write_text(text)

    with make("local", f"SCENARIO={scenario}") as process:
        _, complaint = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode != 0
    assert reason in complaint


@pytest.mark.parametrize("port", ["65536", *(pytest.param(port, marks=pytest.mark.soak) for port in ("0", "http"))])
def test_a_port_that_is_none_is_refused_with_what_is_allowed(port: str) -> None:
    with make("local", f"PORT={port}") as process:
        _, complaint = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode != 0
    assert f"PORT must be a number from 1 to 65,535, got {port}" in complaint


def test_a_port_that_is_taken_is_refused() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        with make("local", f"PORT={port}") as process:
            _, complaint = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode != 0
    assert str(port) in complaint


@pytest.mark.soak
def test_the_readme_s_deploy_and_clean_up_work_against_any_endpoint() -> None:
    with make("local") as process:
        endpoint = ready_at(process)
        aws = {
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
        }
        for target, arguments in (
            ("destroy", "--yes"),
            ("bootstrap", ""),
            ("deploy", "-c notification_emails=you@example.com --require-approval never"),
        ):
            done = made(target, f"ARGS={arguments}", more=aws)
            assert done.returncode == 0, done.stderr
        assert "ModelLifecycle.StartModelStateMachineArn = arn:aws:states:" in done.stderr + done.stdout

        again = made("deploy", "ARGS=-c start_timeout_minutes=5 --require-approval never", more=aws)
        assert again.returncode == 0, again.stderr
        assert "UPDATE_COMPLETE" in again.stderr + again.stdout
        run_the_pages_commands(endpoint)
        assert_ends_cleanly(process, signal.SIGTERM)


def test_time_passes_only_where_there_is_an_aws_on_this_machine() -> None:
    assert "say where make local is: give its PORT" in made("later", more={}).stderr
    assert "HOURS must be a number, such as 1 or 0.5, got soon" in made("later", "HOURS=soon", more={}).stderr
    assert "There is no local AWS at" in made("later", f"PORT={free_port()}", more={}).stderr


@pytest.mark.soak
def test_projects_that_are_not_of_this_aws_are_refused_at_once() -> None:
    arn = "arn:aws:rekognition:eu-west-1:123456789012:project/parts/1767000000000"
    done = made("local", f"ARGS=-c project_arns={arn}", more={})

    assert done.returncode != 0
    assert "Deploy the app" not in done.stdout
    assert "project_arns[0] must be of the account and Region of the deploy" in done.stderr


@pytest.mark.soak
def test_a_wrong_setting_stops_the_deploy_with_one_line_that_says_what_is_allowed() -> None:
    done = made("local", "ARGS=-c start_timeout_minutes=soon", more={})

    assert done.returncode != 0
    assert "Deploy the app" not in done.stdout
    [line] = [line for line in done.stderr.splitlines() if "start_timeout_minutes" in line]
    assert line.endswith('start_timeout_minutes must be a whole number from 1 to 1,440, got "soon".')
