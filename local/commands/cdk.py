"""The real CDK command line, run against the local AWS as against any account."""

import json
import os
import shlex
import subprocess
import sys
from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from local.account import Account
from tools.interruption import end_group

ROOT = Path(__file__).resolve().parents[2]
"""The app's folder, where `cdk.json` is."""

Progress = Callable[[str], object]

_VENV = Path(sys.prefix)
_COMMAND_LINE = (_VENV / "bin" / "node", _VENV / "node_modules" / "aws-cdk" / "bin" / "cdk")


class CdkError(Exception):
    """The command line failed; the message is what it printed."""


def deploy(
    aws: Account,
    *,
    context: Mapping[str, str] | None = None,
    app: Path = ROOT,
    assembly: Path | Callable[[], Path] | None = None,
    progress: Progress = lambda _: None,
    method: Literal["change-set", "direct"] = "direct",
    bootstrapped: bool = False,
) -> dict[str, str]:
    """Bootstrap the account, unless it is `bootstrapped`, deploy the app and return its stack's outputs.

    `context` overrides keys of `cdk.json`; `assembly` is what a synth wrote before, or what waits for a `synthesis`
    under way, either of which saves another one; `progress` gets each line that the command line prints. `method`: a
    change set takes some requests more. Raises `CdkError`.
    """
    if assembly is None:
        with synthesis(context, app=app) as synthesized:
            return deploy(
                aws,
                app=app,
                assembly=synthesized,
                progress=progress,
                method=method,
                bootstrapped=bootstrapped,
            )
    with TemporaryDirectory(prefix="cdk-") as folder:
        scratch, outputs = Path(folder), Path(folder, "outputs.json")
        if not bootstrapped:
            bootstrap(aws, progress=progress)
        synthesized_in = assembly() if callable(assembly) else assembly
        command = ["deploy", "--all", "--app", str(synthesized_in), f"--outputs-file={outputs}"]
        command += [f"--method={method}", "--require-approval=never", "--progress=events"]
        with _running(command, app, aws.environment(), scratch=scratch) as end:
            end(progress)
        of_stacks: dict[str, dict[str, str]] = json.loads(outputs.read_text()) if outputs.exists() else {}
        return dict(ChainMap(*of_stacks.values()))


def bootstrap(aws: Account, *, progress: Progress = lambda _: None) -> None:
    """Make what every deploy needs in an account. `progress`: as of a `deploy`. Raises `CdkError`."""
    with TemporaryDirectory(prefix="cdk-") as folder:
        # From an empty folder, or it would run the app first.
        empty = Path(folder)
        command = ["bootstrap", f"aws://{aws.account_id}/{aws.region}"]
        with _running(command, empty, aws.environment(), scratch=empty) as end:
            end(progress)


@contextmanager
def synthesis(context: Mapping[str, str] | None = None, *, app: Path = ROOT) -> Iterator[Callable[[], Path]]:
    """Synthesize the app while the block goes on; it needs no AWS.

    The block gets a function that waits for the folder of templates and assets, which is there as long as the block,
    and raises `CdkError`.
    """
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "CDK_")) or name == "CDK_VALIDATION"
    }
    environment |= {"AWS_EC2_METADATA_DISABLED": "true"}
    # As if by credentials, so that the app knows where it is to be deployed; it calls nobody.
    environment |= {"CDK_DEFAULT_ACCOUNT": Account.account_id, "AWS_REGION": Account.region}
    environment |= dict.fromkeys(("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"), os.devnull)
    with TemporaryDirectory(prefix="cdk-") as folder:
        assembly = Path(folder, "cdk.out")
        command = ["synth", "--quiet", "--app", shlex.join([sys.executable, "app.py"]), "--output", str(assembly)]
        for key, value in (context or {}).items():
            command += ["--context", f"{key}={value}"]
        with _running(command, app, environment, scratch=Path(folder)) as end:

            def synthesized() -> Path:
                end(lambda _: None)
                return assembly

            yield synthesized


@contextmanager
def _running(
    command: list[str], folder: Path, environment: Mapping[str, str], *, scratch: Path
) -> Iterator[Callable[[Progress], None]]:
    """Begin a command of the command line. The block gets a function that waits for its end, and raises `CdkError`.

    With the block every process of it ends. Its temporary files and what it keeps for a user are in `scratch`.
    """
    environment = {
        **environment,
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "CDK_HOME": str(scratch),
        "JSII_NODE": str(_COMMAND_LINE[0]),
        "TMPDIR": str(scratch),
    }
    # Uncached, the import of the CDK's packages takes longer than all the rest.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    process = subprocess.Popen(  # noqa: S603
        [*_COMMAND_LINE, *command, "--no-notices", "--no-color", "--ci"],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        process_group=0,
    )

    def end(progress: Progress) -> None:
        assert process.stdout is not None  # noqa: S101
        lines = []
        for line in process.stdout:
            lines.append(line.decode(errors="replace").rstrip())
            progress(lines[-1])
        if process.wait() != 0:
            raise CdkError(f"cdk {command[0]} failed:\n" + "\n".join(lines))

    try:
        yield end
    finally:
        end_group(process)
        assert process.stdout is not None  # noqa: S101
        process.stdout.close()
