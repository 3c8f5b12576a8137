"""What `app.py` synthesizes: the template with its resources named by their place in the tree, and the asset."""

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from aws_cdk import App

ROOT = Path(__file__).parents[2]
STACK = "ModelLifecycle"
NODE = str(Path(sys.prefix) / "bin" / "node")


def cdk_context(root: Path = ROOT) -> dict[str, Any]:
    """Return what the CDK command line has from `cdk.json`, and adds by itself."""
    context: dict[str, Any] = json.loads((root / "cdk.json").read_text(encoding="utf-8"))["context"]
    return context | {"aws:cdk:enable-path-metadata": True}


def run_app(folder: Path, *, root: Path = ROOT, **settings: Any) -> subprocess.CompletedProcess[str]:
    """Run `app.py` as the CDK command line does, with the context of `cdk.json` and these settings over it.

    `root`: where the app and all that it imports of its own are.
    """
    environment = {
        **os.environ,
        "CDK_CONTEXT_JSON": json.dumps(cdk_context(root) | settings),
        "CDK_OUTDIR": str(folder),
        # Before what is installed.
        "PYTHONPATH": os.pathsep.join([str(root), str(root / "lambdas")]),
        # Any older Node on the PATH would print a banner on stderr.
        "JSII_NODE": NODE,
    }
    command = [sys.executable, "app.py"]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)  # noqa: S603


class Synthesized:
    """One cloud assembly."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        [self.template_file] = folder.glob("*.template.json")
        self.template: dict[str, Any] = json.loads(self.template_file.read_text(encoding="utf-8"))
        self._names = {
            logical_id: _name(resource["Metadata"]["aws:cdk:path"])
            for logical_id, resource in self.template["Resources"].items()
            if "Metadata" in resource
        }

    def all(self, resource_type: str) -> dict[str, dict[str, Any]]:
        """Return the properties of every resource of a type, by name."""
        return {
            self._names[logical_id]: self.plain(resource.get("Properties", {}))
            for logical_id, resource in self.template["Resources"].items()
            if resource["Type"] == resource_type
        }

    def only(self, resource_type: str) -> dict[str, Any]:
        """Return the properties of the one resource of a type."""
        (properties,) = self.all(resource_type).values()
        return properties

    @cached_property
    def definitions(self) -> dict[str, dict[str, Any]]:
        """The definition of each state machine, by the machine's name."""
        machines = self.all("AWS::StepFunctions::StateMachine").values()
        return {machine["StateMachineName"]: json.loads(machine["DefinitionString"]) for machine in machines}

    @property
    def asset(self) -> Path:
        """The folder of the functions' code."""
        keys = {function["Code"]["S3Key"] for function in self.all("AWS::Lambda::Function").values()}
        (key,) = keys
        return self.folder / f"asset.{key.removesuffix('.zip')}"

    def permissions(self, role: str) -> dict[str, list[str]]:
        """Return what a role may do: each action, and what on. A role has no other statements than ones that allow."""
        found: dict[str, list[str]] = {}
        for statement in self._statements(role):
            assert set(statement) - {"Condition"} == {"Action", "Effect", "Resource"}
            assert statement["Effect"] == "Allow"
            for action in _listed(statement["Action"]):
                found[action] = sorted([*found.get(action, []), *_listed(statement["Resource"])])
        return found

    def conditions(self, role: str) -> dict[str, Any]:
        """On what condition a role may do what it may do: each action that has one."""
        return {
            action: statement["Condition"]
            for statement in self._statements(role)
            if "Condition" in statement
            for action in _listed(statement["Action"])
        }

    def _statements(self, role: str) -> list[dict[str, Any]]:
        return [
            statement
            for policy in self.all("AWS::IAM::Policy").values()
            if policy["Roles"] == [role]
            for statement in policy["PolicyDocument"]["Statement"]
        ]

    def plain(self, value: Any) -> Any:
        """Return a value of the template with its references as text: `Place.Arn`, `${AWS::Region}`."""
        match value:
            case {"Ref": str(name)}:
                return self._names.get(name, f"${{{name}}}")
            case {"Fn::GetAtt": [str(name), str(attribute)]}:
                return f"{self._names[name]}.{attribute}"
            case {"Fn::Join": [str(between), list(parts)]}:
                return between.join(str(self.plain(part)) for part in parts)
            case {"Fn::Sub": str(text)}:
                return text
            case Mapping():
                return {key: self.plain(inner) for key, inner in value.items()}
            case list():
                return [self.plain(inner) for inner in value]
        return value


def _name(path: str) -> str:
    return path.partition("/")[2].removesuffix("/Resource")


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def made_once(name: str, tmp_path_factory: pytest.TempPathFactory, **settings: Any) -> Synthesized:
    """Synthesized with these settings, under that name; whichever process comes first does it for all."""
    return Synthesized(deploys_made_once(name, tmp_path_factory, {name: settings}) / name)


def deploys_made_once(
    name: str, tmp_path_factory: pytest.TempPathFactory, deploys: Mapping[str, Mapping[str, Any]]
) -> Path:
    """Return the folder that has one of each deploy, synthesized with its settings."""
    with alone_in(tmp_path_factory, f"synthesized-{name}") as shared:
        if not (done := shared / "done").exists():
            for deploy, settings in deploys.items():
                synthesize(shared / deploy, settings)
            done.touch()
    return shared


def synthesize(folder: Path, settings: Mapping[str, Any], *, first: Callable[["App"], object] = lambda _: None) -> None:
    """Do what `app.py` does, but load the CDK once for all deploys: that takes most of the time of one.

    `first` is done with the app before its stack is there.
    """
    os.environ.setdefault("JSII_NODE", NODE)
    from aws_cdk import App

    from settings.settings import Settings
    from stacks.model_lifecycle_stack import ModelLifecycleStack

    context = cdk_context()
    app = App(context=context, outdir=str(folder))
    first(app)
    ModelLifecycleStack(app, settings=Settings.from_context({**context, **settings}))
    app.synth()


@contextmanager
def alone_in(tmp_path_factory: pytest.TempPathFactory, name: str) -> Iterator[Path]:
    """Yield the path of a folder, which may not be there yet, that all processes of a run share: to one at a time."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
