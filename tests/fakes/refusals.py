"""The refusals of execution inputs."""

from collections.abc import Callable
from typing import Any

import pytest

from model_lifecycle.requests.model_request import ModelRequest
from model_lifecycle.requests.start_request import parse_request
from model_lifecycle.requests.stop_request import parse_stop_request
from model_lifecycle.vocabulary.errors import InvalidRequestError
from model_lifecycle.vocabulary.home import Home
from tests.fakes.given import DEFAULTS, HOME, VERSION

Parse = Callable[..., ModelRequest]
BY_EITHER = pytest.mark.parametrize("parse", [parse_request, parse_stop_request], ids=["start", "stop"])


def refusal(execution_input: object, parse: Parse = parse_request, home: Home | None = HOME) -> str:
    """Return what is said of it: one line of ASCII that the console shows whole."""
    with pytest.raises(InvalidRequestError) as caught:
        parse(execution_input, defaults=DEFAULTS, home=home)
    said = caught.value.cause
    assert len(said) <= 1_000
    assert said.isascii()
    assert "\n" not in said
    return said


def refused(parse: Parse = parse_request, **fields: Any) -> str:
    """Return what is said of an input that names a model version and has these fields on top."""
    return refusal({"ProjectVersionArn": VERSION, **fields}, parse)
