"""What an execution's input may be, and what is said of one that it may not."""

import json
import re
from typing import Any

import pytest
from botocore.model import ServiceModel
from hypothesis import given, settings
from hypothesis import strategies as st

from model_lifecycle.requests.start_request import Request, parse_request
from model_lifecycle.vocabulary.errors import InvalidRequestError
from model_lifecycle.vocabulary.home import Home
from tests.fakes.given import DEFAULTS, HOME, PROJECT, VERSION, request
from tests.fakes.service_endpoint import service_model

REKOGNITION: ServiceModel = service_model("rekognition")
ARN_SHAPE = REKOGNITION.shape_for("ProjectVersionArn")
LONE_SURROGATE = "\ud800"
NESTED_10_000_TIMES: Any = []
for _ in range(10_000):
    NESTED_10_000_TIMES = [NESTED_10_000_TIMES]


def refusal(execution_input: object, home: Home | None = HOME) -> str:
    """What is said of an input that is not valid."""
    with pytest.raises(InvalidRequestError) as caught:
        parse_request(execution_input, defaults=DEFAULTS, home=home)
    said = caught.value.cause
    assert len(said) <= 1_000
    assert said.isascii()
    assert "\n" not in said
    return said


def refused(**fields: Any) -> str:
    """What is said of an input that names a model version and has these fields on top."""
    return refusal({"ProjectVersionArn": VERSION, **fields})


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

    def test_names_project_and_version(self) -> None:
        assert (request().project, request().version) == ("parts", "parts.2026-01-05")

    @pytest.mark.parametrize("field", ["ProjectArn", "MinInferenceUnits", "MaxInferenceUnits", "StopAt", "Nonsense"])
    def test_may_have_null_for_what_it_leaves_out(self, field: str) -> None:
        assert request(**{field: None}) == request()

    @pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
    def test_may_be_of_any_partition_in_which_the_function_acts(self, partition: str) -> None:
        arn = VERSION.replace("arn:aws:", f"arn:{partition}:")

        parsed = parse_request(
            {"ProjectVersionArn": arn}, defaults=DEFAULTS, home=Home(partition, "us-east-1", "123456789012")
        )

        assert parsed.identity["ProjectVersionArn"] == arn

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


NO_UNITS = [0, -1, 2**31, 10**30, 1.0, 1.5, float("nan"), float("inf"), True, False, "1", "", [1], {"1": 1}]


@pytest.mark.parametrize("value", NO_UNITS, ids=repr)
@pytest.mark.parametrize("field", ["MinInferenceUnits", "MaxInferenceUnits"])
def test_units_are_whole_numbers_and_nothing_that_looks_like_one(field: str, value: object) -> None:
    assert f"{field} is {json.dumps(value)[:70]}" in refused(**{field: value})
    assert "allowed is an integer from 1 to 2,147,483,647" in refused(**{field: value})


@pytest.mark.parametrize("value", [0, -5, 86_401, 60.0, "60", True], ids=repr)
@pytest.mark.parametrize("field", ["StartTimeoutSeconds", "StopTimeoutSeconds"])
def test_a_time_out_is_at_most_a_day(field: str, value: object) -> None:
    said = refused(**{field: value})

    assert f"{field} is {json.dumps(value)}; allowed is an integer from 1 to 86,400" in said


@pytest.mark.parametrize("value", [0, 3_601, 0.5, "10", True], ids=repr)
def test_a_poll_interval_is_at_most_an_hour(value: object) -> None:
    said = refused(PollIntervalSeconds=value)

    assert f"PollIntervalSeconds is {json.dumps(value)}; allowed is an integer from 1 to 3,600" in said


@pytest.mark.parametrize(("low", "high"), [(2, 1), (None, 0), (5, 4)])
def test_the_most_units_are_no_fewer_than_the_fewest(low: int | None, high: int) -> None:
    assert "MaxInferenceUnits" in refused(MinInferenceUnits=low, MaxInferenceUnits=high)


NO_ARNS = {
    "empty": "",
    "of another thing": "arn:aws:s3:::bucket",
    "of the project": PROJECT,
    "with more behind it": f"{VERSION}/1",
    "with a line's end": f"{VERSION}\n",
    "with a space before it": f" {VERSION}",
    "with digits of another script": VERSION.replace("123456789012", "\uff11" * 12),
    "with a letter of another script": VERSION.replace("parts", "p\u0430rts"),
    "with half a character": VERSION.replace("parts", LONE_SURROGATE),
    "with an account too short": VERSION.replace("123456789012", "12345678901"),
    "with a name too long": VERSION.replace("project/parts/", f"project/{'p' * 256}/"),
    "too long": VERSION + "0" * 2_048,
    "a number": 5,
    "true": True,
    "a list": [VERSION],
    "an object": {"Arn": VERSION},
}


@pytest.mark.parametrize("value", NO_ARNS.values(), ids=NO_ARNS.keys())
def test_what_is_no_version_s_arn_is_refused_and_told_what_one_looks_like(value: object) -> None:
    said = refusal({"ProjectVersionArn": value})

    assert "ProjectVersionArn is " in said
    assert "allowed is a model version's ARN, arn:aws:rekognition:REGION:ACCOUNT:project/NAME/version/" in said


@pytest.mark.parametrize("value", [VERSION, "", 5, PROJECT + "\n"], ids=repr)
def test_what_is_no_project_s_arn_is_refused(value: object) -> None:
    assert "ProjectArn is " in refused(ProjectArn=value)


@pytest.mark.parametrize(
    "other",
    [
        PROJECT.replace("project/parts/", "project/boards/"),
        PROJECT.replace("us-east-1", "eu-west-1"),
        PROJECT.replace("123456789012", "210987654321"),
    ],
)
def test_a_project_that_the_version_does_not_belong_to_is_refused(other: str) -> None:
    said = refused(ProjectArn=other)

    assert f"ProjectArn is {other}; allowed is the ARN of the project that ProjectVersionArn belongs to" in said


@pytest.mark.parametrize(
    ("written", "instead", "named"),
    [
        ("us-east-1", "eu-west-1", "Region eu-west-1"),
        ("123456789012", "210987654321", "account 210987654321"),
        ("arn:aws:", "arn:aws-cn:", "partition aws-cn"),
    ],
)
def test_a_model_where_the_function_cannot_act_is_refused_with_the_reason(
    written: str, instead: str, named: str
) -> None:
    elsewhere = VERSION.replace(written, instead)

    said = refusal({"ProjectVersionArn": elsewhere})
    assert named in said
    assert f"allowed is {HOME}, where this function acts" in said
    assert parse_request({"ProjectVersionArn": elsewhere}, defaults=DEFAULTS, home=None)


@pytest.mark.parametrize(
    "value",
    [None, True, 0, 1.5, float("nan"), 10**30, "", "null", VERSION, LONE_SURROGATE, [], [VERSION], "x" * 300_000],
    ids=lambda value: repr(value)[:20],
)
def test_an_input_that_is_no_object_is_refused_as_what_it_is(value: object) -> None:
    assert "The execution input is " in refusal(value)
    assert "allowed is a JSON object" in refusal(value)


@pytest.mark.parametrize("value", [{}, {"ProjectVersionArn": None}, {"MinInferenceUnits": 1}])
def test_an_input_that_names_no_model_is_told_how_to_name_one(value: object) -> None:
    assert "no model is named; allowed is ProjectVersionArn" in refusal(value)


def test_a_project_alone_names_no_version() -> None:
    assert "ProjectVersionArn is missing" in refusal({"ProjectArn": PROJECT})


@pytest.mark.parametrize("value", [0, -1, 31_622_401, 60.0, "60", True], ids=repr)
def test_a_lease_is_at_most_a_leap_year_long(value: object) -> None:
    said = refused(StopAfterSeconds=value)

    assert f"StopAfterSeconds is {json.dumps(value)}; allowed is an integer from 1 to 31,622,400" in said


@pytest.mark.parametrize(
    "field", ["projectversionarn", "MinInferenceunits", "", " ", "né", LONE_SURROGATE, "x" * 9_999]
)
def test_an_unknown_field_is_named_beside_those_that_there_are(field: str) -> None:
    said = refused(**{field: 1})

    assert f"{json.dumps(field)[:70]}" in said
    assert "is unknown; allowed are ProjectVersionArn, ProjectArn" in said


def test_every_violation_is_named_at_once() -> None:
    said = refusal(
        {
            "ProjectVersionArn": 5,
            "MinInferenceUnits": True,
            "StartTimeoutSeconds": "60",
            "PollIntervalSeconds": 0,
            "Color": "red",
            "StopAt": "noon",
        }
    )

    for field in (
        "ProjectVersionArn",
        "MinInferenceUnits",
        "StartTimeoutSeconds",
        "PollIntervalSeconds",
        "Color",
        "StopAt",
    ):
        assert field in said


def test_a_cause_too_long_for_the_console_is_cut_and_says_so() -> None:
    said = refusal({f"Field{number}": "x" * 1_000 for number in range(250)})

    assert len(said) == 1_000
    assert said.endswith("...")


def test_an_input_nested_as_deep_as_can_be_is_refused_like_any_other() -> None:
    assert "The execution input is " in refusal(NESTED_10_000_TIMES)
    assert "ProjectVersionArn is " in refusal({"ProjectVersionArn": NESTED_10_000_TIMES})


TEXTS = st.text(st.characters(codec=None, categories=None), max_size=30)
NUMBERS = st.integers() | st.integers(10**29, 10**31) | st.floats()
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    [
        "ProjectVersionArn",
        "ProjectArn",
        "ProjectName",
        "ModelVersion",
        "ClientToken",
        "MinInferenceUnits",
        "MaxInferenceUnits",
        "StartTimeoutSeconds",
        "StopTimeoutSeconds",
        "PollIntervalSeconds",
        "StopAfterSeconds",
        "StopAt",
    ]
)
NEARLY = st.dictionaries(
    FIELDS | TEXTS,
    JSON | st.sampled_from([VERSION, PROJECT, "boards", "1", "latest", "token"]) | st.integers(-1, 90_000),
    max_size=8,
)


@given(JSON | NEARLY)
def test_any_json_at_all_either_makes_a_request_or_is_refused_in_words(execution_input: Any) -> None:
    try:
        parsed = parse_request(execution_input, defaults=DEFAULTS, home=HOME)
    except InvalidRequestError:
        assert refusal(execution_input)
    else:
        assert parse_request(parsed.to_json(), defaults=DEFAULTS, home=HOME) == parsed


class TestTheServicesOwnPatterns:
    """What botocore says of a field holds here, no more and no less."""

    @staticmethod
    def theirs(shape_name: str, value: str) -> bool:
        """Whether the service's model allows the value."""
        rules = REKOGNITION.shape_for(shape_name).metadata
        within = rules["min"] <= len(value) <= rules["max"]
        # Their patterns are Java's, where $ is the very end and \d is ASCII.
        return within and re.fullmatch(rules["pattern"], value, re.ASCII) is not None

    @staticmethod
    def ours(field: str, value: str) -> bool:
        """Whether the field alone is accepted here."""
        others = {} if field == "ProjectVersionArn" else {"ProjectVersionArn": VERSION}
        try:
            parse_request({**others, field: value}, defaults=DEFAULTS, home=None)
        except InvalidRequestError as error:
            return f"{field} is {json.dumps(value)[:70]}" not in str(error)
        return True

    @settings(max_examples=20)
    @given(st.from_regex(re.compile(ARN_SHAPE.metadata["pattern"], re.ASCII), fullmatch=True))
    def test_every_version_s_arn_that_the_service_allows_is_allowed(self, arn: str) -> None:
        assert self.ours("ProjectVersionArn", arn) == self.theirs("ProjectVersionArn", arn)

    @given(
        st.lists(
            st.sampled_from([*"aZ9_.-/:$\n é", "arn:aws:rekognition:", "us-east-1:", "123456789012:", "project/"])
            | st.sampled_from(["parts", "/version/", "p" * 255, "1" * 1_990]),
            max_size=12,
        ).map("".join)
        | st.builds(
            lambda start, end, with_: VERSION[:start] + with_ + VERSION[end:],
            st.integers(0, 110),
            st.integers(0, 110),
            st.sampled_from(["", "/", "\n", "x", "0", "é", ":", "p" * 300]),
        )
    )
    def test_an_arn_is_allowed_exactly_where_the_service_allows_it(self, arn: str) -> None:
        assert self.ours("ProjectVersionArn", arn) == self.theirs("ProjectVersionArn", arn)

    @pytest.mark.parametrize("digits", [0, 1, 13, 1_968, 1_969, 1_970, 1_971, 2_100])
    def test_an_arn_is_as_long_as_the_service_allows(self, digits: int) -> None:
        for field, arn in [("ProjectVersionArn", VERSION), ("ProjectArn", PROJECT)]:
            value = f"{arn.rsplit('/', 1)[0]}/{'1' * digits}"

            assert self.ours(field, value) == self.theirs(field, value)

    @pytest.mark.parametrize(
        "arn", [PROJECT, VERSION, PROJECT + "\n", PROJECT + "/", PROJECT.upper(), PROJECT.replace("parts", "p.a_r-t")]
    )
    def test_a_project_s_arn_is_allowed_exactly_where_the_service_allows_it(self, arn: str) -> None:
        assert self.ours("ProjectArn", arn) == self.theirs("ProjectArn", arn)

    def test_units_are_bounded_as_the_service_bounds_them(self) -> None:
        assert REKOGNITION.shape_for("InferenceUnits").metadata == {"min": 1}
        assert REKOGNITION.shape_for("InferenceUnits").type_name == "integer"
