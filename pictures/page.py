"""The pages with pictures, and what each shows."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pictures.life import life_picture
from pictures.machine import machine_picture
from pictures.terminals import plan_picture, run_picture
from pictures.told import STOPPED

DASHBOARD = Path("docs") / "pictures" / "dashboard.svg"
_OF_THE_JSON = ("Outcome", "Summary", "Project", "ProjectVersionArn", "StoppedAt", "Ran", "MayBill", "UsdPerHour")


def written(root: Path, definitions: Mapping[str, Any]) -> dict[Path, str]:
    """Return the files that show something, as they are to be. `definitions`: the state machines', by name."""
    pictures = root / "docs" / "pictures"
    machines = root / "docs" / "state-machines.md"
    readme = root / "README.md"
    drawn = [machine_picture(definitions[name]) for name in ("start-model", "stop-model")]
    plan = (root / "docs" / "schedules.md").read_text("utf-8")
    schedules, *_ = re.findall(r"```json\n(.*?)```", plan, re.DOTALL)
    [begin] = re.findall(r"--from ([^\"]+)", plan)
    return {
        pictures / "life.svg": life_picture(),
        pictures / "run.svg": run_picture(),
        pictures / "plan.svg": plan_picture(json.loads(schedules), datetime.fromisoformat(begin).astimezone(UTC)),
        machines: _with_blocks(machines.read_text("utf-8"), "mermaid", iter(drawn)),
        readme: _with_blocks(_with_email(readme.read_text("utf-8")), "json", _jsons(readme.read_text("utf-8"))),
    }


def _with_blocks(page: str, language: str, texts: Iterator[str]) -> str:
    """Return the page with these blocks of code in a language instead of its own."""
    return re.sub(rf"```{language}\n.*?```", lambda _: f"```{language}\n{next(texts)}```", page, flags=re.DOTALL)


def _with_email(page: str) -> str:
    """Return the page with the e-mail that tells of a stop as its only block of plain text."""
    return _with_blocks(page, "text", iter([f"Subject: {STOPPED.subject}\n\n{STOPPED.text}"]))


def _jsons(page: str) -> Iterator[str]:
    """Yield the page's own JSON, but for the last one: what programs are told, shortened."""
    own = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    yield from own[:-1]
    shortened = {name: STOPPED.document[name] for name in _OF_THE_JSON}
    yield json.dumps(shortened, indent=2) + "\n"
