"""Look at everything that the app needs, and say what is wrong and how to mend it. Changes nothing."""

import json
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

from rich.console import Console

from operations.arguments import ROOT, parser_of
from operations.doctor.examination import Case, Synthesis, examine
from operations.doctor.finding import Finding, Level, error
from operations.doctor.synthesis import synthesized
from operations.doctor.text import document, show, total
from operations.process import ended
from settings.context import ContextError, read_context
from settings.settings import Settings, SettingsError


def process() -> int:
    """Do as `main`; what goes wrong on the way is an error, and Ctrl-C is 130."""
    return ended(main, failed=Level.ERROR)


def main(
    arguments: Sequence[str] | None = None,
    *,
    synthesize: Synthesis = synthesized,
) -> int:
    """Return 0 if nothing is wrong, 1 for warnings, 2 for errors. `synthesize`: makes the template of this checkout."""
    parser = parser_of("doctor", __doc__)
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
    given = parser.parse_args(arguments)
    console = Console(highlight=False)
    found: list[Finding] = []
    settings, context = None, {}
    try:
        context = read_context(ROOT, given.context, home=Path.home())
        settings = Settings.from_context(context)
    except (SettingsError, ContextError) as wrong:
        found += [
            Finding("settings", error(line.removesuffix("."), "Correct it in cdk.json, or with -c."))
            for line in str(wrong).splitlines()
        ]
    case = Case(
        profile=given.profile,
        settings=settings,
        context=context,
        synthesize=synthesize,
    )
    if not given.json:
        for finding in found:
            show(finding, console)
    waiting = console.status("Checking ...") if console.is_terminal and not given.json else nullcontext()
    with waiting:
        for finding in examine(case):
            found.append(finding)
            if not given.json:
                show(finding, console)
    if given.json:
        print(json.dumps(document(found), indent=2))
    else:
        print(total(found))
    return max((finding.answer.level for finding in found), default=Level.OK)
