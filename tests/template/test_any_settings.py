"""Any settings: the app synthesizes them, or ends with 1 and a line for each wrong one."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings

from local.commands.cdk import CdkError, synthesis
from settings.settings import Settings, SettingsError
from tests.template.conftest import PARTS, VERSION
from tests.template.synthesized import ROOT
from tests.unit.settings.anything import STOP, contexts, is_refusal

in_soak = settings.get_current_profile_name() == "soak"
App = Callable[[dict[str, Any]], tuple[int, str]]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """Yield the app: from a context to the code with which it ends and what it says."""
    folder = tmp_path_factory.mktemp("apps")
    environment = {
        **os.environ,
        "CONTEXT_OVERFLOW_LOCATION_ENV": str(folder / "context.json"),
        "CDK_OUTDIR": str(folder / "cdk.out"),
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "lambdas")]),
        "JSII_NODE": str(Path(sys.prefix) / "bin" / "node"),
    }
    command = [sys.executable, str(Path(__file__).with_name("apps_in_turn.py"))]
    process = subprocess.Popen(  # noqa: S603
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    with process:
        to_app, from_app = process.stdin, process.stdout
        assert to_app is not None
        assert from_app is not None

        def ended(context: dict[str, Any]) -> tuple[int, str]:
            print(json.dumps(context), file=to_app, flush=True)
            code, said = json.loads(from_app.readline())
            return code, said

        yield ended
        # With Node, which would synthesize every app once more before it ends.
        os.killpg(process.pid, signal.SIGKILL)


@settings(
    derandomize=not in_soak,
    deadline=None,
    max_examples=500 if in_soak else 50,
    suppress_health_check=list(HealthCheck),
)
@given(contexts())
@example({"start_timeout_minutes": "0"})
@example({"schedules": '[{"name":"a",}]'})
@example({"schedules": [STOP | {"input": {"ProjectVersionArn": VERSION, "Reason": "${Token[TOKEN.1]}"}}]})
@example({"schedules": [{"__proto__": 1}]})
@example({"notification_emails": ["ops@example.com", "ops@example.com"]})
def test_any_settings_are_synthesized_or_refused_with_one_line(app: App, context: dict[str, Any]) -> None:
    valid = are_settings(context)
    # To synthesize takes a second, and is tried with many settings elsewhere.
    assume(in_soak or not valid)

    code, said = app(context)

    if valid:
        assert code == 0, said
    else:
        assert (code, said[-1]) == (1, "\n")
        assert is_refusal(said[:-1]), said


def are_settings(context: dict[str, Any]) -> bool:
    """Whether the settings are valid."""
    try:
        Settings.from_context(context)
    except SettingsError:
        return False
    return True


@pytest.mark.soak
@pytest.mark.parametrize(
    "context",
    [
        {"schedules": "[{name:a}]"},
        {"schedules": '[{"name":"a",}]'},
        {"notification_emails": "ops@example.com,OPS@example.com"},
        {"project_arns": f"{PARTS},{PARTS}"},
        {"project_arns": f"{PARTS} \N{ZERO WIDTH SPACE}"},
        {"time_zone": '"Europe/Berlin'},
        {"start_timeout": "5"},
        {"stage": "${Token[TOKEN.1]}"},
    ],
)
def test_the_cdk_s_command_line_prints_the_same_line(app: App, context: dict[str, str]) -> None:
    with pytest.raises(CdkError) as caught, synthesis(context) as synthesized:
        synthesized()

    said = str(caught.value).splitlines()
    assert said.count(app(context)[1].removesuffix("\n")) == 1
    assert "Traceback" not in str(caught.value)
