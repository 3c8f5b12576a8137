"""The inputs of start-model, beyond what they share with those of stop-model."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_lifecycle.requests.start_request import Request, parse_request
from model_lifecycle.vocabulary.errors import InvalidRequestError
from tests.fakes.given import DEFAULTS, HOME, PROJECT, VERSION, request
from tests.fakes.refusals import refused


class TestAValidInput:
    """What it means."""

    def test_needs_nothing_but_a_model_version(self) -> None:
        assert request() == Request(
            service=request().service,
            identity={"ProjectVersionArn": VERSION},
            min_inference_units=1,
            max_inference_units=None,
            start_timeout_seconds=DEFAULTS.start_timeout_seconds,
            stop_timeout_seconds=DEFAULTS.stop_timeout_seconds,
            poll_interval_seconds=None,
        )

    def test_may_have_every_field(self) -> None:
        every = {
            "ProjectVersionArn": VERSION,
            "ProjectArn": PROJECT,
            "MinInferenceUnits": 2,
            "MaxInferenceUnits": 2,
            "StartTimeoutSeconds": 86_400,
            "StopTimeoutSeconds": 1,
            "PollIntervalSeconds": 3_600,
        }

        assert request(**every).to_json() == every

    @given(
        low=st.integers(1, 2**31 - 1),
        more=st.none() | st.integers(0, 5),
        start=st.none() | st.integers(1, 86_400),
        stop=st.none() | st.integers(1, 86_400),
        poll=st.none() | st.integers(1, 3_600),
        project=st.sampled_from([None, PROJECT]),
    )
    def test_parses_to_a_request_that_writes_itself_as_an_input_that_parses_to_it(
        self, low: int, more: int | None, start: int | None, stop: int | None, poll: int | None, project: str | None
    ) -> None:
        parsed = request(
            ProjectArn=project,
            MinInferenceUnits=low,
            MaxInferenceUnits=None if more is None else min(low + more, 2**31 - 1),
            StartTimeoutSeconds=start,
            StopTimeoutSeconds=stop,
            PollIntervalSeconds=poll,
        )

        assert parse_request(parsed.to_json(), defaults=DEFAULTS, home=HOME) == parsed
        assert parse_request(json.loads(json.dumps(parsed.to_json())), defaults=DEFAULTS, home=HOME) == parsed


@pytest.mark.parametrize(("low", "high"), [(2, 1), (None, 0), (5, 4)])
def test_the_most_units_are_no_fewer_than_the_fewest(low: int | None, high: int) -> None:
    assert "MaxInferenceUnits" in refused(MinInferenceUnits=low, MaxInferenceUnits=high)


class TestALeaseInTheInputOfAStart:
    """Seconds from the execution's start, or a moment; or what the settings give."""

    def test_is_none_unless_one_is_given(self) -> None:
        assert (request().stop_after_seconds, request().stop_at) == (None, None)

    def test_is_at_most_a_leap_year_long(self) -> None:
        assert request(StopAfterSeconds=366 * 86_400).stop_after_seconds == 366 * 86_400

    def test_is_not_given_twice(self) -> None:
        said = refused(StopAfterSeconds=60, StopAt="2026-01-05T18:00:00Z")

        assert "StopAfterSeconds and StopAt both say when the lease ends, give one of them" in said

    @pytest.mark.parametrize(
        ("given_", "seconds", "moment"),
        [
            ({}, 7_200, None),
            ({"StopAfterSeconds": 60}, 60, None),
            ({"StopAt": "2026-01-05T18:00:00+01:00"}, None, datetime(2026, 1, 5, 17, tzinfo=UTC)),
            ({"StopAfterSeconds": None, "StopAt": None}, 7_200, None),
        ],
        ids=repr,
    )
    def test_of_the_settings_holds_where_the_input_says_nothing(
        self, given_: dict[str, Any], seconds: int | None, moment: datetime | None
    ) -> None:
        from_settings = type(DEFAULTS)(start_timeout_seconds=1, stop_timeout_seconds=1, stop_after_seconds=7_200)

        parsed = parse_request({"ProjectVersionArn": VERSION, **given_}, defaults=from_settings, home=HOME)

        assert (parsed.stop_after_seconds, parsed.stop_at) == (seconds, moment)

    def test_of_the_settings_is_written_down_so_that_a_later_deploy_does_not_move_it(self) -> None:
        from_settings = type(DEFAULTS)(start_timeout_seconds=1, stop_timeout_seconds=1, stop_after_seconds=7_200)
        parsed = parse_request({"ProjectVersionArn": VERSION}, defaults=from_settings, home=HOME)

        assert parse_request(parsed.to_json(), defaults=DEFAULTS, home=HOME) == parsed


class TestTheCeilingOnUnits:
    """More than the settings allow is refused, unless the app itself asks for what was allowed before."""

    LIMITED = replace(DEFAULTS, max_inference_units=5)

    def test_as_many_as_the_settings_allow_are_fine(self) -> None:
        units = {"MinInferenceUnits": 5, "MaxInferenceUnits": 5}

        assert parse_request({"ProjectVersionArn": VERSION, **units}, defaults=self.LIMITED, home=HOME).units == units

    def test_more_are_refused_with_the_setting_that_would_have_to_change(self) -> None:
        asked = {"ProjectVersionArn": VERSION, "MinInferenceUnits": 6, "MaxInferenceUnits": 5_000}

        with pytest.raises(InvalidRequestError) as refusal:
            parse_request(asked, defaults=self.LIMITED, home=HOME)

        assert list(refusal.value.violations) == [
            "MinInferenceUnits must be at most 5 (the setting max_inference_units), got 6",
            "MaxInferenceUnits must be at most 5 (the setting max_inference_units), got 5,000",
        ]

    def test_what_the_app_wrote_under_a_higher_ceiling_is_still_read(self) -> None:
        asked = {"ProjectVersionArn": VERSION, "MinInferenceUnits": 6}

        assert parse_request(asked, defaults=self.LIMITED, home=HOME, ours=True).min_inference_units == 6


@pytest.mark.parametrize("reason", ["", " ", "\n\t", "x" * 2_001])
def test_a_budget_is_not_ignored_without_a_reason_in_words(reason: str) -> None:
    with pytest.raises(InvalidRequestError, match="IgnoreBudget must be a reason in words, of at most 2,000"):
        request(IgnoreBudget=reason)


def test_a_budget_is_ignored_for_a_reason_in_any_script() -> None:
    assert request(IgnoreBudget="月末の検査\n二行目").ignore_budget == "月末の検査\n二行目"
