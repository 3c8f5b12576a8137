"""The Python packages of Lambda's runtime, apart from all other installed packages."""

import re
from importlib.metadata import Distribution, distributions
from pathlib import Path

from local.functions.python import Python

_BROUGHT = ("awslambdaric", "boto3")
"""https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html: the SDK, and the runtime client itself."""


def link_runtime(folder: Path, python: Python) -> Path:
    """Make `folder` an import path with these packages and what they depend on, and nothing else."""
    return _link(folder, {name for brought in _BROUGHT for name in _with_dependencies(brought, python)}, python)


def link_time_machine(folder: Path, python: Python) -> Path:
    """Make `folder` an import path with that package alone."""
    return _link(folder, {"time-machine"}, python)


def _link(folder: Path, names: set[str], python: Python) -> Path:
    folder.mkdir()
    for name in names:
        package = _distribution(name, python)
        for entry in _top_level(package):
            (folder / entry).symlink_to(Path(str(package.locate_file(entry))))
    return folder


def _top_level(package: Distribution) -> set[str]:
    tops = {file.parts[0] for file in package.files or ()}
    # Scripts and caches lie beside the import path or are made anew.
    return tops - {"..", "__pycache__"}


def _with_dependencies(name: str, python: Python) -> set[str]:
    found = {name}
    for requirement in _distribution(name, python).requires or ():
        if "extra ==" not in requirement:
            found |= _with_dependencies(re.split(r"[^\w.-]", requirement, maxsplit=1)[0], python)
    return found


def _distribution(name: str, python: Python) -> Distribution:
    return next(iter(distributions(name=name, path=list(python.path))))
