"""The events' schema agrees with their types."""

import json

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from model_lifecycle.services.registry import SERVICES
from schemas.__main__ import EVENT_SCHEMA
from schemas.event import event_schema


def test_the_schema_that_readers_find_is_made_of_the_types() -> None:
    written = json.loads(EVENT_SCHEMA.read_text(encoding="utf-8"))

    assert written == event_schema(), "write it anew: PYTHONPATH=lambdas python -m schemas"
    Draft202012Validator.check_schema(written)


def test_a_field_that_nothing_tells_is_no_field_of_an_event() -> None:
    detail = event_schema()["properties"]["detail"]["else"]

    assert detail["unevaluatedProperties"] is False
    assert {"Service", "Request", "Lease", "Ran", "NotificationId"} <= set(detail["properties"])
    assert {field.name for service in SERVICES for field in service.required} <= set(detail["properties"])
