"""The deploys that are looked at, and what their templates are made from."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
_MODEL = "arn:aws:rekognition:us-east-1:123456789012:project/parts/version/parts.2026-01-05/1767603600000"
_EVERYTHING: dict[str, Any] = {
    "notification_emails": ["ops@example.com"],
    "alarm_emails": ["oncall@example.com"],
    "budget_usd": 100,
    "budget_action": "stop",
    "schedules": [
        {
            "name": "office",
            "start": "cron(0 7 ? * MON-FRI *)",
            "stop": "cron(0 20 ? * MON-FRI *)",
            "model": {"ProjectVersionArn": _MODEL},
        }
    ],
    "stop_aborted_starts": True,
    "encryption": "customer",
    "reserved_concurrency": 5,
    "log_execution_data": False,
    "owner": "ops@example.com",
}
DEPLOYS: Mapping[str, Mapping[str, Any]] = {"default": {}, "everything": _EVERYTHING}
"""That of cdk.json, and one with all that a setting can add."""
_SOURCES = ("findings", "lambdas", "schedule_expressions", "settings", "stacks")
_FILES = ("cdk.json", "pyproject.toml", "requirements.lock", "requirements.checkov.lock")


def digest() -> str:
    """Return one text for all that the findings depend on: the same text, the same findings."""
    files = [ROOT / name for name in _FILES]
    files += [path for name in _SOURCES for path in (ROOT / name).rglob("*.*") if "__pycache__" not in path.parts]
    made_from = [f"{path.relative_to(ROOT)} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in sorted(files)]
    return hashlib.sha256("\n".join(made_from).encode()).hexdigest()


def context() -> dict[str, Any]:
    """Return the context of cdk.json."""
    read: dict[str, Any] = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
    return read
