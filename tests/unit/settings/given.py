"""Settings from a context, or their refusal."""

from typing import Any

import pytest

from settings.settings import Settings, SettingsError

VERSION = "arn:aws:rekognition:us-east-1:123456789012:project/parts/version/parts.2026-01-05/1767603600000"
PROJECT = "arn:aws:rekognition:us-east-1:123456789012:project/parts/1767000000000"
MORNING = {"name": "morning", "expression": "cron(0 7 ? * MON-FRI *)", "input": {"ProjectVersionArn": VERSION}}


def settings(**context: Any) -> Settings:
    """Return the settings that a context gives."""
    return Settings.from_context(context)


def refusal(**context: Any) -> str:
    """Return what is said of a context that is not valid."""
    with pytest.raises(SettingsError) as caught:
        settings(**context)
    return str(caught.value)
