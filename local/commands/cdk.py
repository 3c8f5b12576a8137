"""The real CDK command line, run against the local AWS as against any account."""

import json
import os
import shlex
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from local.account import Account

ROOT = Path(__file__).resolve().parents[2]
"""The app's folder, where `cdk.json` is."""

STACK = "ModelLifecycle"

Progress = Callable[[str], object]


class CdkError(Exception):
    """The command line failed; the message is what it printed."""


def deploy(
    aws: Account,
    *,
    context: Mapping[str, str] | None = None,
    app: Path = ROOT,
    stack: str = STACK,
    assembly: Path | None = None,
    progress: Progress = lambda _: None,
) -> dict[str, str]:
    """Bootstrap the account, deploy the app and return the stack's outputs.

    `context` overrides keys of `cdk.json`; `assembly` is what a synth wrote before, which saves another one;
    `progress` gets each line that the command line prints. Raises `CdkError`.
    """
    with tempfile.TemporaryDirectory(prefix="cdk-") as folder:
        outputs = Path(folder, "outputs.json")
        cdk = CommandLine(aws, app, progress)
        # The one waits for the network, the other for the processor.
        with ThreadPoolExecutor(2) as both, cdk.ending_with_errors():
            steps = [both.submit(cdk.bootstrap)]
            if assembly is None:
                assembly = Path(folder, "cdk.out")
                steps.append(both.submit(cdk.synth, assembly, context or {}))
            for step in steps:
                step.result()
            cdk.deploy(stack, assembly, outputs)
        found: dict[str, str] = json.loads(outputs.read_text())[stack] if outputs.exists() else {}
        return found


class CommandLine:
    """The CDK command line of this virtual environment."""

    def __init__(self, aws: Account, app: Path, progress: Progress) -> None:
        self._aws = aws
        self._app = app
        self._progress = progress
        self._node = Path(sys.prefix, "bin", "node")
        self._cdk = Path(sys.prefix, "node_modules", "aws-cdk", "bin", "cdk")
        self._processes: set[subprocess.Popen[str]] = set()

    @contextmanager
    def ending_with_errors(self) -> Iterator[None]:
        """End what still runs when the block ends by an error or an interrupt."""
        try:
            yield
        except BaseException:
            for process in list(self._processes):
                # The command line has started the app as a process of its own.
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGTERM)
            raise

    def bootstrap(self) -> None:
        """Prepare the account for deploys."""
        # From an empty folder, or it would run the app first.
        with tempfile.TemporaryDirectory(prefix="cdk-") as folder:
            self._run("bootstrap", f"aws://{self._aws.account_id}/{self._aws.region}", folder=Path(folder))

    def synth(self, assembly: Path, context: Mapping[str, str]) -> None:
        """Write the app's templates and assets into a folder."""
        overrides = [word for key, value in context.items() for word in ("--context", f"{key}={value}")]
        self._run(
            "synth", "--quiet", "--app", shlex.join([sys.executable, "app.py"]), "--output", str(assembly), *overrides
        )

    def deploy(self, stack: str, assembly: Path, outputs: Path) -> None:
        """Create a stack from a folder that `synth` wrote, and write its outputs into a file.

        Not by a change set, since moto's answer success to a stack that could not be created.
        """
        self._run(
            "deploy",
            stack,
            "--app",
            str(assembly),
            "--method=direct",
            "--require-approval=never",
            "--progress=events",
            f"--outputs-file={outputs}",
        )

    def _run(self, *arguments: str, folder: Path | None = None) -> None:
        quiet = ["--no-notices", "--no-color", "--ci"]
        lines: list[str] = []
        with tempfile.TemporaryDirectory(prefix="cdk-home-") as home:
            environment = self._aws.environment() | {
                "CDK_DISABLE_CLI_TELEMETRY": "true",
                "CDK_HOME": home,
                "JSII_NODE": str(self._node),
            }
            # Uncached, the import of the CDK's packages takes longer than all the rest.
            environment.pop("PYTHONDONTWRITEBYTECODE", None)
            with subprocess.Popen(  # noqa: S603
                [self._node, self._cdk, *arguments, *quiet],
                cwd=self._app if folder is None else folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,
            ) as process:
                assert process.stdout is not None  # noqa: S101
                self._processes.add(process)
                for line in process.stdout:
                    lines.append(line.rstrip())
                    self._progress(lines[-1])
            self._processes.discard(process)
        if process.returncode != 0:
            raise CdkError(f"cdk {arguments[0]} failed:\n" + "\n".join(lines))
