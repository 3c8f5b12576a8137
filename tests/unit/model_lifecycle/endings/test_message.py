"""The messages of starts."""

import json
import shlex
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from model_lifecycle.endings.ending import Ending, StartedCleanUp
from model_lifecycle.endings.message import Message, compose, execution_link, how_to_stop
from model_lifecycle.endings.outcome import Outcome
from model_lifecycle.requests.named import project_in
from model_lifecycle.requests.start_request import parse_request
from model_lifecycle.services.lookout_vision import LOOKOUT_VISION
from model_lifecycle.services.rekognition import REKOGNITION
from model_lifecycle.steps.look import look
from model_lifecycle.vocabulary.errors import (
    AccessDeniedError,
    ModelInUseError,
    ModelNotFoundError,
    QuotaExceededError,
    ServiceUnavailableError,
)
from model_lifecycle.vocabulary.home import Home
from model_lifecycle.vocabulary.phase import Goal
from tests.fakes.fake_model import FakeModel
from tests.fakes.given import DEFAULTS, EXECUTION, HOME, STOP_EXECUTION, VERSION, after, begin, begin_stop, request
from tests.fakes.told import PRICE, UTC, told

STOP_IT = f'start stop-model with the input {{"ProjectVersionArn": "{VERSION}"}}'
STOP_COMMAND = f"aws rekognition stop-project-version --project-version-arn {VERSION} --region us-east-1"
EXECUTION_LINK = (
    f"https://us-east-1.console.aws.amazon.com/states/home?region=us-east-1#/v2/executions/details/{EXECUTION}"
)


def lines(message: Message) -> dict[str, str]:
    """Return the labelled lines of a text."""
    labelled = [line.partition(":") for line in message.text.split("\n\n", 1)[1].splitlines()]
    return {label: rest.strip() for label, _, rest in labelled}


def bare(
    outcome: Outcome, *, goal: Goal = Goal.RUNNING, price: float = PRICE, home: Home = HOME, **more: Any
) -> Message:
    """Return what is told of an ending of which nothing was seen."""
    ending = Ending(notification_id=f"{EXECUTION}#0", outcome=outcome, goal=goal, execution_arn=EXECUTION, **more)
    return compose(ending, price_per_inference_unit_hour=price, zone=UTC, home=home)


class TestAModelThatRuns:
    """The good end."""

    def test_is_told_in_a_document_for_programs(self) -> None:
        message = told(FakeModel("STOPPED", "STARTING", "RUNNING", message="All is well.", units=(1, None)))

        assert message.document == {
            "NotificationId": f"{EXECUTION}#0",
            "Outcome": "Running",
            "Summary": "Model parts/parts.2026-01-05 is running (took 30 s). Stop it when you no longer need it.",
            "Service": "Rekognition",
            "Project": "parts",
            "Version": "parts.2026-01-05",
            "ProjectVersionArn": VERSION,
            "Request": request(PollIntervalSeconds=15).to_json(),
            "Status": "RUNNING",
            "StatusMessage": "All is well.",
            "AlreadyRunning": False,
            "Joined": False,
            "Asked": True,
            "AskedAt": "2026-01-05T09:00:00.000Z",
            "RunningAt": "2026-01-05T09:00:30.000Z",
            "ElapsedSeconds": 30.0,
            "Checks": 3,
            "TransientFaults": 0,
            "DetectionLagSeconds": 15.0,
            "Parent": None,
            "InferenceUnits": {
                "Asked": {"MinInferenceUnits": 1, "MaxInferenceUnits": None},
                "InForce": {"MinInferenceUnits": 1, "MaxInferenceUnits": None},
            },
            "UnitsAsAsked": True,
            "Remedy": None,
            "Lease": {"Asked": None, "EndsAt": None, "MovedFrom": None},
            "ReadyBy": None,
            "LateSeconds": None,
            "StartTookSeconds": 30.0,
            "UsualStart": None,
            "Waited": None,
            "Error": None,
            "Cause": None,
            "CleanUp": None,
            "Budget": None,
            "MayBill": True,
            "UsdPerHour": 4.0,
            "HowToStop": STOP_COMMAND,
            "StopInput": {"ProjectVersionArn": VERSION},
            "ExecutionArn": EXECUTION,
            "ExecutionLink": EXECUTION_LINK,
        }

    def test_is_told_in_a_text_for_people(self) -> None:
        message = told(FakeModel("STOPPED", "STARTING", "RUNNING", message="All is well.", units=(1, None)))

        assert message.subject == "Running: parts parts.2026-01-05"
        assert message.text.startswith(
            "Model parts/parts.2026-01-05 is running (took 30 s).\nStop it when you no longer need it.\n\n"
        )
        assert lines(message) == {
            "Model": "parts/parts.2026-01-05 (Amazon Rekognition Custom Labels)",
            "Status": 'RUNNING: "All is well."',
            "Cost": "about 4.00 USD an hour (1 inference unit at 4.00 USD) until it is stopped",
            "Stop it": STOP_IT,
            "           or": STOP_COMMAND,
            "Execution": EXECUTION,
            "           https": EXECUTION_LINK.removeprefix("https:"),
            "Id": f"{EXECUTION}#0",
        }

    @pytest.mark.parametrize(
        ("looks", "news"),
        [
            (["RUNNING"], "was already running."),
            (
                ["STARTING", "RUNNING"],
                "is running. Its start was already under way, so this execution waited 15 s for it.",
            ),
            (["STOPPED", *["STARTING"] * 11, "RUNNING"], "is running (took 3 min)."),
        ],
        ids=["already", "joined", "after minutes"],
    )
    def test_says_how_it_came_to_run(self, looks: list[str], news: str) -> None:
        message = told(FakeModel(*looks, units=(1, None)))

        assert message.text.startswith(f"Model parts/parts.2026-01-05 {news}\n")
        assert "Took" not in lines(message)

    def test_costs_what_the_units_in_force_cost_and_says_that_they_are_others_than_asked(self) -> None:
        asked = begin(MinInferenceUnits=2)

        message = told(FakeModel("RUNNING", units=(3, 5)), asked)

        assert message.document["UsdPerHour"] == 12.0
        assert message.document["UnitsAsAsked"] is False
        assert message.document["InferenceUnits"] == {
            "Asked": {"MinInferenceUnits": 2, "MaxInferenceUnits": None},
            "InForce": {"MinInferenceUnits": 3, "MaxInferenceUnits": 5},
        }
        assert message.document["Remedy"] == (
            "To change its units, stop it and start it again. It cannot be used until it is running again."
        )
        news, to_do, *_ = message.text.splitlines()
        assert news.endswith(" It has 3 to 5 inference units instead of 2.")
        assert to_do == message.document["Remedy"]
        assert "about 12.00 USD an hour (3 inference units at 4.00 USD)" in message.text

    def test_costs_what_the_units_asked_for_cost_where_none_are_known_to_be_in_force(self) -> None:
        asked = begin(MinInferenceUnits=2)

        message = told(FakeModel("RUNNING"), asked)

        assert message.document["UsdPerHour"] == 8.0
        assert message.document["UnitsAsAsked"] is None


class TestAStartThatFailed:
    """What is said of why, of the bill, and of how to stop it."""

    def test_and_may_bill_says_so_first_and_how_to_stop_it(self) -> None:
        message = told(FakeModel("STOPPED", "STARTING", AccessDeniedError("You may not look.")))

        assert message.subject == "Start failed, may still bill: parts parts.2026-01-05"
        assert message.document["Outcome"] == "Failed"
        assert (message.document["Error"], message.document["Cause"]) == ("AccessDeniedError", "You may not look.")
        assert message.document["MayBill"] is True
        assert lines(message)["Error"] == "AccessDeniedError"
        assert lines(message)["Status"] == "STARTING"
        assert lines(message)["Cost"].startswith("perhaps about 4.00 USD an hour")
        assert lines(message)["Stop it"] == STOP_IT
        assert lines(message)["           or"] == message.document["HowToStop"] == STOP_COMMAND

    def test_and_does_not_bill_says_that(self) -> None:
        message = told(FakeModel("TRAINING_FAILED", message="No images."))

        assert message.subject == "Start failed: parts parts.2026-01-05"
        assert message.document["MayBill"] is False
        assert lines(message)["Status"] == 'TRAINING_FAILED: "No images."'
        assert lines(message)["Cost"] == "none: a model with this status is not billed"
        assert "Stop it" not in lines(message)

    def test_unseen_claims_nothing_about_a_status_that_nobody_saw(self) -> None:
        message = told(FakeModel(AccessDeniedError("You may not look.")))

        assert lines(message)["Status"] == "not known"
        assert lines(message)["Cost"].startswith("not known")

    def test_for_want_of_a_model_says_that_there_is_nothing_to_bill(self) -> None:
        message = told(FakeModel(ModelNotFoundError("There is none.")))

        assert message.document["MayBill"] is False
        assert lines(message)["Cost"] == "none: the model does not exist"

    @pytest.mark.parametrize("error", [QuotaExceededError("Two run."), ModelInUseError("It is busy.")])
    def test_because_the_service_refused_it_tells_the_service_s_words(self, error: Any) -> None:
        message = told(FakeModel("STOPPED", starts=[error]))

        assert str(error) in message.document["Summary"]
        assert str(error) in message.text
        assert message.document["MayBill"] is False

    def test_after_a_lost_answer_may_bill_whatever_the_status_says(self) -> None:
        lost = ServiceUnavailableError("no answer", perhaps_done=True)

        message = told(FakeModel("STOPPED", "STOPPED", AccessDeniedError("no"), starts=[lost]))

        assert message.document["MayBill"] is True
        assert "may still bill" in message.subject

    def test_in_time_is_told_apart_from_one_that_failed(self) -> None:
        message = told(FakeModel("STARTING"))

        assert message.subject == "Start timed out, may still bill: parts parts.2026-01-05"
        assert message.document["Outcome"] == "TimedOut"
        assert message.document["Error"] == "StartTimedOutError"
        assert message.attributes["Outcome"] == "TimedOut"


class TestAnEndingOfWhichNothingIsKnown:
    """What is told where no state could tell."""

    def test_of_a_valid_request_may_bill(self) -> None:
        message = bare(Outcome.ABORTED, request=request(), error="Later", cause="We changed our minds.")

        assert message.subject == "Start aborted, may still bill: parts parts.2026-01-05"
        assert message.document["Summary"] == (
            'The start of parts/parts.2026-01-05 was aborted. Reason given: "We changed our minds." (Later). '
            "Stop it, or start it again to use it. Unless it has a lease, nothing else will stop it."
        )
        assert message.document["MayBill"] is True
        assert lines(message)["Cost"].startswith("perhaps about ")

    def test_of_an_abort_says_no_cause_to_remove_where_it_cleans_up(self) -> None:
        by = StartedCleanUp(execution_arn=STOP_EXECUTION)
        message = bare(Outcome.ABORTED, request=request(), cause="By hand.", clean_up=by)

        assert message.document["Summary"].endswith("The app is stopping what this start requested.")

    @pytest.mark.parametrize(
        ("status", "says"),
        [
            ("RUNNING", " The model is running. Stop it if nobody needs it. Unless it has a lease,"),
            ("STARTING", " Stop it, or start it again to use it. Unless it has a lease,"),
        ],
    )
    def test_of_an_abort_says_whether_the_model_runs(self, status: str, says: str) -> None:
        seen = look(begin(), FakeModel(status), now=after(9))
        message = bare(Outcome.ABORTED, request=request(), cause="By hand.", report=seen.report(now=after(9)))

        assert f'Reason given: "By hand."{says}' in message.document["Summary"].replace('".', '"')

    def test_of_a_model_that_was_seen_running_has_no_doubt_that_it_bills(self) -> None:
        report = look(begin(), FakeModel("RUNNING"), now=after(9)).report(now=after(9))
        message = bare(Outcome.FAILED, request=request(), error="InvalidRequestError", cause="No.", report=report)

        assert message.subject == "Start failed, still running: parts parts.2026-01-05"
        assert lines(message)["Cost"].startswith("about 4.00 USD an hour")
        assert "Stop it if nobody needs it." in message.document["Summary"]
        assert lines(message)["Stop it"] == STOP_IT

    def test_of_no_valid_request_names_no_model(self) -> None:
        message = bare(Outcome.FAILED, error="InvalidRequestError", cause="It is not valid.")

        assert message.subject == "Start failed: invalid input"
        assert message.attributes == {"Outcome": "Failed"}
        assert {name: message.document[name] for name in ("MayBill", "UsdPerHour", "HowToStop")} == {
            "MayBill": False,
            "UsdPerHour": None,
            "HowToStop": None,
        }
        assert not {"Model", "Status", "Cost", "Stop it"} & set(lines(message))
        assert message.text.startswith("It is not valid.\n")

    def test_of_no_valid_request_tells_the_project_that_can_be_read(self) -> None:
        project = project_in({"ProjectVersionArn": f"{VERSION} "})
        message = bare(Outcome.FAILED, error="InvalidRequestError", cause="It is not valid.", project=project)

        names = {"Service": "Rekognition", "Project": "parts"}
        assert message.attributes == {"Outcome": "Failed", **names}
        assert names.items() <= message.document.items()
        assert "Version" not in message.document

    @pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.TIMED_OUT, Outcome.ABORTED])
    def test_says_at_least_how_it_ended(self, outcome: Outcome) -> None:
        assert bare(outcome).document["Summary"].startswith("A start ")
        assert " Reason given: Later." in bare(outcome, error="Later").document["Summary"]

    def test_is_cut_where_someone_gave_a_long_cause(self) -> None:
        message = bare(Outcome.ABORTED, request=request(), error="e" * 256, cause="c" * 32_768)

        assert len(message.document["Cause"]) == 2_000
        assert len(json.dumps(message.document)) < 10_000

    @pytest.mark.parametrize("cause", ["日本" * 1_000, "\ud800", "a\nb\tc", "\x00"])
    def test_can_carry_any_words_at_all(self, cause: str) -> None:
        message = bare(Outcome.ABORTED, request=request(), cause=cause)

        sent = json.dumps({"default": json.dumps(message.document), "email": message.text})
        assert json.loads(json.loads(sent)["default"])["Cause"] == cause
        assert len(sent) < 256 * 1_024
        assert message.subject.isascii()


NAMES = st.text("abzAZ09_.-", min_size=1, max_size=255)


@given(
    project=NAMES,
    version=NAMES,
    outcome=st.sampled_from(Outcome),
    goal=st.sampled_from(Goal),
    again=st.booleans(),
    partition=st.sampled_from(["aws", "aws-cn"]),
)
def test_a_subject_and_attributes_are_what_sns_takes_whatever_was_asked_for(
    project: str, version: str, outcome: Outcome, goal: Goal, again: bool, partition: str
) -> None:
    arn = f"arn:{partition}:rekognition:us-east-1:123456789012:project/{project}/version/{version}/1"
    home = Home(partition, "us-east-1", "123456789012")
    asked = parse_request({"ProjectVersionArn": arn}, defaults=DEFAULTS, home=home)
    of_start = begin().report(now=after(0.5))
    of_stop = replace(begin_stop().report(now=after(0.5)), started_again=again, left_alone="It is.")
    starts = outcome in (Outcome.RUNNING, Outcome.LEASE_MOVED) or (outcome is not Outcome.STOPPED and again)
    seen = replace(of_start if starts else of_stop, status="RUNNING", may_bill=True)

    message = bare(outcome, goal=goal, request=asked, report=seen)

    assert 0 < len(message.subject) <= 99
    assert message.subject.isascii()
    assert message.subject.isprintable()
    assert message.attributes == {"Outcome": outcome.value, "Service": "Rekognition", "Project": project}


@pytest.mark.parametrize(
    ("price", "units", "per_hour", "words"),
    [
        (4.0, 1, 4.0, "about 4.00 USD an hour (1 inference unit at 4.00 USD)"),
        (4.0, 5, 20.0, "about 20.00 USD an hour (5 inference units at 4.00 USD)"),
        (0.1, 3, 0.3, "about 0.30 USD an hour (3 inference units at 0.10 USD)"),
        (0.0, 1, 0.0, "about 0.00 USD an hour (1 inference unit at 0.00 USD)"),
        (
            10_000.0,
            1_000,
            10**7,
            "about 10,000,000.00 USD an hour (1,000 inference units at 10,000.00 USD)",
        ),
    ],
)
def test_money_is_units_times_price(price: float, units: int, per_hour: float, words: str) -> None:
    message = bare(Outcome.ABORTED, price=price, request=replace(request(), min_inference_units=units))

    assert message.document["UsdPerHour"] == per_hour
    assert words in message.text


@pytest.mark.parametrize(
    ("partition", "region", "console"),
    [
        ("aws", "eu-west-1", "eu-west-1.console.aws.amazon.com"),
        ("aws-cn", "cn-north-1", "cn-north-1.console.amazonaws.cn"),
        ("aws-us-gov", "us-gov-west-1", "us-gov-west-1.console.amazonaws-us-gov.com"),
    ],
)
def test_an_execution_s_link_leads_to_the_console_of_its_partition(partition: str, region: str, console: str) -> None:
    arn = f"arn:{partition}:states:{region}:123456789012:execution:start-model:morning"

    assert execution_link(arn) == f"https://{console}/states/home?region={region}#/v2/executions/details/{arn}"


@given(name=st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1), command=st.booleans())
@example(name="it's; rm -r $HOME `id` \n#", command=True)
def test_how_to_stop_can_be_pasted_into_a_shell_whatever_the_names_are(name: str, command: bool) -> None:
    """Each name stays one word of the command."""
    service = REKOGNITION if command else LOOKOUT_VISION
    identity = {field.name: name for field in service.required}
    asked = replace(request(), service=service, identity=identity)

    words = shlex.split(how_to_stop(asked, HOME))

    assert words[-2:] == ["--region", "us-east-1"]
    if command:
        assert words[1:5] == ["rekognition", "stop-project-version", "--project-version-arn", name]
    else:
        machine = "arn:aws:states:us-east-1:123456789012:stateMachine:stop-model"
        assert words[1:6] == ["stepfunctions", "start-execution", "--state-machine-arn", machine, "--input"]
        assert json.loads(words[6]) == identity


def test_a_message_of_a_stage_names_its_own_state_machine() -> None:
    identity = {field.name: "1" for field in LOOKOUT_VISION.required}
    asked = replace(request(), service=LOOKOUT_VISION, identity=identity)

    message = bare(Outcome.ABORTED, request=asked, home=replace(HOME, stage="team-a"))

    assert ":stateMachine:stop-model-team-a --input" in message.document["HowToStop"]
    assert "start stop-model-team-a with the input" in message.text


@pytest.mark.parametrize(
    ("outcome", "only_event"),
    [(Outcome.RUNNING, True), (Outcome.WAITING, True), (Outcome.STOPPED, True), (Outcome.ABORTED, False)],
)
def test_what_a_fleet_tells_is_an_event_alone_unless_it_bills_although_it_should_not(
    outcome: Outcome, only_event: bool
) -> None:
    fleet = "arn:aws:states:us-east-1:123456789012:execution:start-models:all"

    assert bare(outcome, request=request(ToldBy=fleet)).only_event == only_event
    assert not bare(outcome, request=request()).only_event
