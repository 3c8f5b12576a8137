"""A model that answers by a script, and counts the calls."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Self

from model_lifecycle.requests.model_request import ModelRequest
from model_lifecycle.requests.start_request import Request
from model_lifecycle.services.service import InferenceUnits, ModelDescription
from model_lifecycle.vocabulary.errors import ModelLifecycleError
from tests.fakes.fake_lines import FakeLines
from tests.fakes.fake_seams import FakeLeases, FakeMeter, FakeRecords
from tests.fakes.given import request

if TYPE_CHECKING:
    from model_lifecycle.model.spending import Spending


class FakeModel:
    """A `Model` with a script. The last answer of a script is given again and again.

    `looks`: the status that each look sees, or the error that it gets. `starts`, `stops`: what each start and
    each stop call answers. `units`: what the service says of the inference units in force. `found`: what a look looks
    up to find it. `records`: what is remembered of it. `leases`: the stops that are armed for it. `meter`: what is
    measured of it. `spending`: what is spent of the budget, if there is one. `lines`: who waits for a place.
    """

    def __init__(
        self,
        *looks: str | ModelLifecycleError,
        starts: Iterable[str | ModelLifecycleError] = ("STARTING",),
        stops: Iterable[str | ModelLifecycleError] = ("STOPPING",),
        message: str = "",
        units: tuple[int | None, int | None] = (None, None),
        found: Mapping[str, str] | None = None,
    ) -> None:
        self.request: ModelRequest = request()
        self._found = found
        self.records = FakeRecords()
        self.leases = FakeLeases()
        self.lines = FakeLines()
        self.looks = 0
        self.starts = 0
        self.stops = 0
        self.meter = FakeMeter()
        self.spending: Spending | None = None
        self._looks = looks
        self._starts = tuple(starts)
        self._stops = tuple(stops)
        self._message = message
        self._units = units

    def named_by(self, request: ModelRequest) -> Self:
        """Return the model that the request names, as `model_of` gives it."""
        self.request = request
        return self

    def describe(self) -> ModelDescription:
        """Return the next look of the script."""
        self.looks += 1
        return ModelDescription(
            status=_said(self._looks, self.looks),
            status_message=self._message,
            min_inference_units=self._units[0],
            max_inference_units=self._units[1],
            identity=self._found and {**self.request.identity, **self._found},
        )

    def start(self, units: InferenceUnits, *, client_token: str) -> str:
        """Return the next answer of the script to a start."""
        assert isinstance(self.request, Request)
        assert units == self.request.units
        assert client_token
        self.starts += 1
        return _said(self._starts, self.starts)

    def stop(self) -> str:
        """Return the next answer of the script to a stop."""
        self.stops += 1
        return _said(self._stops, self.stops)


def _said(script: tuple[str | ModelLifecycleError, ...], number: int) -> str:
    said = script[min(number, len(script)) - 1]
    if isinstance(said, ModelLifecycleError):
        raise said
    return said
