"""A process of a function: its Python, and its end."""

import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from local.clock.threads import Threads
from local.functions.function_instance import FunctionInstance, Program
from local.functions.launched import Launcher
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


@pytest.fixture
def launcher(tmp_path: Path) -> Iterator[Launcher]:
    (tmp_path / "code").mkdir()
    python = Python.newest()
    launcher = Launcher(python.executable, [str(tmp_path / "code"), str(link_runtime(tmp_path / "runtime", python))])
    yield launcher
    launcher.close()


Start = Callable[..., FunctionInstance]


@pytest.fixture
def instance(tmp_path: Path, threads: Threads, launcher: Launcher) -> Start:
    """Return what starts a process of a function of some code."""

    def start(
        code: str, *, log: Callable[[str], None] = lambda _: None, threads: Threads = threads, **environment: str
    ) -> FunctionInstance:
        folder = tmp_path / "code"
        (folder / "index.py").write_text(f"import os, subprocess, sys, time\ndef handler(*_):\n    {code}\n")
        program = Program("index.handler", 300, {"PATH": os.environ["PATH"], **environment}, folder, {})
        return FunctionInstance(program, launcher, log=log, threads=threads)

    return start


def test_a_function_runs_on_the_newest_python_that_the_set_up_found(instance: Start) -> None:
    one = instance("return '.'.join(map(str, sys.version_info[:3]))")
    assert one.invoke(INVOCATION).payload.decode() == f'"{Python.newest().version}"'
    one.kill()


def test_what_a_process_has_started_itself_does_not_keep_it_from_its_end(instance: Start) -> None:
    child = "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(86_400)'])"
    one = instance(f"{child}; return 1")
    assert one.invoke(INVOCATION).payload == b"1"
    one.kill()
    assert not one.alive


def test_a_killed_process_is_dead_for_everyone_who_kills_it_again(instance: Start) -> None:
    one = instance("time.sleep(86_400)")
    one.kill()
    one.kill()
    assert b"signal: killed" in one.invoke(INVOCATION).payload


def test_a_log_that_cannot_be_written_ends_the_process_and_is_an_error_of_its_thread(instance: Start) -> None:
    threads = Threads()

    def log(line: str) -> None:
        raise OSError(line)

    one = instance("print('hello', flush=True); time.sleep(86_400)", log=log, threads=threads)
    assert one.invoke(INVOCATION).failed
    until(lambda: not one.alive)
    threads.join()
    with pytest.raises(ExceptionGroup) as raised:
        threads.raise_errors()
    assert [str(error) for error in raised.value.exceptions] == ["hello"]


def test_each_process_knows_its_own_environment_alone(instance: Start) -> None:
    told = []
    for number in "123":
        one = instance("return [os.environ.get('OWN'), os.environ.get('HOME'), os.getpid()]", OWN=number)
        told.append(json.loads(one.invoke(INVOCATION).payload))
        one.kill()
    assert [(own, home) for own, home, _ in told] == [("1", None), ("2", None), ("3", None)]
    assert len({process for *_, process in told}) == 3


def test_what_was_started_outlives_its_launcher_which_starts_no_more(instance: Start, launcher: Launcher) -> None:
    one = instance("return 1")
    assert one.invoke(INVOCATION).payload == b"1"
    launcher.close()
    assert one.invoke(INVOCATION).payload == b"1"
    one.kill()
    with pytest.raises(OSError, match="Bad file descriptor"):
        instance("return 1")
