"""`python -m tools.side_by_side "NAME: COMMAND"...`: run commands at the same time, and report each that fails.

The last one speaks at once. What the others have to say comes after it.
"""

import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from tools.interruption import Interrupted, end_by, end_group, raise_when_interrupted


def main(jobs: Sequence[str]) -> int:
    """Return 0 if every command ended with 0, else 1.

    After an interruption no process and no temporary file of theirs is left.
    """
    try:
        failed = _run({name: shlex.split(command) for name, command in (job.split(": ", 1) for job in jobs)})
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 1
    except Interrupted as interruption:
        return end_by(interruption.number)
    if failed:
        print(f"Failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _run(commands: dict[str, list[str]]) -> list[str]:
    """Run the commands, and return the names of those that failed."""
    *_, last = commands
    with ExitStack() as ends:
        scratch = ends.enter_context(tempfile.TemporaryDirectory(prefix="side-by-side-", ignore_cleanup_errors=True))
        outputs = {name: Path(scratch, name) for name in commands if name != last}
        # For a program that is killed, and so cannot clean up.
        temporary = Path(scratch, "tmp")
        temporary.mkdir()
        processes = {}
        for name, command in commands.items():
            output = ends.enter_context(outputs[name].open("wb")) if name in outputs else None
            processes[name] = subprocess.Popen(  # noqa: S603
                command,
                env={**os.environ, "TMPDIR": str(temporary)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output and subprocess.STDOUT,
                start_new_session=True,
            )
            ends.callback(end_group, processes[name])
        failed = [name for name in reversed(processes) if processes[name].wait()]
        for name in failed:
            if name in outputs:
                print(f"\n{name}:\n{outputs[name].read_text(encoding='utf-8', errors='replace')}", file=sys.stderr)
    return failed


if __name__ == "__main__":
    raise_when_interrupted()
    sys.exit(main(sys.argv[1:]))
