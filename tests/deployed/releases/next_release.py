"""Another release of the app, made from this one: it writes, names and says things that this one does not know."""

import re
import shutil
from pathlib import Path
from typing import Any

from tests.template.synthesized import ROOT, STACK, run_app

_PARTS = ("app.py", "cdk.json", "lambdas", "settings", "schedule_expressions", "stacks")
SAYS = "was brought to a stop"
"""What its message of a stop says, where this release says `is stopped`."""
_CHANGES = {
    # A step's state has one field more, without which nothing goes on, and another under a new name.
    "lambdas/model_lifecycle/steps/progress.py": [
        (r"\n    deadline: datetime\n", "\n    ends_by: datetime\n    began_with: str\n"),
        (r"deadline=deadline\)", 'ends_by=deadline, began_with="next")'),
        (r"self\.deadline", "self.ends_by"),
    ],
    "lambdas/model_lifecycle/steps/pacing.py": [(r"progress\.deadline", "progress.ends_by")],
    "lambdas/model_lifecycle/steps/start.py": [(r"progress\.deadline", "progress.ends_by")],
    "lambdas/model_lifecycle/steps/start_progress.py": [
        (r"\bdeadline=min", "ends_by=min"),
        (r"self\.deadline", "self.ends_by"),
    ],
    "lambdas/model_lifecycle/endings/reading.py": [(r"progress\.deadline", "progress.ends_by")],
    # So has what is remembered of a model.
    "lambdas/model_lifecycle/model/record.py": [
        (r"version: int = 0\n", "version: int = 0\n    noted_by: str = 'next'\n")
    ],
    # So have the inputs of stops that leases arm and that starts ask for which give up.
    "lambdas/model_lifecycle/aws/lease_schedules.py": [(r'"LeaseEndsAt": ', '"ArmedBy": "next", "LeaseEndsAt": ')],
    "stacks/start_workflow.py": [(r'"ExecutionArn": JsonPath', '"Release": "next", "ExecutionArn": JsonPath')],
    # A message says the same in other words, and what remembers it has another name.
    "lambdas/model_lifecycle/endings/summary.py": [(r"is stopped \(took", f"{SAYS} (took")],
    "lambdas/model_lifecycle/aws/teller.py": [(r"(self\.|def )_publish_once\b", r"\1_tell_the_topic")],
}


def next_release(folder: Path, **settings: Any) -> Path:
    """Synthesize it with these settings; its cloud assembly."""
    app = folder / "app"
    app.mkdir()
    for part in _PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, app / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / part, app / part)
    for file, changes in _CHANGES.items():
        text = (app / file).read_text(encoding="utf-8")
        for before, after in changes:
            text, count = re.subn(before, after, text)
            assert count, f"{file} has no {before}"
        (app / file).write_text(text, encoding="utf-8")
    done = run_app(folder / "assembly", root=app, **settings)
    assert done.returncode == 0, done.stderr
    assert (folder / "assembly" / f"{STACK}.template.json").exists()
    return folder / "assembly"
