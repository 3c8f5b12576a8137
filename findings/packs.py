"""cdk-nag's packs: a finding fails the synth."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from aws_cdk import App, Stack, Validations
from cdk_nag import AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks, ServerlessChecks

from findings.deploys import context
from settings.settings import Settings
from stacks.model_lifecycle_stack import ModelLifecycleStack

PACKS = (AwsSolutionsChecks, ServerlessChecks, NIST80053R5Checks, HIPAASecurityChecks, PCIDSS321Checks)

_WARNINGS = "Construct Annotations"
"""What the app itself says of a deploy, in the same report."""


def found_by_packs(
    folder: Path, settings: Mapping[str, Any], *, more: Callable[[Stack], object] = lambda _: None
) -> list[str]:
    """Synthesize a deploy into a folder, and return what the packs find, a line each.

    `more` adds to the stack.
    """
    app = App(context=context(), outdir=str(folder))
    Validations.of(app).add_plugins(*(pack(app) for pack in PACKS))
    more(ModelLifecycleStack(app, settings=Settings.from_context({**context(), **settings})))
    try:
        app.synth()
    except RuntimeError:
        # It is what a finding comes to; without a report it is something else.
        report = folder / "validation-report.json"
        if not report.exists():
            raise
        return list(_lines(json.loads(report.read_text(encoding="utf-8"))))
    return []


def _lines(report: Mapping[str, Any]) -> Iterator[str]:
    for pack in report["pluginReports"]:
        if pack["pluginName"] == _WARNINGS:
            continue
        for violation in pack["violations"]:
            for construct in violation["violatingConstructs"]:
                yield f"{violation['ruleName']} at {construct['constructPath']}: {violation['description']}"
