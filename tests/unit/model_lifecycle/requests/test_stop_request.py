"""What the input of stop-model may be, and what is said of one that it may not."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_lifecycle.requests.start_request import parse_request
from model_lifecycle.requests.stop_request import StopRequest, parse_stop_request
from model_lifecycle.vocabulary.errors import InvalidRequestError
from model_lifecycle.vocabulary.home import Home
from tests.fakes.given import DEFAULTS, EXECUTION, HOME, PROJECT, TOKEN, VERSION, after, request, stop_request
from tests.unit.model_lifecycle.requests.test_start_request import JSON, TEXTS

LONE_SURROGATE = "\ud800"
START_INPUT = {"ProjectVersionArn": VERSION}


def parse(execution_input: object, home: Home | None = HOME) -> StopRequest:
    """The request that the input makes."""
    return parse_stop_request(execution_input, defaults=DEFAULTS, home=home)


def refusal(execution_input: object) -> str:
    """What is said of an input that is not valid."""
    with pytest.raises(InvalidRequestError) as caught:
        parse(execution_input)
    said = caught.value.cause
    assert len(said) <= 1_000
    assert said.isascii()
    assert "\n" not in said
    return said


def refused(**fields: Any) -> str:
    """What is said of an input that names a model version and has these fields on top."""
    return refusal({"ProjectVersionArn": VERSION, **fields})


def of_failed_start(start_input: object = START_INPUT, arn: object = EXECUTION, **more: Any) -> dict[str, Any]:
    """What a start that gives up sends."""
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

    def test_may_be_of_lookout_for_vision(self) -> None:
        asked = parse({"ProjectName": "boards", "ModelVersion": "1", "Reason": "x"})

        assert (asked.service.name, asked.project, asked.version) == ("LookoutVision", "boards", "1")

    @pytest.mark.parametrize(
        "field", ["StopTimeoutSeconds", "PollIntervalSeconds", "Reason", "LatestStart", "LeaseEndsAt", "FailedStart"]
    )
    def test_may_have_null_for_what_it_leaves_out(self, field: str) -> None:
        assert stop_request(**{field: None}) == stop_request()

    @pytest.mark.parametrize(
        "condition", [{"LatestStart": "nobody"}, {"LatestStart": EXECUTION}, {"LeaseEndsAt": "2026-01-05T18:00:00Z"}]
    )
    def test_with_a_condition_says_so(self, condition: dict[str, str]) -> None:
        assert stop_request(**condition).conditional

    @pytest.mark.parametrize("reason", ["x", "日本", "a\nb", "x" * 2_000, LONE_SURROGATE])
    def test_may_have_any_text_for_a_reason(self, reason: str) -> None:
        assert stop_request(Reason=reason).reason == reason

    def test_is_of_one_model_with_the_start_s(self) -> None:
        assert stop_request().model_id == request().model_id == f"Rekognition {VERSION}"


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-01-05T18:00:00Z", datetime(2026, 1, 5, 18, tzinfo=UTC)),
        ("2026-01-05T18:00:00.5Z", datetime(2026, 1, 5, 18, 0, 0, 500_000, tzinfo=UTC)),
        ("2026-01-05T18:00:00+01:00", datetime(2026, 1, 5, 17, tzinfo=UTC)),
        ("2026-01-05T18:00-09:30", datetime(2026, 1, 6, 3, 30, tzinfo=UTC)),
        ("2026-01-06T00:00:00+00:00", datetime(2026, 1, 6, tzinfo=UTC)),
    ],
)
def test_a_moment_with_its_offset_is_that_moment_in_utc(written: str, moment: datetime) -> None:
    assert stop_request(LeaseEndsAt=written).lease_ends_at == moment
    assert request(StopAt=written).stop_at == moment


@pytest.mark.parametrize(
    "value",
    [
        "2026-01-05T18:00:00",
        "2026-01-05",
        "18:00",
        "noon",
        "",
        "2026-13-05T18:00:00Z",
        "2026-01-05T18:00:00 UTC",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        LONE_SURROGATE,
        1_767_636_000,
        True,
        ["2026-01-05T18:00:00Z"],
    ],
    ids=repr,
)
def test_what_is_no_moment_with_its_offset_is_refused_and_told_what_one_looks_like(value: object) -> None:
    example = "allowed is a moment in ISO 8601 with its offset, as 2026-01-05T18:00:00+01:00"

    assert f"LeaseEndsAt is {json.dumps(value)}; {example}" in refused(LeaseEndsAt=value)
    with pytest.raises(InvalidRequestError, match="StopAt is "):
        request(StopAt=value)


@pytest.mark.parametrize("value", ["", "x" * 2_001, 5, True, ["x"], {"x": 1}], ids=lambda value: repr(value)[:20])
def test_a_reason_is_a_text_of_at_most_2_000_characters(value: object) -> None:
    assert "Reason is " in refused(Reason=value)
    assert "allowed is a text of 1 to 2,000 characters" in refused(Reason=value)
    assert "allowed is a text of 1 to 2,000 characters" in refusal(of_failed_start(Reason=value))


@pytest.mark.parametrize("value", ["", "x" * 257, 5], ids=lambda value: repr(value)[:20])
def test_a_latest_start_is_no_longer_than_an_arn(value: object) -> None:
    assert "LatestStart is " in refused(LatestStart=value)


@pytest.mark.parametrize("value", [0, 86_401, 60.0, "60", True], ids=repr)
def test_a_time_out_is_at_most_a_day(value: object) -> None:
    said = refused(StopTimeoutSeconds=value)

    assert f"StopTimeoutSeconds is {json.dumps(value)}; allowed is an integer from 1 to 86,400" in said


@pytest.mark.parametrize(
    "field",
    ["MinInferenceUnits", "MaxInferenceUnits", "StartTimeoutSeconds", "StopAfterSeconds", "StopAt", "ClientToken"],
)
def test_what_only_a_start_takes_is_unknown_beside_what_there_is(field: str) -> None:
    said = refused(**{field: 1})

    assert f'"{field}" is unknown; allowed are ProjectVersionArn, ProjectArn, ProjectName, ModelVersion, ' in said
    assert "Reason" in said


@pytest.mark.parametrize("field", ["Reason", "LatestStart", "LeaseEndsAt", "FailedStart"])
def test_what_only_a_stop_takes_is_unknown_to_a_start(field: str) -> None:
    with pytest.raises(InvalidRequestError, match=f'"{field}" is unknown'):
        request(**{field: "2026-01-05T18:00:00Z"})


@pytest.mark.parametrize("value", [None, [], 5, "x", LONE_SURROGATE, True, 1.5])
def test_an_input_that_is_no_object_is_refused_as_what_it_is(value: object) -> None:
    assert "The execution input is " in refusal(value)


@pytest.mark.parametrize("value", [{}, {"Reason": "x"}, {"FailedStart": None}, {"LatestStart": "nobody"}])
def test_an_input_that_names_no_model_is_told_how_to_name_one(value: object) -> None:
    assert "no model is named; allowed is ProjectVersionArn or ProjectName and ModelVersion" in refusal(value)


def test_fields_of_two_services_are_refused() -> None:
    assert "belong to 2 services" in refused(ProjectName="boards", ModelVersion="1")


def test_a_model_where_the_function_cannot_act_is_refused_with_the_reason() -> None:
    elsewhere = VERSION.replace("us-east-1", "eu-west-1")

    assert "Region eu-west-1" in refusal({"ProjectVersionArn": elsewhere})
    assert "Region eu-west-1" in refusal(of_failed_start({"ProjectVersionArn": elsewhere}))
    assert parse({"ProjectVersionArn": elsewhere}, home=None)


def test_every_violation_is_named_at_once() -> None:
    said = refusal({"ProjectVersionArn": 5, "StopTimeoutSeconds": "60", "Reason": "", "Color": "red", "StopAt": "noon"})

    for field in ("ProjectVersionArn", "StopTimeoutSeconds", "Reason", "Color", "StopAt"):
        assert field in said


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
        "start_input", [None, [], 5, "x", {}, {"ProjectVersionArn": 5}, {"ProjectVersionArn": VERSION, "Reason": "x"}]
    )
    def test_with_an_input_that_is_not_valid_names_no_model(self, start_input: object) -> None:
        assert "The execution input is " in refusal(of_failed_start(start_input))

    @pytest.mark.parametrize(
        "value",
        [
            "x",
            5,
            [],
            {},
            {"ExecutionArn": EXECUTION},
            {"Input": START_INPUT},
            {"ExecutionArn": 5, "Input": START_INPUT},
            {"ExecutionArn": EXECUTION, "Input": START_INPUT, "More": 1},
        ],
        ids=repr,
    )
    def test_is_an_object_with_execution_and_input(self, value: object) -> None:
        said = refusal({"FailedStart": value})

        assert "FailedStart is " in said
        assert "allowed is an object with ExecutionArn and Input" in said

    def test_has_nothing_but_a_reason_beside_it(self) -> None:
        said = refusal(of_failed_start(ProjectVersionArn=VERSION, StopTimeoutSeconds=5))

        assert '"ProjectVersionArn" is beside FailedStart; allowed there is Reason' in said
        assert '"StopTimeoutSeconds" is beside FailedStart' in said

    def test_with_the_longest_reason_that_a_failure_can_have_is_understood(self) -> None:
        reason = f"Its start gave up: {'E' * 40}: {'c' * 1_000}"

        assert parse(of_failed_start(Reason=reason)).reason == reason


class TestALeaseInTheInputOfAStart:
    """Seconds from the execution's start, or a moment; or what the settings give."""

    def test_is_none_unless_one_is_given(self) -> None:
        assert (request().stop_after_seconds, request().stop_at) == (None, None)

    def test_is_at_most_a_leap_year_long(self) -> None:
        assert request(StopAfterSeconds=366 * 86_400).stop_after_seconds == 366 * 86_400

    def test_is_not_given_twice(self) -> None:
        with pytest.raises(InvalidRequestError) as caught:
            request(StopAfterSeconds=60, StopAt="2026-01-05T18:00:00Z")

        assert "StopAfterSeconds and StopAt both say when the lease ends; allowed is one of them" in str(caught.value)

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

        parsed = parse_request({**START_INPUT, **given_}, defaults=from_settings, home=HOME)

        assert (parsed.stop_after_seconds, parsed.stop_at) == (seconds, moment)

    def test_of_the_settings_is_written_down_so_that_a_later_deploy_does_not_move_it(self) -> None:
        from_settings = type(DEFAULTS)(start_timeout_seconds=1, stop_timeout_seconds=1, stop_after_seconds=7_200)
        parsed = parse_request(START_INPUT, defaults=from_settings, home=HOME)

        assert parse_request(parsed.to_json(), defaults=DEFAULTS, home=HOME) == parsed


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


FIELDS = st.sampled_from(
    [
        "ProjectVersionArn",
        "ProjectArn",
        "ProjectName",
        "ModelVersion",
        "StopTimeoutSeconds",
        "PollIntervalSeconds",
        "Reason",
        "LatestStart",
        "LeaseEndsAt",
        "FailedStart",
        "ExecutionArn",
        "Input",
    ]
)
VALUES = st.sampled_from([VERSION, PROJECT, "boards", "1", "2026-01-05T18:00:00Z"]) | st.integers(-1, 90_000)
NEARLY = st.recursive(
    VALUES | JSON, lambda inner: st.dictionaries(FIELDS | TEXTS, inner | VALUES, max_size=6), max_leaves=12
)


@given(NEARLY)
def test_any_json_at_all_either_makes_a_request_or_is_refused_in_words(execution_input: Any) -> None:
    try:
        parsed = parse(execution_input)
    except InvalidRequestError:
        assert refusal(execution_input)
    else:
        assert parse(parsed.to_json()) == parsed
