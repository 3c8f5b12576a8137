"""How model versions of Rekognition Custom Labels are named, by the service's own patterns."""

import re

import pytest
from botocore.model import ServiceModel
from hypothesis import given, settings
from hypothesis import strategies as st

from model_lifecycle.requests.start_request import parse_request
from model_lifecycle.vocabulary.errors import InvalidRequestError
from model_lifecycle.vocabulary.home import Home
from tests.fakes.given import DEFAULTS, HOME, PROJECT, VERSION
from tests.fakes.refusals import BY_EITHER, Parse, refusal, refused
from tests.fakes.service_endpoint import service_model

SERVICE: ServiceModel = service_model("rekognition")
NO_ARNS = {
    "empty": "",
    "of another thing": "arn:aws:s3:::bucket",
    "of the project": PROJECT,
    "with more behind it": f"{VERSION}/1",
    "with a line's end": f"{VERSION}\n",
    "with a space before it": f" {VERSION}",
    "with digits of another script": VERSION.replace("123456789012", "\uff11" * 12),
    "with a letter of another script": VERSION.replace("parts", "p\u0430rts"),
    "with half a character": VERSION.replace("parts", "\ud800"),
    "with an account too short": VERSION.replace("123456789012", "12345678901"),
    "with a name too long": VERSION.replace("project/parts/", f"project/{'p' * 256}/"),
    "too long": VERSION + "0" * 2_048,
    "a number": 5,
    "true": True,
    "a list": [VERSION],
    "an object": {"Arn": VERSION},
}


@BY_EITHER
@pytest.mark.parametrize("value", NO_ARNS.values(), ids=NO_ARNS.keys())
def test_what_is_no_version_s_arn_is_refused_and_told_what_one_looks_like(parse: Parse, value: object) -> None:
    said = refusal({"ProjectVersionArn": value}, parse)

    assert "ProjectVersionArn must be a model version's ARN, arn:aws:rekognition:REGION:ACCOUNT:project/NAME/" in said


@BY_EITHER
@pytest.mark.parametrize("value", [VERSION, "", 5, PROJECT + "\n"], ids=repr)
def test_what_is_no_project_s_arn_is_refused(parse: Parse, value: object) -> None:
    assert "ProjectArn must be " in refused(parse, ProjectArn=value)


@BY_EITHER
@pytest.mark.parametrize(
    "other",
    [
        PROJECT.replace("project/parts/", "project/boards/"),
        PROJECT.replace("us-east-1", "eu-west-1"),
        PROJECT.replace("123456789012", "210987654321"),
    ],
)
def test_a_project_that_the_version_does_not_belong_to_is_refused(parse: Parse, other: str) -> None:
    said = refused(parse, ProjectArn=other)

    assert f"ProjectArn must be the ARN of the project that ProjectVersionArn belongs to, got {other}" in said


@BY_EITHER
@pytest.mark.parametrize(
    ("written", "instead", "named"),
    [
        ("us-east-1", "eu-west-1", "Region eu-west-1"),
        ("123456789012", "210987654321", "account 210987654321"),
        ("arn:aws:", "arn:aws-cn:", "partition aws-cn"),
        ("arn:aws:", "arn:aws-us-gov:", "partition aws-us-gov"),
    ],
)
def test_a_model_is_acted_on_where_the_function_can_and_else_refused_with_the_reason(
    parse: Parse, written: str, instead: str, named: str
) -> None:
    elsewhere = {"ProjectVersionArn": VERSION.replace(written, instead)}

    said = refusal(elsewhere, parse)
    assert named in said
    assert f"ProjectVersionArn must be of {HOME}, where the app runs" in said
    for home in (None, Home.of(elsewhere["ProjectVersionArn"])):
        assert dict(parse(elsewhere, defaults=DEFAULTS, home=home).identity) == elsewhere


class TestTheServicesOwnPatterns:
    """What botocore says of a field holds here, no more and no less."""

    @staticmethod
    def theirs(shape_name: str, value: str) -> bool:
        """Whether the service's model allows the value."""
        rules = SERVICE.shape_for(shape_name).metadata
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
            return f"{field} must be a " not in str(error)
        return True

    @settings(max_examples=20)
    @given(
        st.from_regex(re.compile(SERVICE.shape_for("ProjectVersionArn").metadata["pattern"], re.ASCII), fullmatch=True)
    )
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
    @pytest.mark.parametrize(("field", "arn"), [("ProjectVersionArn", VERSION), ("ProjectArn", PROJECT)])
    def test_an_arn_is_as_long_as_the_service_allows(self, field: str, arn: str, digits: int) -> None:
        value = f"{arn.rsplit('/', 1)[0]}/{'1' * digits}"

        assert self.ours(field, value) == self.theirs(field, value)

    @pytest.mark.parametrize(
        "arn", [PROJECT, VERSION, PROJECT + "\n", PROJECT + "/", PROJECT.upper(), PROJECT.replace("parts", "p.a_r-t")]
    )
    def test_a_project_s_arn_is_allowed_exactly_where_the_service_allows_it(self, arn: str) -> None:
        assert self.ours("ProjectArn", arn) == self.theirs("ProjectArn", arn)

    def test_units_are_bounded_as_the_service_bounds_them(self) -> None:
        assert SERVICE.shape_for("InferenceUnits").metadata == {"min": 1}
        assert SERVICE.shape_for("InferenceUnits").type_name == "integer"
