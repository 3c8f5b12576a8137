"""Deploys in a row that differ in every setting."""

from typing import Any

from tests.template.conftest import BOLTS, CHOSEN, PARTS, TOPIC

MORNING, EVERY_12H, EVENING, OFFICE = CHOSEN["schedules"]
PAIR_IN_UTC = {name: value for name, value in OFFICE.items() if name != "time_zone"}
CHANGED: dict[str, Any] = {
    "notification_emails": ["dev@example.com", "new@example.com"],
    "alarm_emails": [],
    "alarm_topic_arn": f"{TOPIC}-elsewhere",
    "project_arns": [BOLTS],
    "watched_services": [],
    "start_timeout_minutes": 5,
    "stop_timeout_minutes": 6,
    "ready_lead_minutes": 60,
    "default_stop_after_hours": None,
    "warn_after_hours": 1,
    "stop_after_hours_unleased": 2,
    "stop_aborted_starts": True,
    "time_zone": "Asia/Tokyo",
    "price_per_inference_unit_hour": 5,
    "budget_usd": 500,
    "budget_usd_by_project": {"parts": 300},
    "budget_per": "day",
    "budget_action": "stop",
    "log_retention_days": 365,
    "max_inference_units": 7,
    "max_concurrency": 8,
    "log_execution_data": False,
    "reserved_concurrency": 5,
    "owner": "ops@example.com",
    "encryption": "customer",
    "termination_protection": False,
}
LISTS: dict[str, list[dict[str, Any]]] = {
    "time zones come and go": [MORNING | {"time_zone": "Europe/Berlin"}, EVERY_12H, EVENING, PAIR_IN_UTC],
    "another time zone, another time": [
        MORNING | {"expression": "rate(1 day)"},
        EVERY_12H | {"expression": "at(2030-01-01T00:00:00)"},
        EVENING,
        OFFICE | {"time_zone": "Asia/Tokyo"},
    ],
    "ready by that time": [
        MORNING,
        EVERY_12H,
        EVENING,
        {"ready_by" if name == "start" else name: value for name, value in OFFICE.items()},
    ],
    "reordered": [OFFICE, EVENING, EVERY_12H, MORNING],
    "renamed": [MORNING | {"name": "evening"}, EVENING | {"name": "morning"}, OFFICE | {"name": "office.2"}],
    "other forms under the same names": [
        PAIR_IN_UTC | {"name": "morning"},
        MORNING | {"name": "office", "action": "stop"},
        EVENING | {"action": "start"},
    ],
    "none": [],
}
IN_ONE = {
    "chosen": CHOSEN,
    "default": {},
    "all others": CHANGED | {"schedules": LISTS["time zones come and go"]},
    "renamed": CHOSEN
    | {
        "schedules": LISTS["renamed"],
        "notification_emails": CHOSEN["notification_emails"][::-1],
        "project_arns": [BOLTS, PARTS],
    },
    "other forms": CHOSEN | {"schedules": LISTS["other forms under the same names"]},
}
ONE_BY_ONE = (
    IN_ONE
    | {f"only {name}": CHOSEN | {name: value} for name, value in CHANGED.items()}
    | {f"schedules {name}": CHOSEN | {"schedules": schedules} for name, schedules in LISTS.items()}
)
