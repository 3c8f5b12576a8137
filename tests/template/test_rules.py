"""Rules that others have written for templates."""

import subprocess
import sys
from pathlib import Path

from tests.template.synthesized import Synthesized


def test_cfn_lint_has_nothing_to_say(default: Synthesized, chosen: Synthesized) -> None:
    # The CDK makes what has a role depend on that role and on its policy; that the first is redundant is not a fault.
    checks = ["--non-zero-exit-code", "informational", "--ignore-checks", "W3005"]

    linted = subprocess.run(  # noqa: S603 - the linter that is installed beside this interpreter
        [Path(sys.prefix) / "bin" / "cfn-lint", *checks, "--", default.template_file, chosen.template_file],
        capture_output=True,
        text=True,
        check=False,
    )

    assert linted.returncode == 0, linted.stdout + linted.stderr


def test_what_checkov_would_find_is_acknowledged_with_a_reason_on_the_resource(default: Synthesized) -> None:
    metadata = [resource.get("Metadata", {}) for resource in default.template["Resources"].values()]
    skipped = [each for one in metadata for each in one.get("checkov", {"skip": []})["skip"]]

    assert skipped
    assert all(len(each["comment"]) > 30 for each in skipped)
