"""Programs under way, to watch and to interrupt."""

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tools.interruption import end_group

ROOT = Path(__file__).parents[1]


@contextmanager
def under_way(
    command: Sequence[str], *, cwd: Path = ROOT, env: Mapping[str, str] | None = None, stderr: int = subprocess.STDOUT
) -> Iterator["subprocess.Popen[str]"]:
    """Yield a program in a process group of its own, which is ended with the block, whatever happens in it."""
    with subprocess.Popen(  # noqa: S603
        command,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            end_group(process)
