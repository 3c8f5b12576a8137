"""Checkov, which has packages of its own: it wants older ones than the app."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PROGRAM = Path(sys.prefix) / "checkov" / "bin" / "checkov"


class CheckovError(Exception):
    """Checkov itself failed."""


def found_by_checkov(templates: Sequence[Path]) -> list[str]:
    """Return what checkov finds in templates, a line each. Raises CheckovError."""
    command: list[str | Path] = [PROGRAM, "--framework", "cloudformation", "--skip-download", "--quiet", "--compact"]
    command += ["--output", "json", "--file", *templates]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    try:
        reports = json.loads(ended.stdout)
    except ValueError as error:
        raise CheckovError(ended.stderr or ended.stdout) from error
    found: list[dict[str, Any]] = []
    for report in reports if isinstance(reports, list) else [reports]:
        # What it cannot read it passes over.
        summary = report.get("summary", report)
        if summary["parsing_errors"] or not summary["resource_count"]:
            raise CheckovError(ended.stderr or f"it has looked at nothing: {ended.stdout}")
        found += report["results"]["failed_checks"]
    return [f"{each['check_id']} at {each['resource']}: {each['check_name']}" for each in found]
