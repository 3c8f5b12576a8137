"""The Python of the functions is that of the set-up's environment, if there is one."""

import platform
import sys
import venv
from pathlib import Path

from local.functions.python import Python


def test_without_an_environment_of_their_own_functions_run_on_this_python(tmp_path: Path) -> None:
    (tmp_path / "lambda").mkdir()

    assert Python.newest(tmp_path / "lambda") == Python(Path(sys.executable), platform.python_version(), sys.path)


def test_with_one_they_run_on_its_python_with_its_packages(tmp_path: Path) -> None:
    venv.create(tmp_path / "lambda", symlinks=True)

    found = Python.newest(tmp_path / "lambda")

    assert (found.executable, found.version) == (tmp_path / "lambda" / "bin" / "python", platform.python_version())
    [packages] = found.path
    assert Path(packages).is_relative_to(tmp_path / "lambda" / "lib")
    assert Path(packages).name == "site-packages"
