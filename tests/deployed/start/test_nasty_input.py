"""Malicious and absurd inputs: refused in readable words, announced once, and nothing is started."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.network.faults import calls
from model_lifecycle.endings.message import MAX_SUBJECT_CHARACTERS
from model_lifecycle.requests.model_request import Defaults
from model_lifecycle.requests.start_request import parse_request
from model_lifecycle.vocabulary.errors import MAX_CAUSE_CHARACTERS
from model_lifecycle.vocabulary.home import Home
from tests.deployed.lifecycle import ACCOUNT, Execution, Lifecycle
from tests.deployed.services import LOOKOUT_VISION, REKOGNITION

MOST_BYTES = 262_144
"""Of an execution's input, and of what passes between two states."""

ARN = REKOGNITION.model["ProjectVersionArn"]


def text(**fields: Any) -> str:
    """Return an input that names a model and has these fields on top."""
    return json.dumps({**REKOGNITION.model, **fields})


def raw(field: str, value: str) -> str:
    """Return the same with a value that is written as it stands here."""
    return f'{{"ProjectVersionArn": "{ARN}", "{field}": {value}}}'


def nested(levels: int, *, opens: str = "[", closes: str = "]") -> str:
    """Return a value so many levels deep."""
    return opens * levels + "0" + closes * levels


NO_OBJECTS = {
    "null": ("null", "got null"),
    "true": ("true", "got true"),
    "a number": ("42", "got 42"),
    "a huge number": ("1" + "0" * 30, "got 1000000000000000000000000000000"),
    "negative zero": ("-0.0", "got -0.0"),
    "an empty string": ('""', 'got ""'),
    "an ARN": (json.dumps(ARN), "got "),
    "an empty array": ("[]", "got []"),
    "an array of inputs": (f"[{text()}]", "got [{"),
    "an array hundreds of levels deep": (nested(300), "got [[[["),
    "a long string": (json.dumps("x" * 200_000), 'got "xxx'),
}
NUMBERS = {
    "a string": ('"2"', 'got "2"'),
    "a fraction": ("1.5", "got 1.5"),
    "a whole number with a point": ("1.0", "got 1.0"),
    "a whole number with an exponent": ("1e1", "got 10.0"),
    "zero": ("0", "got 0"),
    "negative zero": ("-0", "got 0"),
    "negative zero with a point": ("-0.0", "got -0.0"),
    "10^30": ("1" + "0" * 30, "got 1000000000000000000000000000000"),
    "true": ("true", "got true"),
    "an array": ("[1]", "got [1]"),
    "an object": ('{"1": 1}', 'got {"1": 1}'),
    "an array hundreds of levels deep": (nested(300), "got [[[["),
}
NAMES = {
    "astral": ("parts\U0001f600", "\\ud83d\\ude00"),
    "combining": ("parts\u0301", "\\u0301"),
    "right to left": ("\u202eparts\u05d0", "\\u202e"),
    "NUL": ("parts\0", "\\u0000"),
    "half a character": ("parts\ud800", "\\ud800"),
    "the other half": ("parts\udc00", "\\udc00"),
    "halves the wrong way round": ("parts\udc00\ud800", "\\udc00\\ud800"),
    "a line's end": ("parts\n", "\\n"),
    "a letter that looks like another": ("p\u0430rts", "\\u0430"),
    "no-break space": ("parts\u00a0", "\\u00a0"),
}
FIELDS = {
    "another case": ({"projectVersionArn": ARN}, '"projectVersionArn" is unknown'),
    "no case": ({**REKOGNITION.model, "mininferenceunits": 2}, '"mininferenceunits" is unknown'),
    "a space before it": ({**REKOGNITION.model, " MinInferenceUnits": 2}, "with SPACE as character 1 of 18"),
    "no name": ({**REKOGNITION.model, "": 1}, '"" is unknown'),
    "an emoji": ({**REKOGNITION.model, "\U0001f600": 1}, '"\\ud83d\\ude00" is unknown'),
    "half a character": ({**REKOGNITION.model, "\ud800": 1}, '"\\ud800" is unknown'),
    "a path": ({**REKOGNITION.model, "Parts.$": "$$.Execution.Id"}, '"Parts.$" is unknown'),
    "prototypes": ({**REKOGNITION.model, "__proto__": {}, "constructor": {}}, '"__proto__" is unknown'),
    "thousands": (
        {**REKOGNITION.model, **{f"Field{number}": number for number in range(8_000)}},
        '"Field0" is unknown',
    ),
    "one hundreds of levels deep": (json.loads(raw("Deep", nested(300, opens='{"a":', closes="}"))), '"Deep" is unkn'),
    "what a state seeds": ({"Input": REKOGNITION.model, "Progress": {"Phase": "RUNNING"}}, "no model is named"),
}


def nothing_was_asked() -> bool:
    """Nobody called either service, but to see how a model is that the input names."""
    both = (REKOGNITION, LOOKOUT_VISION)
    return not any(calls(operation) for service in both for operation in (service.start, service.stop))


def assert_refused(lifecycle: Lifecycle, execution: Execution, *words: str) -> None:
    """Assert that it failed for that reason, nothing was asked for, and one readable message says so."""
    assert (execution.status, execution.error) == ("FAILED", "InvalidRequestError"), execution.cause
    cause = execution.cause
    assert all(each in cause for each in words), cause
    assert len(cause) <= MAX_CAUSE_CHARACTERS
    assert cause.isascii()
    assert cause.isprintable()
    message = lifecycle.only_message(execution)
    assert message.subject.isascii()
    assert len(message.subject) <= MAX_SUBJECT_CHARACTERS
    assert (message.document["Error"], message.document["Cause"]) == (execution.error, execution.cause)
    assert message.document["Summary"]
    assert message.attributes["Outcome"] == "Failed"
    assert message.document["MayBill"] is False
    assert nothing_was_asked()


@pytest.fixture
def models(lifecycle: Lifecycle) -> Lifecycle:
    """One stopped model of each service, which nothing here starts."""
    lifecycle.given(REKOGNITION.script(), LOOKOUT_VISION.script())
    return lifecycle


@pytest.mark.parametrize(("written", "words"), NO_OBJECTS.values(), ids=NO_OBJECTS.keys())
def test_an_input_that_is_no_object_is_refused(models: Lifecycle, written: str, words: str) -> None:
    assert_refused(models, models.run(written), "The execution input must be a JSON object", words)


@pytest.mark.parametrize(("written", "words"), NUMBERS.values(), ids=NUMBERS.keys())
def test_a_number_that_is_no_count_is_refused(models: Lifecycle, written: str, words: str) -> None:
    execution = models.run(raw("MinInferenceUnits", written))

    assert_refused(models, execution, "MinInferenceUnits must be an integer from 1", words)


@pytest.mark.parametrize(("name", "words"), NAMES.values(), ids=NAMES.keys())
def test_a_name_in_other_letters_is_refused(models: Lifecycle, name: str, words: str) -> None:
    version = ARN.replace("parts", name, 1)
    assert_refused(models, models.run({"ProjectVersionArn": version}), "ProjectVersionArn must be ", words)

    assert_refused(models, models.run({"ProjectName": name, "ModelVersion": "1"}), "ProjectName must be ", words)


@pytest.mark.parametrize(("execution_input", "words"), FIELDS.values(), ids=FIELDS.keys())
def test_a_field_that_there_is_not_is_named(models: Lifecycle, execution_input: Any, words: str) -> None:
    assert_refused(models, models.run(execution_input), words)


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ("us-east-1", "eu-west-1"),
        (ACCOUNT, "210987654321"),
        ("arn:aws:", "arn:aws-cn:"),
        ("arn:aws:rekognition:us-east-1", "arn:aws-us-gov:rekognition:us-gov-west-1"),
    ],
)
def test_a_model_where_the_function_cannot_act_is_refused_with_the_reason(
    models: Lifecycle, written: str, instead: str
) -> None:
    execution = models.run({"ProjectVersionArn": ARN.replace(written, instead)})

    assert_refused(models, execution, "ProjectVersionArn must be of account ", ", where the app runs")


@pytest.mark.parametrize(("partition", "region"), [("aws-cn", "cn-north-1"), ("aws-us-gov", "us-gov-west-1")])
def test_a_deployment_in_another_partition_would_act_there(partition: str, region: str) -> None:
    arn = ARN.replace("arn:aws:rekognition:us-east-1", f"arn:{partition}:rekognition:{region}")

    request = parse_request(
        {"ProjectVersionArn": arn},
        defaults=Defaults(start_timeout_seconds=60, stop_timeout_seconds=60),
        home=Home(partition, region, ACCOUNT),
    )

    assert request.identity["ProjectVersionArn"] == arn


def test_of_a_name_that_stands_twice_the_last_value_counts(models: Lifecycle) -> None:
    twice = f'{{"ProjectVersionArn": "{ARN}", "ProjectVersionArn": "parts"}}'

    assert_refused(models, models.run(twice), 'NUMBER, got "parts"')


@pytest.mark.parametrize(
    "written",
    [
        "{",
        "NaN",
        raw("MinInferenceUnits", "NaN"),
        raw("MinInferenceUnits", "Infinity"),
        nested(100_000),
        "{'a': 1}",
    ],
    ids=["half an object", "NaN", "NaN in a field", "Infinity", "100,000 levels", "other quotes"],
)
def test_what_is_no_json_starts_no_execution(models: Lifecycle, written: str) -> None:

    with pytest.raises(ClientError, match="InvalidExecutionInput"):
        models.start(written)

    assert models.executions() == []


def of_bytes(size: int, letter: str = "x") -> str:
    """Return an input of so many bytes, almost all of them in one unknown field."""
    rest = size - len(text(Note="").encode())
    return text(Note="").replace(
        '""', f'"{letter * (rest // len(letter.encode()))}{"x" * (rest % len(letter.encode()))}"'
    )


@pytest.mark.parametrize("letter", ["x", "\u20ac", "\U0001f600"], ids=["ASCII", "three bytes", "four bytes"])
def test_a_large_input_that_can_be_nested_is_refused_like_any_other(models: Lifecycle, letter: str) -> None:
    assert_refused(models, models.run(of_bytes(MOST_BYTES - 4_000, letter)), '"Note" is unknown')


@pytest.mark.parametrize("fewer", [1_500, 1_000, 600, 400, 250, 200, 1, 0])
def test_an_input_about_as_large_as_can_be_is_told_whatever_state_it_ends_in(models: Lifecycle, fewer: int) -> None:
    execution = models.run(of_bytes(MOST_BYTES - fewer))

    assert (execution.status, nothing_was_asked()) == ("FAILED", True)
    told_by_state = "Notify failure" in execution.states
    assert execution.error == ("InvalidRequestError" if told_by_state else "States.DataLimitExceeded")
    assert models.only_message(execution).document["Error"] == execution.error


NULLS = {f"{'n' * 1_000}{number}": None for number in range(258)}
"""Fields that count as absent: with them a valid input is about as large as any."""


def test_a_valid_input_goes_through_whatever_its_size_and_so_does_its_stop(models: Lifecycle) -> None:
    start = models.run({**REKOGNITION.model, **NULLS})

    assert start.status == "SUCCEEDED"
    document = models.only_message(start).document
    assert (document["Outcome"], document["Request"]) == ("Running", (start.output or {})["Request"])
    stop = models.run_stop({**REKOGNITION.model, **NULLS, "Reason": "It is evening."})
    assert stop.status == "SUCCEEDED"
    document = models.only_message(stop).document
    assert (document["Outcome"], document["Reason"]) == ("Stopped", "It is evening.")


@pytest.mark.parametrize("trouble", ["overdue", "the function dies"])
def test_a_valid_input_of_any_size_is_cleaned_up_after(lifecycle: Lifecycle, trouble: str) -> None:
    dies = [{"Operation": REKOGNITION.describe, "Effect": "KillBefore", "Caller": "CheckModel", "Times": 3}]
    lifecycle.given(REKOGNITION.script(StartSeconds=400), faults=dies if trouble == "the function dies" else ())

    start = lifecycle.run({**REKOGNITION.model, **NULLS, "StartTimeoutSeconds": 100})

    clean_up = lifecycle.only_message(start).document["CleanUp"]
    assert (start.status, list(clean_up)) == ("FAILED", ["ExecutionArn"])
    assert lifecycle.only_message(lifecycle.end_of(clean_up["ExecutionArn"])).document["Outcome"] == "Stopped"


@pytest.mark.parametrize("machine", ["start-model", "stop-model"])
def test_an_input_of_200_kb_that_is_refused_is_told_as_refused(models: Lifecycle, machine: str) -> None:
    run = models.run if machine == "start-model" else models.run_stop

    assert_refused(models, run(of_bytes(200_000)), '"Note" is unknown')
    assert_refused(models, run({"FailedStart": json.loads(of_bytes(200_000))}), "FailedStart")


@pytest.mark.parametrize(
    "written",
    ["1e400", raw("MinInferenceUnits", "1e400"), raw("MinInferenceUnits", "-1e400"), nested(900)],
    ids=["1e400", "1e400 in a field", "-1e400 in a field", "900 levels"],
)
def test_what_a_function_cannot_even_be_given_is_told_all_the_same(models: Lifecycle, written: str) -> None:
    """Numbers that have no finite value, and nesting that is too deep to be handed on: nobody documents the bounds."""
    execution = models.run(written)

    assert (execution.status, nothing_was_asked()) == ("FAILED", True)
    assert execution.error in ("InvalidRequestError", "FunctionFailedError", "States.Runtime")
    document = models.only_message(execution).document
    assert (document["Outcome"], document["Error"]) == ("Failed", execution.error)


def test_an_input_that_is_too_large_starts_no_execution(models: Lifecycle) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        models.start(of_bytes(MOST_BYTES + 1))


THROUGH_EVENTS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "another model beside it": {**REKOGNITION.model, **LOOKOUT_VISION.model},
    "a number as a string": {**REKOGNITION.model, "MinInferenceUnits": "2"},
    "10^30": {**REKOGNITION.model, "MaxInferenceUnits": 10**30},
    "more units than the settings allow": {**REKOGNITION.model, "MinInferenceUnits": 6},
    "1.0": {**REKOGNITION.model, "MinInferenceUnits": 1.0},
    "negative zero": {**REKOGNITION.model, "StartTimeoutSeconds": -0.0},
    "hundreds of levels": {**REKOGNITION.model, "MinInferenceUnits": json.loads(nested(300))},
    "thousands of fields": {**REKOGNITION.model, **{f"Field{number}": number for number in range(8_000)}},
    "much text": {**REKOGNITION.model, "Note": "\u20ac" * 40_000},
    "an ARN with a line's end": {"ProjectVersionArn": f"{ARN}\n"},
    "an ARN of another account": {"ProjectVersionArn": ARN.replace(ACCOUNT, "210987654321")},
    "a placeholder of a template": {"ProjectVersionArn": "<aws.events.event.json>"},
    **{f"a name, {how}": {"ProjectName": name, "ModelVersion": "1"} for how, (name, _) in NAMES.items()},
}


@pytest.mark.parametrize("detail", THROUGH_EVENTS.values(), ids=THROUGH_EVENTS.keys())
def test_an_event_whose_detail_is_no_valid_input_is_refused_like_any_other(
    models: Lifecycle, detail: dict[str, Any]
) -> None:

    models.send(detail)
    models.pass_time(1)

    [arn] = models.executions()
    assert_refused(models, models.end_of(arn), "The execution input is not valid: ")
