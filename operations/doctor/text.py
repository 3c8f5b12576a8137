"""What was found, a line each, for people and for programs."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from model_lifecycle.vocabulary.wording import sentence
from operations.doctor.finding import Finding, Level

_STYLES = {Level.OK: "green", Level.WARNING: "bold yellow", Level.ERROR: "bold red"}
_WIDTH_OF_A_CHECK = 13


def show(finding: Finding, console: Console) -> None:
    """Print a line: in colour to the width of a terminal, elsewhere plain and never folded."""
    answer = finding.answer
    line = Text.assemble(
        (f"{answer.level.word:<8}", _STYLES[answer.level]),
        (f"{finding.check:<{_WIDTH_OF_A_CHECK}} ", "bold"),
        sentence(answer.says),
        (f" {answer.mend}" if answer.mend else "", "cyan"),
    )
    if console.is_terminal:
        console.print(line)
    else:
        print(line.plain, file=console.file, flush=True)


def total(findings: Sequence[Finding]) -> str:
    """Return how much was found, in one sentence."""
    levels = [finding.answer.level for finding in findings]
    counted = [
        f"{number:,} {level.word}{'' if number == 1 else 's'}"
        for level in (Level.ERROR, Level.WARNING)
        if (number := levels.count(level))
    ]
    return f"{' and '.join(counted)}." if counted else "Nothing is wrong."


def document(findings: Sequence[Finding]) -> dict[str, Any]:
    """Return the findings for programs."""
    return {
        "Worst": max((finding.answer.level for finding in findings), default=Level.OK).word,
        "Findings": [
            {
                "Check": finding.check,
                "Level": finding.answer.level.word,
                "Says": finding.answer.says,
                "Mend": finding.answer.mend or None,
            }
            for finding in findings
        ],
    }
