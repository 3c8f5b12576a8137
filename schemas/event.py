"""The JSON Schema of the app's events, made of the types that they are made of."""

from collections.abc import Mapping, Sequence
from dataclasses import Field, fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import reduce
from types import NoneType
from typing import TYPE_CHECKING, Any, get_args, get_origin

from model_lifecycle.endings.document import Head
from model_lifecycle.endings.fleet_message import FleetDocument
from model_lifecycle.endings.money import PaidRun
from model_lifecycle.endings.outcome import EVENT_TYPES, FleetOutcome
from model_lifecycle.services.registry import SERVICES
from model_lifecycle.steps.report import ExecutionReport, RunReport, StartReport, StopReport
from model_lifecycle.vocabulary.codec import field_types, pascal, without_none
from model_lifecycle.vocabulary.stage import STAGE, event_source

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number"}
_INSTANT = {
    "description": "ISO 8601 in UTC, to the millisecond.",
    "type": "string",
    "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$",
}
_STRING = {"type": "string"}


def event_schema() -> dict[str, Any]:
    """Return the schema of an event: draft 2020-12."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What model-lifecycle tells on the default event bus",
        "description": "An EventBridge event. Its detail is the document that subscribers of the topic get. "
        "null is what is not known.",
        "type": "object",
        "properties": {
            "source": {"type": "string", "pattern": f"^{event_source('')}(-{STAGE})?$"},
            "detail-type": {"enum": list(EVENT_TYPES.values())},
            "detail": {
                "if": {"properties": {"Outcome": {"enum": [outcome.value for outcome in FleetOutcome]}}},
                "then": _object(FleetDocument),
                "else": _detail(),
            },
        },
        "required": ["source", "detail-type", "detail"],
        "allOf": [
            {
                "if": {"properties": {"detail": {"properties": {"Outcome": {"const": str(outcome)}}}}},
                "then": {"properties": {"detail-type": {"const": detail_type}}},
            }
            for outcome, detail_type in EVENT_TYPES.items()
        ],
        "$defs": {"instant": _INSTANT},
    }


def _detail() -> dict[str, Any]:
    """Return what is always there, the model where one is named, and the report where one was seen."""
    head = _object(Head)
    identity = (field.name for service in SERVICES for field in (*service.required, *service.optional))
    reports = reduce(_merged, map(_object, (StartReport, StopReport, RunReport)))["properties"]
    return {
        "type": "object",
        "properties": {
            "Service": {"enum": [service.name for service in SERVICES]},
            **dict.fromkeys(("Project", "Version", *identity), _STRING),
            "Request": {
                "description": "The execution's input as it was understood, with its defaults.",
                "type": "object",
            },
            **reports,
            "Ran": {
                "description": "The run that ended, or that goes on: what the metric InServiceInferenceUnits says, "
                "or else the model's record.",
                **_schema(PaidRun | None),
            },
            **head["properties"],
        },
        "required": head["required"],
        "dependentRequired": {
            "Service": ["Project"],
            "Version": ["Service"],
            # What every execution tells, and always knows.
            "Request": ["Service", *map(pascal, _never_null(ExecutionReport))],
        },
        "unevaluatedProperties": False,
    }


def _never_null(kind: type["DataclassInstance"]) -> list[str]:
    return [name for name, of in field_types(kind).items() if NoneType not in get_args(of)]


def _object(kind: type["DataclassInstance"]) -> dict[str, Any]:
    types = field_types(kind)
    return {
        "type": "object",
        "properties": {pascal(field.name): _property(field, types[field.name]) for field in fields(kind)},
        "required": [pascal(name) for name in types],
        "additionalProperties": False,
    }


def _property(field: Field[Any], kind: Any) -> dict[str, Any]:
    return {**_schema(kind), **field.metadata}


def _schema(kind: Any) -> dict[str, Any]:
    options = [_of(option) for option in without_none(kind)]
    if len(options) == 1 and NoneType not in get_args(kind):
        return options[0]
    if len(options) == 1 and options[0].keys() == {"type"}:
        return {"type": [options[0]["type"], "null"]}
    return {"anyOf": [*options, {"type": "null"}]}


def _of(kind: Any) -> dict[str, Any]:
    if kind is datetime:
        return {"$ref": "#/$defs/instant"}
    if get_origin(kind) in (Sequence, tuple):
        return {"type": "array", "items": _of(get_args(kind)[0])}
    if get_origin(kind) is Mapping:
        return {"type": "object"}
    if is_dataclass(kind) and isinstance(kind, type):
        return _object(kind)
    if issubclass(kind, Enum):
        return {"enum": [member.value for member in kind]}
    return {"type": _TYPES[kind]}


def _merged(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Return an object that may be the one or the other: what both have must be there."""
    if one == other or "properties" not in one:
        return one
    properties = dict(one["properties"])
    for name, schema in other["properties"].items():
        properties[name] = _merged(properties[name], schema) if name in properties else schema
    required = [name for name in one["required"] if name in other["required"]]
    return {**one, "properties": properties, "required": required}
