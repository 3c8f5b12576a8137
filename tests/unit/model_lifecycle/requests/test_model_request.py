"""What the inputs of both machines have in common, and their refusals."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_lifecycle.requests.start_request import parse_request
from model_lifecycle.requests.stop_request import parse_stop_request
from model_lifecycle.vocabulary.errors import InvalidRequestError
from tests.fakes.given import DEFAULTS, EXECUTION, HOME, PROJECT, VERSION, request, stop_request
from tests.fakes.refusals import BY_EITHER, Parse, refusal, refused

LONE_SURROGATE = "\ud800"
NESTED_10_000_TIMES: Any = []
for _ in range(10_000):
    NESTED_10_000_TIMES = [NESTED_10_000_TIMES]
BOARDS = {"ProjectName": "boards", "ModelVersion": "1"}
OF_BOTH = [
    "ProjectVersionArn",
    "ProjectArn",
    "ProjectName",
    "ModelVersion",
    "StopTimeoutSeconds",
    "PollIntervalSeconds",
]
OF_A_START = [
    "MinInferenceUnits",
    "MaxInferenceUnits",
    "StartTimeoutSeconds",
    "StopAfterSeconds",
    "StopAt",
    "ClientToken",
]
OF_A_STOP = ["Reason", "LatestStart", "LeaseEndsAt", "FailedStart"]


@BY_EITHER
class TestAModel:
    """The one that an input names."""

    def test_is_named_by_project_and_version(self, parse: Parse) -> None:
        rekognition = parse({"ProjectVersionArn": VERSION}, defaults=DEFAULTS, home=HOME)
        boards = parse(BOARDS, defaults=DEFAULTS, home=HOME)

        assert (rekognition.project, rekognition.version) == ("parts", "parts.2026-01-05")
        assert rekognition.model_id == f"Rekognition {VERSION}"
        assert (boards.service.name, boards.project, boards.version) == ("LookoutVision", "boards", "1")
        assert boards.model_id == "LookoutVision boards 1"

    @pytest.mark.parametrize("value", [{}, {"ProjectVersionArn": None}, {"PollIntervalSeconds": 1}], ids=repr)
    def test_that_is_missing_is_told_how_to_be_named(self, parse: Parse, value: object) -> None:
        assert "no model is named, give ProjectVersionArn, or ProjectName and ModelVersion" in refusal(value, parse)

    def test_is_not_named_by_its_project_alone(self, parse: Parse) -> None:
        assert "ProjectVersionArn is missing" in refusal({"ProjectArn": PROJECT}, parse)

    def test_is_of_one_service(self, parse: Parse) -> None:
        assert "belong to 2 services, give the fields of one" in refused(parse, **BOARDS)


@pytest.mark.parametrize("parse", [parse_request, parse_stop_request], ids=["start", "stop"])
@pytest.mark.parametrize("field", [*OF_BOTH[1:4], *OF_A_START, *OF_A_STOP, "StopTimeoutSeconds", "Nonsense"])
def test_null_is_as_good_as_nothing(parse: Parse, field: str) -> None:
    named = {"ProjectVersionArn": VERSION}

    assert parse({**named, field: None}, defaults=DEFAULTS, home=HOME) == parse(named, defaults=DEFAULTS, home=HOME)


NO_INTEGERS = [0, -1, 10**30, 1.0, 1.5, float("nan"), float("inf"), True, False, "1", "", [1], {"1": 1}]


@pytest.mark.parametrize("value", [*NO_INTEGERS, "one too many"], ids=repr)
@pytest.mark.parametrize(
    ("parse", "field", "most"),
    [
        (parse_request, "MinInferenceUnits", "2,147,483,647"),
        (parse_request, "MaxInferenceUnits", "2,147,483,647"),
        (parse_request, "StartTimeoutSeconds", "86,400"),
        (parse_request, "StopTimeoutSeconds", "86,400"),
        (parse_request, "PollIntervalSeconds", "3,600"),
        (parse_request, "StopAfterSeconds", "31,622,400"),
        (parse_stop_request, "StopTimeoutSeconds", "86,400"),
        (parse_stop_request, "PollIntervalSeconds", "3,600"),
    ],
)
def test_a_number_is_whole_and_within_its_bounds(parse: Parse, field: str, most: str, value: object) -> None:
    highest = int(most.replace(",", ""))
    wrong = highest + 1 if value == "one too many" else value

    assert f"{field} must be an integer from 1 to {most}, got {json.dumps(wrong)[:70]}" in refused(
        parse, **{field: wrong}
    )
    assert parse({"ProjectVersionArn": VERSION, field: highest}, defaults=DEFAULTS, home=HOME)


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
@pytest.mark.parametrize(("parse", "field"), [(parse_request, "StopAt"), (parse_stop_request, "LeaseEndsAt")])
def test_what_is_no_moment_with_its_offset_is_refused(parse: Parse, field: str, value: object) -> None:
    example = "a moment in ISO 8601 with its offset, such as 2026-01-05T18:00:00+01:00"

    assert f"{field} must be {example}, got {json.dumps(value)}" in refused(parse, **{field: value})


@BY_EITHER
@pytest.mark.parametrize(
    "value",
    [None, True, 0, 1.5, float("nan"), 10**30, "", "null", VERSION, LONE_SURROGATE, [], [VERSION], "x" * 300_000],
    ids=lambda value: repr(value)[:20],
)
def test_an_input_that_is_no_object_is_refused_as_what_it_is(parse: Parse, value: object) -> None:
    assert "The execution input must be a JSON object" in refusal(value, parse)


@BY_EITHER
@pytest.mark.parametrize(
    "field", ["Arn", "Inferenceunits", "", " ", "né", LONE_SURROGATE, "x" * 9_999, "ProjectName" * 9_999]
)
def test_an_unknown_field_is_named_beside_those_that_there_are(parse: Parse, field: str) -> None:
    said = refused(parse, **{field: 1})

    assert json.dumps(field)[:70] in said
    assert "is unknown, known fields are ProjectVersionArn, ProjectArn, ProjectName, ModelVersion, " in said


@BY_EITHER
@pytest.mark.parametrize(
    ("field", "meant"),
    [
        ("projectversionarn", "ProjectVersionArn"),
        ("PollIntervalSecond", "PollIntervalSeconds"),
        ("StopTimoutSeconds", "StopTimeoutSeconds"),
    ],
)
def test_a_field_that_is_written_wrong_is_told_which_is_meant(parse: Parse, field: str, meant: str) -> None:
    assert f'"{field}" is unknown (did you mean {meant}?)' in refused(parse, **{field: 1})


@pytest.mark.parametrize(
    ("parse", "field", "beside"),
    [
        *((parse_request, field, OF_A_START) for field in OF_A_STOP),
        *((parse_stop_request, field, ["Reason", "LatestStart", "LeaseEndsAt"]) for field in OF_A_START),
    ],
)
def test_what_only_the_other_machine_takes_is_unknown(parse: Parse, field: str, beside: list[str]) -> None:
    said = refused(parse, **{field: "2026-01-05T18:00:00Z"})

    assert f'"{field}" is unknown, known fields are ' in said
    assert all(name in said for name in beside)


@BY_EITHER
def test_every_violation_is_named_at_once(parse: Parse) -> None:
    wrong = {"ProjectVersionArn": 5, "StopTimeoutSeconds": "60", "PollIntervalSeconds": 0, "Color": "red"}
    wrong |= {"MinInferenceUnits": True, "StartTimeoutSeconds": "60", "Reason": "", "StopAt": "noon"}

    said = refusal(wrong, parse)

    assert all(field in said for field in wrong)


@BY_EITHER
def test_a_cause_too_long_for_the_console_is_cut_and_says_so(parse: Parse) -> None:
    said = refusal({f"Field{number}": "x" * 1_000 for number in range(250)}, parse)

    assert len(said) == 1_000
    assert said.endswith("...")


@BY_EITHER
def test_an_input_nested_as_deep_as_can_be_is_refused_like_any_other(parse: Parse) -> None:
    assert "The execution input must be " in refusal(NESTED_10_000_TIMES, parse)
    assert "ProjectVersionArn must be " in refusal({"ProjectVersionArn": NESTED_10_000_TIMES}, parse)


TEXTS = st.text(st.characters(codec=None, categories=None), max_size=30)
NUMBERS = st.integers() | st.integers(10**29, 10**31) | st.floats()
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=8,
)
FIELDS = st.sampled_from([*OF_BOTH, *OF_A_START, *OF_A_STOP, "ExecutionArn", "Input"])
VALUES = st.sampled_from([VERSION, PROJECT, "boards", "1", "latest", "token", "2026-01-05T18:00:00Z", EXECUTION])
NUMBERED = VALUES | st.integers(-1, 90_000)
NEARLY = st.recursive(
    NUMBERED | JSON, lambda inner: st.dictionaries(FIELDS | TEXTS, inner | NUMBERED, max_size=8), max_leaves=12
)


@BY_EITHER
@given(execution_input=NEARLY)
def test_any_json_at_all_either_makes_a_request_or_is_refused_in_words(parse: Parse, execution_input: Any) -> None:
    try:
        parsed = parse(execution_input, defaults=DEFAULTS, home=HOME)
    except InvalidRequestError:
        assert refusal(execution_input, parse)
    else:
        assert parse(parsed.to_json(), defaults=DEFAULTS, home=HOME) == parsed


PARENT = "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID"


@BY_EITHER
def test_fields_that_aws_reserves_are_none_of_ours_and_name_the_parent(parse: Parse) -> None:
    parent = "arn:aws:states:us-east-1:123456789012:execution:nightly:1"
    asked = {"ProjectVersionArn": VERSION, PARENT: parent, "AWS_STEP_FUNCTIONS_OF_TOMORROW": {"x": 1}}

    read = parse(asked, defaults=DEFAULTS, home=HOME)

    assert read.parent == parent
    assert parse(read.to_json(), defaults=DEFAULTS, home=HOME) == read
    assert parse({**asked, PARENT: f"{parent}\nStop it: now"}, defaults=DEFAULTS, home=HOME).parent is None


def test_a_failed_start_may_be_a_nested_one() -> None:
    start = {"ProjectVersionArn": VERSION, PARENT: EXECUTION}
    failed = {"FailedStart": {"ExecutionArn": EXECUTION, "Input": start}, PARENT: EXECUTION}

    assert parse_stop_request(failed, defaults=DEFAULTS, home=HOME).asked_by == EXECUTION
