"""How a wrong value is shown."""

import json

import pytest

from model_lifecycle.services.fields import shown
from tests.fakes.given import VERSION


@pytest.mark.parametrize(
    ("value", "end"),
    [
        (VERSION, '1767603600000"'),
        (f"{VERSION} ", f'", with SPACE as character {len(VERSION) + 1} of {len(VERSION) + 1}'),
        (f" {VERSION}", f", with SPACE as character 1 of {len(VERSION) + 1}"),
        (f"{VERSION}\n", f", with LINE FEED as character {len(VERSION) + 1} of {len(VERSION) + 1}"),
        (VERSION[:60] + " " + VERSION[60:], f", with SPACE as character 61 of {len(VERSION) + 1}"),
        (VERSION.replace("parts", f"{'x' * 100}*{'x' * 100}", 1), ", with ASTERISK as character 152 of 291"),
        ("a\u200bb", '"a\\u200bb", with ZERO WIDTH SPACE as character 2 of 3'),
        ("a\u00a0b", '"a\\u00a0b", with NO-BREAK SPACE as character 2 of 3'),
        ("  ", '"  ", which is nothing but spaces'),
        ("a b", '"a b"'),
        ("x" * 10_000 + "END", 'xEND"'),
        ({"a": " "}, '{"a": " "}'),
        ("", '""'),
    ],
    ids=repr,
)
def test_a_value_is_shown_with_its_end_and_with_what_nobody_sees(value: object, end: str) -> None:
    assert shown(value).endswith(end)
    assert shown(value).startswith(json.dumps(value)[:80])
    assert shown(value).isascii()
    assert len(shown(value)) < 250
