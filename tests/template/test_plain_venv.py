"""A deploy needs `pip install -r requirements.txt` and the CDK command line, and nothing else."""

import os
import re
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import pytest
from packaging.utils import canonicalize_name

from tests.template.synthesized import ROOT, Synthesized

VENV = Path(sys.prefix)
PLAIN = VENV / "plain"
"""A virtual environment of requirements.txt alone, from the set-up of `make test`."""
DEPLOY = """
import sys
from pathlib import Path
from local.commands.cdk import deploy
from local.server import LocalAws

with LocalAws() as aws:
    for name in deploy(aws, assembly=Path(sys.argv[1])):
        print(name)
"""


def only_what_a_synth_needs(home: Path) -> dict[str, str]:
    """No variable leads it to packages, or to an account, of the caller's."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    kept |= {"JSII_NODE": str(VENV / "bin" / "node"), "CDK_HOME": str(home), "AWS_EC2_METADATA_DISABLED": "true"}
    return kept | dict.fromkeys(("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"), os.devnull)


@pytest.fixture(scope="module")
def synthesized_plainly(tmp_path_factory: pytest.TempPathFactory) -> Synthesized:
    """Return what `cdk synth` writes there."""
    assembly = tmp_path_factory.mktemp("plain") / "cdk.out"
    command = ["synth", "--quiet", "--no-version-reporting", "--output", str(assembly)]
    done = subprocess.run(  # noqa: S603
        [VENV / "bin" / "node", VENV / "node_modules/aws-cdk/bin/cdk", *command, "--app", f"{PLAIN}/bin/python app.py"],
        cwd=ROOT,
        env=only_what_a_synth_needs(assembly.parent),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    # Each flag of the CDK is set in cdk.json, or every synth would say that some are not.
    assert "not configured" not in done.stdout + done.stderr
    return Synthesized(assembly)


def properties(synthesized: Synthesized) -> dict[str, Any]:
    return {name: resource.get("Properties") for name, resource in synthesized.template["Resources"].items()}


def test_the_environment_has_what_the_requirements_pin_and_nothing_else() -> None:
    pinned = dict(re.findall(r"^(\S+)==(\S+)", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE))

    [packages] = (PLAIN / "lib").glob("python*/site-packages")
    assert {canonicalize_name(one.name): one.version for one in distributions(path=[str(packages)])} == pinned


def test_a_synth_there_is_a_synth_here(synthesized_plainly: Synthesized, default: Synthesized) -> None:
    assert synthesized_plainly.asset.name == default.asset.name
    assert properties(synthesized_plainly) == properties(default)


def test_what_it_synthesizes_can_be_deployed(synthesized_plainly: Synthesized) -> None:
    done = subprocess.run(  # noqa: S603 - a process of its own, since one holds one local AWS
        [sys.executable, "-c", DEPLOY, synthesized_plainly.folder], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) == set(synthesized_plainly.template["Outputs"])
