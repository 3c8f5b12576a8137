"""The message about a model that the watch found running."""

from datetime import UTC

import pytest

from model_lifecycle.endings.message import compose
from model_lifecycle.model.usage import Source, Usage
from model_lifecycle.vocabulary.wording import duration
from model_lifecycle.watch.found_running import found_running
from tests.fakes.fake_model import FakeModel
from tests.fakes.given import HOME, after, stop_request


@pytest.mark.parametrize("seconds", [60, 3_599.6, 86_399.4, 89_039.4, 89_040])
def test_for_how_long_it_has_run_is_told_once(seconds: float) -> None:
    usage = Usage(since=after(-seconds), until=after(0), unit_hours=seconds / 3_600, source=Source.METRIC)

    ending = found_running(stop_request(), FakeModel("RUNNING").describe(), usage, hour="09:00")

    summary = compose(ending, price_per_inference_unit_hour=4, zone=UTC, home=HOME).document["Summary"]
    assert summary.count(f"running for {duration(seconds)} ") == summary.count("running for") == 1
