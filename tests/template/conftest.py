"""Each template is synthesized once for all tests and processes, since that takes seconds."""

from typing import Any

import pytest

from tests.template.synthesized import Synthesized, made_once

PARTS = "arn:aws:rekognition:us-east-1:123456789012:project/parts/1767000000000"
BOLTS = "arn:aws:rekognition:us-east-1:123456789012:project/bolts/1767000000001"
VERSION = "arn:aws:rekognition:us-east-1:123456789012:project/parts/version/parts.2026-01-05/1767603600000"
TOPIC = "arn:aws:sns:us-east-1:123456789012:operators"
CHOSEN: dict[str, Any] = {
    "notification_emails": ["ops@example.com", "dev@example.com"],
    "alarm_emails": ["on-call@example.com"],
    "alarm_topic_arn": TOPIC,
    "project_arns": [PARTS, BOLTS],
    "watched_services": "Rekognition, LookoutVision",
    "schedules": [
        {"name": "morning", "expression": "cron(0 7 ? * MON-FRI *)", "input": {"ProjectVersionArn": VERSION}},
        {
            "name": "every-12h",
            "expression": "rate(12 hours)",
            "input": {"ProjectVersionArn": VERSION, "MinInferenceUnits": 2},
        },
        {
            "name": "evening",
            "action": "stop",
            "expression": "cron(0 20 ? * MON-FRI *)",
            "input": {"ProjectVersionArn": VERSION},
        },
        {
            "name": "office",
            "start": "cron(0 7 ? * MON-FRI *)",
            "stop": "cron(0 20 ? * MON-FRI *)",
            "time_zone": "Europe/Berlin",
            "model": {"ProjectVersionArn": VERSION, "StopTimeoutSeconds": 600},
        },
    ],
    "start_timeout_minutes": "90",
    "stop_timeout_minutes": 30,
    "ready_lead_minutes": "15",
    "default_stop_after_hours": "1.5",
    "warn_after_hours": 12,
    "stop_after_hours_unleased": "48",
    "time_zone": "Europe/Berlin",
    "price_per_inference_unit_hour": "3.5",
    "log_retention_days": 7,
    "max_inference_units": "8",
    "log_execution_data": "false",
    "reserved_concurrency": "10",
    "owner": "Team A",
    "termination_protection": "false",
}


@pytest.fixture(scope="session")
def default(tmp_path_factory: pytest.TempPathFactory) -> Synthesized:
    """Return the deploy of `cdk.json` as it is."""
    return made_once("default", tmp_path_factory)


@pytest.fixture(scope="session")
def chosen(tmp_path_factory: pytest.TempPathFactory) -> Synthesized:
    """Return a deploy in which every setting was chosen."""
    return made_once("chosen", tmp_path_factory, **CHOSEN)


@pytest.fixture(scope="session")
def every(tmp_path_factory: pytest.TempPathFactory) -> Synthesized:
    """Return a deploy that watches every service, and nothing else was chosen: the world of most tests."""
    return made_once("every service", tmp_path_factory, watched_services=["Rekognition", "LookoutVision"])


@pytest.fixture(scope="session")
def encrypted(tmp_path_factory: pytest.TempPathFactory) -> Synthesized:
    """Return a deploy that encrypts everything with the customer's key."""
    return made_once("encrypted", tmp_path_factory, encryption="customer")


@pytest.fixture(scope="session", params=["default", "chosen"])
def synthesized(request: pytest.FixtureRequest) -> Synthesized:
    """Either deploy."""
    either: Synthesized = request.getfixturevalue(request.param)
    return either
