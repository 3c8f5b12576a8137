"""The input of an execution, read by what the execution wants of its model."""

from collections.abc import Mapping
from typing import Protocol

from model_lifecycle.requests.model_request import Defaults, ModelRequest
from model_lifecycle.requests.start_request import parse_request
from model_lifecycle.requests.stop_request import parse_stop_request
from model_lifecycle.vocabulary.home import Home
from model_lifecycle.vocabulary.phase import Goal


class Parser(Protocol):
    """Returns the request that an input makes, as `parse_request` and `parse_stop_request` do."""

    def __call__(
        self, execution_input: object, *, defaults: Defaults, home: Home | None, ours: bool = False
    ) -> ModelRequest: ...


PARSERS: Mapping[Goal, Parser] = {Goal.RUNNING: parse_request, Goal.STOPPED: parse_stop_request}
