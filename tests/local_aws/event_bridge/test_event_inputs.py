"""Which events a pattern matches, and what a target gets of them."""

import json
from typing import Any

import pytest
from moto.events.models import EventPattern

from local.event_bridge.event_inputs import input_for

EVENT = {
    "id": "1",
    "source": "shop",
    "detail-type": "Order",
    "detail": {"name": 'a "b" \\ c', "n": 3, "list": [1, "x"], "inner": {"k": "v"}},
}


@pytest.mark.parametrize(
    ("pattern", "detail", "matches"),
    [
        ({"detail": {"a": ["x"]}}, {"a": "x"}, True),
        ({"detail": {"a": ["x"]}}, {"a": "y"}, False),
        ({"detail": {"a": ["x"]}}, {"a": ["z", "x"]}, True),
        ({"detail": {"a": {"b": ["x"]}}}, {"a": {"b": "x"}}, True),
        ({"detail": {"a": [{"prefix": "ab"}]}}, {"a": "abc"}, True),
        ({"detail": {"a": [{"prefix": "ab"}]}}, {"a": "bab"}, False),
        ({"detail": {"a": [{"suffix": "bc"}]}}, {"a": "abc"}, True),
        ({"detail": {"a": [{"anything-but": ["x", "y"]}]}}, {"a": "z"}, True),
        ({"detail": {"a": [{"anything-but": ["x", "y"]}]}}, {"a": "y"}, False),
        ({"detail": {"a": [{"anything-but": {"prefix": "x"}}]}}, {"a": "xy"}, False),
        ({"detail": {"a": [{"exists": False}]}}, {"b": 1}, True),
        ({"detail": {"a": [{"exists": True}]}}, {"b": 1}, False),
        ({"detail": {"a": [{"numeric": [">", 1, "<=", 3]}]}}, {"a": 3}, True),
        ({"detail": {"a": [{"numeric": [">", 1, "<=", 3]}]}}, {"a": 1}, False),
        ({"detail": {"a": [{"equals-ignore-case": "AB"}]}}, {"a": "ab"}, True),
        ({"detail": {"a": [{"wildcard": "a*c"}]}}, {"a": "abbc"}, True),
        ({"detail": {"a": [None]}}, {"a": None}, True),
        ({"detail": {"$or": [{"a": [1]}, {"b": [2]}]}}, {"b": 2}, True),
        ({"source": ["shop"], "detail": {"a": ["x"]}}, {"a": "y"}, False),
    ],
)
def test_a_pattern_matches_as_aws_says(pattern: Any, detail: Any, matches: bool) -> None:
    assert EventPattern.load(json.dumps(pattern)).matches_event({**EVENT, "detail": detail}) == matches


@pytest.mark.parametrize(
    ("how", "text"),
    [
        ({}, EVENT),
        ({"Input": '{"constant": true}'}, {"constant": True}),
        ({"InputPath": "$.detail"}, {"name": 'a "b" \\ c', "n": 3, "list": [1, "x"], "inner": {"k": "v"}}),
        ({"InputPath": "$.detail.inner.k"}, "v"),
        ({"InputPath": "$.detail.list[1]"}, "x"),
        ({"InputPath": "$.detail.nothing"}, None),
        ({"InputTransformer": {"InputTemplate": '{"a": <x>}'}}, {"a": 'a "b" \\ c'}),
        ({"InputTransformer": {"InputTemplate": '{"a": "<x>"}'}}, {"a": 'a "b" \\ c'}),
        ({"InputTransformer": {"InputTemplate": '{"a": "It is <x>, <n> times"}'}}, {"a": 'It is a "b" \\ c, 3 times'}),
        ({"InputTransformer": {"InputTemplate": '{"a": <n>, "b": <list>}'}}, {"a": 3, "b": [1, "x"]}),
        ({"InputTransformer": {"InputTemplate": '{"a": <missing>, "b": "<missing>"}'}}, {"a": None, "b": ""}),
        ({"InputTransformer": {"InputTemplate": '"<x> of <aws.events.rule-name>"'}}, 'a "b" \\ c of it'),
        ({"InputTransformer": {"InputTemplate": '{"a": <aws.events.event.json>}'}}, {"a": EVENT}),
        ({"InputTransformer": {"InputTemplate": '{"a": "<inner>"}'}}, {"a": '{"k": "v"}'}),
        ({"InputTransformer": {"InputTemplate": "<aws.events.event.ingestion-time>"}}, "2026-01-05T07:00:00Z"),
    ],
)
def test_a_target_gets_the_input_that_it_asks_for(how: dict[str, Any], text: Any) -> None:
    if "InputTransformer" in how:
        paths = {"x": "$.detail.name", "n": "$.detail.n", "list": "$.detail.list", "inner": "$.detail.inner"}
        how = {"InputTransformer": {"InputPathsMap": {**paths, "missing": "$.detail.no"}, **how["InputTransformer"]}}

    given = input_for(how, EVENT, rule_arn="arn:aws:events:us-east-1:1:rule/it", ingested="2026-01-05T07:00:00Z")

    assert json.loads(given) == text
