"""pyproject.toml, its lock and requirements.txt agree, and each make target's packages are in its groups."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import distribution, packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.programs import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
# That of checkov has a lock and an environment of its own.
GROUPS = {name: group for name, group in PROJECT["dependency-groups"].items() if name != "checkov"}
OWN = {path.stem for folder in (ROOT, ROOT / "lambdas") for path in folder.iterdir()}


def lines(file: str) -> list[Requirement]:
    """Return the lines of a file of requirements, without their hashes."""
    return [Requirement(line.partition(" --hash")[0]) for line in hashed_lines(file)]


def hashed_lines(file: str) -> list[str]:
    """Return the lines of a file of requirements, each whole."""
    return re.sub(r" \\\n +", " ", (ROOT / file).read_text(encoding="utf-8")).splitlines()


def pins(file: str) -> dict[str, Requirement]:
    """Return the lines that count on this machine, by package."""
    return {canonicalize_name(one.name): one for one in lines(file) if not one.marker or one.marker.evaluate()}


def asked(*parts: str) -> Iterator[Requirement]:
    """Yield what parts of the set-up ask for."""
    for part in parts:
        for entry in PROJECT["project"]["dependencies"] if part == "app" else GROUPS[part]:
            if isinstance(entry, dict):
                yield from asked(entry["include-group"])
            else:
                yield Requirement(entry)


def closure(*parts: str) -> set[str]:
    """Return the packages that parts of the set-up bring to this machine."""
    found: set[tuple[str, str]] = set()
    wanted = list(asked(*parts))
    while wanted:
        requirement = wanted.pop()
        name = canonicalize_name(requirement.name)
        for extra in {"", *requirement.extras} - {extra for known, extra in found if known == name}:
            found.add((name, extra))
            needs = map(Requirement, distribution(name).requires or ())
            wanted += [need for need in needs if not need.marker or need.marker.evaluate({"extra": extra})]
    return {name for name, _ in found}


def imported(folder: str) -> set[str]:
    """Return the modules, neither Python's nor our own, that the code in a folder imports when it runs."""
    found = set()
    for file in (ROOT / folder).rglob("*.py"):
        wanted: list[ast.AST] = [ast.parse(file.read_text(encoding="utf-8"))]
        while wanted:
            node = wanted.pop()
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module)
            elif not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
                wanted += ast.iter_child_nodes(node)
    return {name for name in found if name.split(".")[0] not in sys.stdlib_module_names | OWN}


@pytest.mark.parametrize("file", ["requirements.lock", "requirements.txt", "requirements.checkov.lock"])
def test_every_line_is_one_version_and_no_host(file: str) -> None:
    for pin in lines(file):
        assert pin.url is None
        assert [specifier.operator for specifier in pin.specifier] == ["=="]


def test_the_lock_has_what_the_project_asks_for() -> None:
    lock = pins("requirements.lock")

    for requirement in asked("app", *GROUPS):
        assert requirement.specifier == lock[canonicalize_name(requirement.name)].specifier, "run `make lock`"


@pytest.mark.parametrize(("file", "parts"), [("requirements.lock", ["app", *GROUPS]), ("requirements.txt", ["app"])])
def test_a_file_pins_all_that_its_packages_need_and_nothing_else(file: str, parts: list[str]) -> None:
    here = {name: str(pin.specifier).removeprefix("==") for name, pin in pins(file).items()}

    assert here == {name: distribution(name).version for name in closure(*parts)}, "run `make lock`"


def test_each_package_of_a_deploy_has_its_hashes() -> None:
    assert [line for line in hashed_lines("requirements.txt") if " --hash=sha256:" not in line] == []


@pytest.mark.parametrize("changed", [False, True])
def test_a_package_that_was_changed_on_the_index_is_not_installed(tmp_path: Path, *, changed: bool) -> None:
    known = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    constraints = tmp_path / "requirements.txt"
    constraints.write_text(re.sub("sha256:.{8}", "sha256:01234567", known) if changed else known, encoding="utf-8")
    install = ["pip", "install", "--target", str(tmp_path / "there"), "--no-deps", "--constraints", str(constraints)]

    done = subprocess.run(  # noqa: S603 - the installer of the set-up
        [Path(sys.prefix) / "bin" / "uv", *install, "jmespath"], capture_output=True, text=True, check=False
    )

    assert ("Hash mismatch" in done.stderr) == changed, done.stderr
    assert (tmp_path / "there" / "jmespath").exists() != changed


def test_the_lock_of_checkov_has_the_version_that_the_project_asks_for() -> None:
    assert set(PROJECT["dependency-groups"]["checkov"]) <= {str(line) for line in lines("requirements.checkov.lock")}


def test_the_requirements_are_lines_of_the_lock() -> None:
    lock = {str(line) for line in lines("requirements.lock")}

    assert {str(line) for line in lines("requirements.txt")} <= lock, "run `make lock`"


@pytest.mark.parametrize(
    ("folder", "parts"),
    [
        ("tools", []),
        ("schedule_expressions", []),
        ("lambdas", ["app"]),
        ("stacks", ["app"]),
        ("bench", ["app"]),
        ("plan", ["plan", "app"]),
        ("findings", ["check", "app"]),
        ("operations", ["plan", "app"]),
        ("local", ["run", "app"]),
        ("tests", ["test", "app"]),
    ],
)
def test_what_is_imported_is_in_the_groups_of_the_targets_that_run_it(folder: str, parts: list[str]) -> None:
    brought, brings = closure(*parts), packages_distributions()

    for module in imported(folder):
        assert {canonicalize_name(name) for name in brings[module.split(".")[0]]} & brought, module


def test_the_types_of_each_service_of_the_cdk_that_is_used_are_checked() -> None:
    followed = next(
        set(override["module"]) for override in PROJECT["tool"]["mypy"]["overrides"] if "aws_cdk" in override["module"]
    )

    used = {name for folder in ("stacks", "tests") for name in imported(folder) if name.startswith("aws_cdk")}
    assert followed == used | {"aws_cdk"}
