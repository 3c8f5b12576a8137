"""The local AWS as a whole: it begins empty, serves, and leaves no trace."""

import json
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from local.server import LocalAws

ROOT = Path(__file__).parents[2]


def run(script: str) -> str:
    """Run a script in a process of its own, since only one local AWS can be open in each."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", textwrap.dedent(script)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_each_begins_empty_and_ends_without_a_trace() -> None:
    output = run(
        """
        import os, socket, sys, tempfile, threading
        from pathlib import Path
        from local.server import LocalAws

        before = dict(os.environ)
        for _ in range(2):
            with LocalAws() as aws:
                sns = aws.client("sns")
                assert not sns.list_topics()["Topics"]
                sns.create_topic(Name="one")
                folder, port = aws.folder, aws.port
                assert folder.exists()
            assert not folder.exists()
            assert threading.enumerate() == [threading.main_thread()], threading.enumerate()
            assert dict(os.environ) == before
            with socket.socket() as probe:
                assert probe.connect_ex(("127.0.0.1", port)) != 0
        print("clean")
        """
    )
    assert output == "clean\n"


def test_the_example_of_its_page_runs() -> None:
    [example] = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "local-aws.md").read_text("utf-8"), re.DOTALL)
    assert run(example) == ""


def test_a_second_one_is_refused_while_one_is_open_and_layers_see_each_request() -> None:
    output = run(
        """
        import socket
        from local.server import LocalAws

        seen = []
        def layer(app):
            def serve(environ, start_response):
                seen.append(environ["HTTP_X_AMZ_TARGET"])
                return app(environ, start_response)
            return serve

        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        aws = LocalAws(port=port)
        aws.wrap(layer)
        with aws:
            assert aws.endpoint_url == f"http://localhost:{port}"
            aws.client("stepfunctions").list_state_machines()
            assert seen == ["AWSStepFunctions.ListStateMachines"]
            try:
                with LocalAws(): pass
            except RuntimeError as error:
                print(error)
        """
    )
    assert output == "another LocalAws is open in this process\n"


def test_ending_waits_for_no_execution_and_no_function() -> None:
    output = run(
        """
        import json, threading
        from local.server import LocalAws
        from tests.local_aws.conftest import Workbench, until

        with LocalAws() as aws:
            bench = Workbench(aws)
            sleeper = bench.function("import time\\ndef handler(*_): print('runs', flush=True); time.sleep(86_400)")
            aws.client("logs").create_log_group(logGroupName=f"/aws/lambda/{sleeper}")
            arn = f"arn:aws:lambda:us-east-1:123456789012:function:{sleeper}"
            states = {
                "Wait": {"Type": "Wait", "Seconds": 86_400, "End": True},
                "Task": {"Type": "Task", "Resource": arn, "End": True},
            }
            for name, state in states.items():
                bench.start(bench.machine({name: state}))
            aws.client("lambda").invoke(FunctionName=sleeper, InvocationType="Event", Payload=b"{}")
            logged = lambda: aws.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{sleeper}")["events"]
            until(lambda: len(logged()) == 2)
        assert threading.enumerate() == [threading.main_thread()], threading.enumerate()
        print("ended")
        """
    )
    assert output == "ended\n"


def test_a_client_process_gets_nothing_of_the_callers_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "AWS_PROFILE",
        "AWS_CA_BUNDLE",
        "AWS_SESSION_TOKEN",
        "AWS_ENDPOINT_URL_S3",
        "HTTPS_PROXY",
        "http_proxy",
    ):
        monkeypatch.setenv(name, "of-the-caller")
    monkeypatch.setenv("UNRELATED", "kept")
    environment = LocalAws(port=4_566).environment()
    assert "of-the-caller" not in environment.values()
    assert environment["UNRELATED"] == "kept"
    assert environment["AWS_ENDPOINT_URL"] == "http://localhost:4566"
    assert environment["AWS_REGION"] == environment["AWS_DEFAULT_REGION"] == "us-east-1"
    assert environment["AWS_CONFIG_FILE"] == environment["AWS_SHARED_CREDENTIALS_FILE"] == os.devnull


def test_the_aws_command_line_needs_no_more_than_that_environment(aws: LocalAws) -> None:
    command = [sys.executable, "-m", "awscli", "sts", "get-caller-identity"]
    environment = aws.environment()
    said = subprocess.run(command, env=environment, capture_output=True, check=True, timeout=600).stdout  # noqa: S603
    assert json.loads(said)["Account"] == "123456789012"
