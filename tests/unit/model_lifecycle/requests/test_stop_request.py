"""The inputs of stop-model, beyond what they share with those of start-model."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_lifecycle.requests.stop_request import StopRequest, parse_stop_request
from tests.fakes.given import DEFAULTS, EXECUTION, HOME, PROJECT, TOKEN, VERSION, after, request, stop_request
from tests.fakes.refusals import refusal, refused

START_INPUT = {"ProjectVersionArn": VERSION}


def parse(execution_input: object) -> StopRequest:
    """Return the request that the input makes."""
    return parse_stop_request(execution_input, defaults=DEFAULTS, home=HOME)


def of_failed_start(start_input: object = START_INPUT, arn: object = EXECUTION, **more: Any) -> dict[str, Any]:
    """Return what a start that gives up sends."""
    return {"FailedStart": {"ExecutionArn": arn, "Input": start_input}, **more}


class TestAValidInput:
    """What it means."""

    def test_needs_nothing_but_a_model_and_has_no_condition_then(self) -> None:
        assert stop_request() == StopRequest(
            service=stop_request().service,
            identity={"ProjectVersionArn": VERSION},
            stop_timeout_seconds=DEFAULTS.stop_timeout_seconds,
            poll_interval_seconds=None,
        )
        assert not stop_request().conditional

    def test_may_have_every_field(self) -> None:
        every = {
            "ProjectVersionArn": VERSION,
            "ProjectArn": PROJECT,
            "StopTimeoutSeconds": 86_400,
            "PollIntervalSeconds": 3_600,
            "Reason": "It is evening.",
            "LatestStart": EXECUTION,
            "LeaseEndsAt": "2026-01-05T18:00:00.000Z",
        }

        assert stop_request(**every).to_json() == every

    @pytest.mark.parametrize(
        "condition", [{"LatestStart": "nobody"}, {"LatestStart": EXECUTION}, {"LeaseEndsAt": "2026-01-05T18:00:00Z"}]
    )
    def test_with_a_condition_says_so(self, condition: dict[str, str]) -> None:
        assert stop_request(**condition).conditional

    @pytest.mark.parametrize("reason", ["x", "日本", "a\nb", "x" * 2_000, "\ud800"])
    def test_may_have_any_text_for_a_reason(self, reason: str) -> None:
        assert stop_request(Reason=reason).reason == reason


@pytest.mark.parametrize("value", ["", "x" * 2_001, 5, True, ["x"], {"x": 1}], ids=lambda value: repr(value)[:20])
def test_a_reason_is_a_text_of_at_most_2_000_characters(value: object) -> None:
    assert "Reason must be " in refused(parse_stop_request, Reason=value)
    assert "must be a text of 1 to 2,000 characters" in refused(parse_stop_request, Reason=value)
    assert "must be a text of 1 to 2,000 characters" in refusal(of_failed_start(Reason=value), parse_stop_request)


@pytest.mark.parametrize("value", ["", EXECUTION + "x" * 257, 5, "someone", f"{EXECUTION}\nStop it: now", "nobody\n"])
def test_a_latest_start_is_an_execution_or_nobody(value: object) -> None:
    assert "LatestStart must be " in refused(parse_stop_request, LatestStart=value)


class TestAStartThatGaveUp:
    """It sends its own input, as it was given: that names the model, and what of it a stop takes."""

    def test_asks_to_stop_its_model_while_what_it_asked_for_is_the_latest(self) -> None:
        start_input = {
            "ProjectVersionArn": VERSION,
            "ProjectArn": PROJECT,
            "MinInferenceUnits": 2,
            "StartTimeoutSeconds": 5,
            "StopTimeoutSeconds": 77,
            "PollIntervalSeconds": 7,
            "StopAfterSeconds": 60,
        }

        assert parse(of_failed_start(start_input, Reason="It gave up.")) == StopRequest(
            service=request().service,
            identity={"ProjectVersionArn": VERSION, "ProjectArn": PROJECT},
            stop_timeout_seconds=77,
            poll_interval_seconds=7,
            reason="It gave up.",
            asked_by=EXECUTION,
        )
        assert parse(of_failed_start()).conditional

    def test_may_have_started_a_model_of_lookout_for_vision_with_a_token(self) -> None:
        asked = parse(of_failed_start({"ProjectName": "boards", "ModelVersion": "1", "ClientToken": TOKEN}))

        assert dict(asked.identity) == {"ProjectName": "boards", "ModelVersion": "1"}

    @pytest.mark.parametrize(
        "start_input", [None, [], 5, "x", {}, {"ProjectVersionArn": 5}, {"ProjectVersionArn": VERSION, "StopAt": "x"}]
    )
    def test_with_an_input_that_is_not_valid_names_no_model(self, start_input: object) -> None:
        assert "The execution input " in refusal(of_failed_start(start_input), parse_stop_request)

    @pytest.mark.parametrize(
        "value",
        [
            "x",
            5,
            [],
            {},
            {"ExecutionArn": EXECUTION},
            {"Input": START_INPUT},
        ],
        ids=repr,
    )
    def test_is_an_object_with_execution_and_input(self, value: object) -> None:
        said = refusal({"FailedStart": value}, parse_stop_request)

        assert "FailedStart must be " in said
        assert "must be an object with ExecutionArn and Input" in said

    @pytest.mark.parametrize(
        "arn", [5, "x" * 60_000, f"{EXECUTION}\n", f"{EXECUTION} ", VERSION, ""], ids=lambda a: repr(a)[:9]
    )
    def test_was_an_execution(self, arn: object) -> None:
        said = refusal({"FailedStart": {"ExecutionArn": arn, "Input": START_INPUT}}, parse_stop_request)

        assert "FailedStart.ExecutionArn must be " in said
        assert "must be an execution's ARN" in said

    def test_can_have_asked_only_where_the_function_acts(self) -> None:
        elsewhere = {"ProjectVersionArn": VERSION.replace("us-east-1", "eu-west-1")}

        assert "Region eu-west-1" in refusal(of_failed_start(elsewhere), parse_stop_request)

    def test_has_nothing_but_a_reason_beside_it(self) -> None:
        said = refusal(of_failed_start(ProjectVersionArn=VERSION, StopTimeoutSeconds=5), parse_stop_request)

        assert '"ProjectVersionArn" must not stand beside FailedStart, only Reason may' in said
        assert '"StopTimeoutSeconds" must not stand beside FailedStart' in said

    def test_with_the_longest_reason_that_a_failure_can_have_is_understood(self) -> None:
        reason = f"Its start gave up: {'E' * 40}: {'c' * 1_000}"

        assert parse(of_failed_start(Reason=reason)).reason == reason


LATER = {"SetByALaterRelease": {"Any": ["thing"]}}


@pytest.mark.parametrize(
    "written",
    [
        {"ProjectVersionArn": VERSION, "LeaseEndsAt": "2026-01-05T18:00:00Z"},
        {"ProjectVersionArn": VERSION, "LatestStart": "nobody"},
        {**of_failed_start()},
        {"FailedStart": {"ExecutionArn": EXECUTION, "Input": {**START_INPUT, **LATER}, **LATER}},
    ],
    ids="+".join,
)
def test_a_stop_that_the_app_armed_takes_place_whatever_a_later_release_adds(written: dict[str, Any]) -> None:
    known = parse({**written, "FailedStart": of_failed_start()["FailedStart"]} if "FailedStart" in written else written)

    assert parse({**written, **LATER}) == known


def test_a_stop_that_people_ask_for_is_taken_at_its_word() -> None:
    assert '"SetByALaterRelease" is unknown' in refused(parse_stop_request, **LATER)
    assert '"SetByALaterRelease" is unknown' in refused(parse_stop_request, LeaseEndsAt=None, **LATER)


MOMENTS = st.none() | st.integers(0, 10**9).map(lambda thousandths: after(0) + timedelta(milliseconds=thousandths))


@given(
    service=st.sampled_from([{"ProjectVersionArn": VERSION}, {"ProjectName": "boards", "ModelVersion": "1"}]),
    timeout=st.none() | st.integers(1, 86_400),
    poll=st.none() | st.integers(1, 3_600),
    reason=st.none() | st.text(min_size=1, max_size=50),
    latest_start=st.none() | st.sampled_from(["nobody", EXECUTION]),
    ends_at=MOMENTS,
    failed=st.booleans(),
)
def test_a_request_writes_itself_as_an_input_that_parses_to_it(
    service: dict[str, str],
    timeout: int | None,
    poll: int | None,
    reason: str | None,
    latest_start: str | None,
    ends_at: datetime | None,
    failed: bool,
) -> None:
    fields = {**service, "StopTimeoutSeconds": timeout, "PollIntervalSeconds": poll}
    conditions = {"LatestStart": latest_start, "LeaseEndsAt": ends_at and ends_at.isoformat()}
    written = of_failed_start(fields, Reason=reason) if failed else {**fields, **conditions, "Reason": reason}

    parsed = parse(written)

    assert parse(parsed.to_json()) == parsed
    assert parse(json.loads(json.dumps(parsed.to_json()))) == parsed
    assert parsed.conditional == (failed or latest_start is not None or ends_at is not None)


@pytest.mark.parametrize("value", [{"FailedStart": None}, {"LatestStart": "nobody"}, {"Reason": "x"}], ids=repr)
def test_nothing_but_a_failed_start_stands_for_a_model(value: object) -> None:
    assert "no model is named, give ProjectVersionArn, or " in refusal(value, parse_stop_request)
