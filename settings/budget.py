"""What the settings may say of a budget."""

import json
import re

from model_lifecycle.services.fields import shown

MOST_USD = 100_000_000
USD = f"a number of USD, more than 0 and at most {MOST_USD:,}"
MOST_CHARACTERS = 240
"""Of all projects with their limits, as JSON. They are in a function's environment, of which Lambda accepts 4 KB."""
_PROJECT = re.compile(r"[a-zA-Z0-9_.\-]{1,255}")
"""As both services name projects."""


def projects_that_fit(limits: dict[str, float]) -> dict[str, float]:
    """Return the limits. Raises ValueError for what names no project, and if they are too long together."""
    for project in limits:
        if not _PROJECT.fullmatch(project):
            raise ValueError(f"must have names of projects, such as boards, got {shown(project)}")
    if (size := len(json.dumps(limits, separators=(",", ":")))) > MOST_CHARACTERS:
        raise ValueError(f"must be at most {MOST_CHARACTERS} characters of JSON, got {size:,}")
    return limits
