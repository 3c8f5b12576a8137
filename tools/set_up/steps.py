"""The steps of the set-up, each with the steps that it needs."""

import hashlib
import json
import platform
import re
import shutil
import sys
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.set_up.pythons import first_that_runs, newer_pythons
from tools.set_up.stamp import Stamp

APP = "app"
"""The app's own packages, led to their folders, and what a deploy needs."""
CDK = "cdk"
"""The CDK command line, and what else comes from npm."""
LAMBDA = "lambda"
"""The newest Python on the PATH that is not newer than Lambda's, with what Lambda brings."""
CHECKOV = "checkov"
"""Checkov, in a virtual environment of its own: it wants older packages than the app."""
PLAIN = "plain"
"""A second virtual environment, with nothing but requirements.txt."""


@dataclass(frozen=True)
class Step:
    """Some commands that bring something."""

    title: str
    brings: Path
    stamps: Sequence[Stamp]
    commands: Sequence[Sequence[str]]
    clear: Callable[[], None] = lambda: None
    """Removes what must not be there before."""

    @property
    def done(self) -> bool:
        """Whether there is nothing to do."""
        return self.brings.exists() and all(stamp.good for stamp in self.stamps)

    @property
    def interrupted(self) -> bool:
        """Whether something may be half there, and all of it is brought again."""
        return any(stamp.interrupted for stamp in self.stamps)


class Checkout:
    """The steps for one checkout."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.venv = root / ".venv"
        self.books = self.venv / ".set-up"
        """What the set-up remembers. It stays when the virtual environment is made anew."""
        self._python = str(self.venv / "bin" / "python")
        self._uv = str(self.venv / "bin" / "uv")
        self._lock = str(root / "requirements.lock")
        self._requirements = str(root / "requirements.txt")
        self._project: dict[str, Any] = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))

    @property
    def parts(self) -> list[str]:
        """What can be set up: each group of dependencies, and more."""
        return [*self._project["dependency-groups"], APP, CDK, LAMBDA, PLAIN]

    def steps(self, parts: Sequence[str]) -> list[Step]:
        """Return the steps that bring these parts, also those that are done."""
        found = [self._virtual_environment(), self._installer()]
        if packages := [part for part in parts if part not in (CDK, LAMBDA, PLAIN, CHECKOV)]:
            found.append(self._packages(packages))
        if CDK in parts:
            found.append(self._cdk())
        if LAMBDA in parts:
            found.append(self._lambda())
        if PLAIN in parts:
            found.append(self._alone(PLAIN, "requirements.txt", "Virtual environment of requirements.txt alone"))
        if CHECKOV in parts:
            found.append(self._alone(CHECKOV, "requirements.checkov.lock", "Virtual environment of checkov"))
        return found

    def _virtual_environment(self) -> Step:
        version = platform.python_version()
        # Scripts of a virtual environment name its folder, so a moved one is of no use.
        stamp = self.stamp("venv", f"Python {version} of {sys.base_prefix} in {self.venv}")
        base = str(sys._base_executable)  # type: ignore[attr-defined]  # noqa: SLF001 - this may be the Python of the virtual environment itself
        return Step(
            f"Virtual environment with Python {version}",
            Path(self._python),
            [stamp],
            [[base, "-m", "venv", str(self.venv)]],
            self._empty,
        )

    def _installer(self) -> Step:
        lock = Path(self._lock).read_text(encoding="utf-8")
        [uv] = re.findall(r"^uv==\S+", lock, re.MULTILINE)
        # What is half there has no record by which pip could remove it.
        install = ["-m", "pip", "install", "--disable-pip-version-check", "--ignore-installed", uv]
        return Step("Package installer uv", Path(self._uv), [self.stamp("uv", uv)], [[self._python, *install]])

    def _packages(self, parts: Sequence[str]) -> Step:
        asked = [self._project.get(table) for table in ("project", "dependency-groups", "build-system")]
        asked.append(self._project["tool"]["hatch"])
        made_from = json.dumps(asked).encode() + Path(self._lock).read_bytes() + Path(self._requirements).read_bytes()
        digest = hashlib.sha256(made_from).hexdigest()
        stamps = {group: self.stamp(group, digest) for part in parts for group in self._included(part)}
        missing = [part for part in parts if not all(stamps[group].good for group in self._included(part))]
        command = [self._uv, "pip", "install", "--python", self._python]
        # The second has the hashes of what a deploy uses, and so of all that it takes into Lambda.
        command += ["--constraints", self._lock, "--constraints", self._requirements]
        command += ["--build-constraints", self._lock]
        if any(stamp.interrupted for stamp in stamps.values()):
            command.append("--reinstall")
        for part in missing:
            command += ["--editable", "."] if part == APP else ["--group", part]
        return Step(f"Python packages for {', '.join(missing)}", Path(self._python), [*stamps.values()], [command])

    def _included(self, part: str) -> list[str]:
        """Return a group of dependencies and those that come with it."""
        asked = self._project["dependency-groups"].get(part, [])
        included = [group for one in asked if isinstance(one, dict) for group in self._included(one["include-group"])]
        return [part, *included]

    def _cdk(self) -> Step:
        packages = [f"{name}@{version}" for name, version in self._project["tool"]["set-up"]["npm"].items()]
        modules = self.venv / "node_modules"
        install = ["install", "--no-save", "--no-package-lock", "--no-audit", "--no-fund", *packages]
        return Step(
            "CDK command line",
            modules / "aws-cdk" / "bin" / "cdk",
            [self.stamp(CDK, " ".join(packages))],
            [[str(self.venv / "bin" / "npm"), "--prefix", str(self.venv), *install]],
            # npm would take what is half there for whole.
            lambda: shutil.rmtree(modules, ignore_errors=True),
        )

    def _lambda(self) -> Step:
        folder, python = self.venv / "lambda", str(self.venv / "lambda" / "bin" / "python")
        candidates = newer_pythons(up_to=self._project["tool"]["set-up"]["functions-python"])
        groups, lock = self._project["dependency-groups"], Path(self._lock).read_text(encoding="utf-8")
        stamp = self.stamp(LAMBDA, json.dumps([candidates, groups["functions"], lock]))
        newest = None if stamp.good else first_that_runs(candidates)

        def clear() -> None:
            shutil.rmtree(folder, ignore_errors=True)
            # It is empty where none is newer than that of the virtual environment.
            folder.mkdir()

        install = ["pip", "install", "--python", python, "--constraints", self._lock, "--group", "functions", "boto3"]
        if newest is None:
            return Step("Python of the functions, that of everything else", folder, [stamp], [], clear)
        make = ["venv", "--allow-existing", "--python", newest, str(folder)]
        commands = [[self._uv, *make], [self._uv, *install]]
        return Step(f"Python of the functions, {newest}", folder, [stamp], commands, clear)

    def _alone(self, name: str, file: str, title: str) -> Step:
        """Bring what a file of requirements names into an environment that has nothing else."""
        folder, requirements = self.venv / name, self.root / file
        python = str(folder / "bin" / "python")
        return Step(
            title,
            Path(python),
            [self.stamp(name, requirements.read_text(encoding="utf-8"))],
            [
                [self._uv, "venv", "--clear", "--python", self._python, str(folder)],
                [self._uv, "pip", "install", "--python", python, "--requirements", str(requirements)],
            ],
        )

    def stamp(self, name: str, made_from: str) -> Stamp:
        """Give a step's stamp among the books."""
        return Stamp(self.books / f"{name}.stamp", made_from)

    def _empty(self) -> None:
        """Remove the virtual environment, unless somebody made it by hand with the Python that is wanted."""
        if not (self.books / "venv.stamp").exists() and _version_of(self.venv) == platform.python_version():
            return
        for stamp in self.books.glob("*.stamp"):
            stamp.unlink()
        for path in self.venv.iterdir():
            if path == self.books:
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()


def _version_of(venv: Path) -> str | None:
    configuration = venv / "pyvenv.cfg"
    if not configuration.is_file():
        return None
    found = re.search(r"^version(?:_info)? *= *(\S+)", configuration.read_text(encoding="utf-8"), re.MULTILINE)
    return found[1] if found else None
