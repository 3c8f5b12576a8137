"""A process of a function: on which Python it runs, and how it ends."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from local.clock.threads import Threads
from local.functions.function_instance import FunctionInstance, Program
from local.functions.python import Python
from local.functions.runtime import link_runtime
from local.functions.runtime_api import Invocation
from tests.local_aws.conftest import until

INVOCATION = Invocation("it", b"{}", "arn", datetime(2026, 1, 5, tzinfo=UTC), "Root=1")


@pytest.fixture
def threads() -> Iterator[Threads]:
    threads = Threads()
    yield threads
    threads.join()
    threads.raise_errors()


def instance(
    folder: Path, threads: Threads, code: str, log: Callable[[str], None] = lambda _: None
) -> FunctionInstance:
    """Start a process of a function of this code."""
    (folder / "code").mkdir()
    (folder / "code" / "index.py").write_text(f"import os, subprocess, sys, time\ndef handler(*_):\n    {code}\n")
    python = Python.newest()
    launch = {"path": [str(folder / "code"), str(link_runtime(folder / "runtime", python))]}
    program = Program(python.executable, "index.handler", 300, {"PATH": os.environ["PATH"]}, folder / "code", launch)
    return FunctionInstance(program, log=log, threads=threads)


def test_a_function_runs_on_the_newest_python_that_the_set_up_found(tmp_path: Path, threads: Threads) -> None:
    one = instance(tmp_path, threads, "return '.'.join(map(str, sys.version_info[:3]))")
    assert one.invoke(INVOCATION).payload.decode() == f'"{Python.newest().version}"'
    one.kill()


def test_what_a_process_has_started_itself_does_not_keep_it_from_its_end(tmp_path: Path, threads: Threads) -> None:
    child = "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(86_400)'])"
    one = instance(tmp_path, threads, f"{child}; return 1")
    assert one.invoke(INVOCATION).payload == b"1"
    one.kill()
    assert not one.alive


def test_a_killed_process_is_dead_for_everyone_who_kills_it_again(tmp_path: Path, threads: Threads) -> None:
    one = instance(tmp_path, threads, "time.sleep(86_400)")
    one.kill()
    one.kill()
    assert b"signal: killed" in one.invoke(INVOCATION).payload


def test_a_log_that_cannot_be_written_ends_the_process_and_is_an_error_of_its_thread(tmp_path: Path) -> None:
    threads = Threads()

    def log(line: str) -> None:
        raise OSError(line)

    one = instance(tmp_path, threads, "print('hello', flush=True); time.sleep(86_400)", log)
    assert one.invoke(INVOCATION).failed
    until(lambda: not one.alive)
    threads.join()
    with pytest.raises(ExceptionGroup) as raised:
        threads.raise_errors()
    assert [str(error) for error in raised.value.exceptions] == ["hello"]
