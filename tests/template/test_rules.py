"""Rules that others have written for templates."""

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.template.conftest import CHOSEN
from tests.template.synthesized import Synthesized, synthesize

if TYPE_CHECKING:
    from aws_cdk import App


def test_cfn_lint_has_nothing_to_say(default: Synthesized, chosen: Synthesized) -> None:
    # The CDK makes what has a role depend on that role and on its policy; that the first is redundant is no fault.
    checks = ["--non-zero-exit-code", "informational", "--ignore-checks", "W3005"]

    linted = subprocess.run(  # noqa: S603 - the linter that is installed beside this interpreter
        [Path(sys.prefix) / "bin" / "cfn-lint", *checks, "--", default.template_file, chosen.template_file],
        capture_output=True,
        text=True,
        check=False,
    )

    assert linted.returncode == 0, linted.stdout + linted.stderr


def add_packs(app: "App") -> None:
    """Let the synth fail of any finding that nobody has acknowledged."""
    from aws_cdk import Validations
    from cdk_nag import AwsSolutionsChecks, ServerlessChecks

    Validations.of(app).add_plugins(AwsSolutionsChecks(app), ServerlessChecks(app))


@pytest.mark.parametrize(
    "settings", [pytest.param({}, marks=pytest.mark.soak, id="default"), pytest.param(CHOSEN, id="chosen")]
)
def test_cdk_nag_finds_nothing_that_is_not_acknowledged_with_a_reason(tmp_path: Path, settings: dict[str, Any]) -> None:
    synthesize(tmp_path, settings, first=add_packs)

    report = json.loads((tmp_path / "validation-report.json").read_text(encoding="utf-8"))
    packs = {pack["pluginName"]: pack for pack in report["pluginReports"]}
    assert {"AwsSolutions", "Serverless"} <= set(packs)
    for pack in packs.values():
        assert all(len(finding["reason"]) > 30 for finding in pack.get("suppressedViolations", []))
