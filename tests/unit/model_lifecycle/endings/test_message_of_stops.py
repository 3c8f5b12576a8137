"""The messages of stops, of leases and of starts that clean up."""

import json
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from model_lifecycle.endings.message import Message, compose
from model_lifecycle.endings.outcome import Outcome
from model_lifecycle.model.record import ModelRecord
from model_lifecycle.vocabulary.errors import AccessDeniedError, ModelNotFoundError, ServiceUnavailableError
from model_lifecycle.vocabulary.phase import Goal
from tests.fakes.fake_model import FakeModel
from tests.fakes.given import EXECUTION, HOME, STOP_EXECUTION, VERSION, after, begin, begin_stop, stop_request
from tests.fakes.state_machine import drive
from tests.fakes.told import PRICE, endings, read, state_event, told, told_of_stop
from tests.unit.model_lifecycle.endings.test_message import bare, lines

MODEL = "Model parts/parts.2026-01-05"
BERLIN = ZoneInfo("Europe/Berlin")
THROTTLED = ServiceUnavailableError("not now", perhaps_done=False)
ANOTHER = f"{EXECUTION}-of-another"
RAN_AN_HOUR = ModelRecord(
    version=1,
    latest_start=ANOTHER,
    wanted_at=after(-3_700),
    asked_by=ANOTHER,
    asked_at=after(-3_690),
    ran_at=after(-3_600),
    min_inference_units=2,
)
CHECK_PERMISSIONS = "Check the permissions of the functions and the setting project_arns, then try again."
NO_CLEAN_UP = " Stop it if nobody needs it: it may still be billed."
USED = "since Mon 5 Jan 2026 at 08:00 UTC, 2.01 inference-unit hours (from the model's record)"


def known(*looks: Any, record: ModelRecord = RAN_AN_HOUR, **more: Any) -> FakeModel:
    """Return a model that ran for an hour when its stop began."""
    model = FakeModel(*looks, **more)
    model.records.record = record
    return model


def told_in(zone: ZoneInfo, model: FakeModel, **fields: Any) -> Message:
    """Return what is told of a start in that time zone."""
    *_, (now, last) = drive(begin(PollIntervalSeconds=15, **fields), model)
    ending = read(endings(now=now), state_event(last, now))
    return compose(ending, price_per_inference_unit_hour=PRICE, zone=zone, home=HOME)


class TestAModelThatIsStopped:
    """The good end of stop-model."""

    def test_is_told_in_a_document_for_programs(self) -> None:
        first = begin_stop(Reason="It is evening.")
        model = known("RUNNING", "STOPPING", "STOPPED", message="Bye.", units=(2, None))

        document = told_of_stop(model, first).document

        assert document == {
            "NotificationId": f"{STOP_EXECUTION}#0",
            "Outcome": "Stopped",
            "Summary": f'{MODEL} is stopped (took 30 s). Reason: "It is evening." '
            "It ran for 1 h and cost about 8.07 USD.",
            "Service": "Rekognition",
            "Project": "parts",
            "Version": "parts.2026-01-05",
            "ProjectVersionArn": VERSION,
            "Request": first.request.to_json(),
            "Status": "STOPPED",
            "StatusMessage": "Bye.",
            "Joined": False,
            "Asked": True,
            "AskedAt": "2026-01-05T09:00:00.000Z",
            "ElapsedSeconds": 30.0,
            "Checks": 3,
            "TransientFaults": 0,
            "DetectionLagSeconds": 15.0,
            "Parent": None,
            "MayBill": False,
            "AlreadyStopped": False,
            "StartedAgain": False,
            "Superseded": False,
            "LeftAlone": None,
            "StoppedAt": "2026-01-05T09:00:30.000Z",
            "InferenceUnits": {"InForce": {"MinInferenceUnits": 2, "MaxInferenceUnits": None}},
            "Reason": "It is evening.",
            "Ran": {
                "Since": "2026-01-05T08:00:00.000Z",
                "Until": "2026-01-05T09:00:30.000Z",
                "Hours": 1.0083,
                "InferenceUnitHours": 2.0167,
                "Source": "record",
                "Usd": 8.07,
            },
            "Error": None,
            "Cause": None,
            "CleanUp": None,
            "Budget": None,
            "UsdPerHour": 8.0,
            "HowToStop": f"aws rekognition stop-project-version --project-version-arn {VERSION} --region us-east-1",
            "StopInput": {"ProjectVersionArn": VERSION},
            "ExecutionArn": STOP_EXECUTION,
            "ExecutionLink": document["ExecutionLink"],
        }
        assert document["ExecutionLink"].endswith(STOP_EXECUTION)

    def test_is_told_in_a_text_for_people(self) -> None:
        message = told_of_stop(known("RUNNING", "STOPPED"), begin_stop(Reason="It is evening."))

        assert message.subject == "Stopped: parts parts.2026-01-05"
        assert message.text.startswith(f"{message.document['Summary']}\nNothing to do.\n\n")
        assert lines(message)["Status"] == "STOPPED"
        assert lines(message)["Ran"] == USED
        assert lines(message)["Cost"] == "none: a model with this status is not billed"
        assert not {"Stop it", "Error"} & set(lines(message))
        assert message.attributes == {"Outcome": "Stopped", "Service": "Rekognition", "Project": "parts"}

    def test_that_did_not_run_is_told_as_that(self) -> None:
        message = told_of_stop(known("STOPPED"))

        assert message.subject == "Nothing to stop: parts parts.2026-01-05"
        assert message.document["Summary"] == f"{MODEL} was not running, so there was nothing to stop."
        assert (message.document["Outcome"], message.document["Ran"]) == ("Stopped", None)
        assert "Ran" not in lines(message)

    def test_of_which_nobody_knows_for_how_long_it_ran_claims_nothing(self) -> None:
        message = told_of_stop(FakeModel("RUNNING", "STOPPED"))

        assert message.document["Summary"] == f"{MODEL} is stopped (took 15 s)."
        assert message.document["Ran"] is None


class TestAModelThatIsWantedAgain:
    """It was left alone, and that is said."""

    def test_is_told_as_a_success_that_bills(self) -> None:
        message = told_of_stop(known("RUNNING", "STOPPING", "STARTING"))

        assert message.subject == "Left running: parts parts.2026-01-05"
        assert message.document["Summary"].startswith(
            f"{MODEL} was left running. It was started again after it had been stopped."
        )
        assert (message.document["Outcome"], message.document["MayBill"]) == ("Stopped", True)
        assert lines(message)["Stop it"].startswith("start stop-model with the input {")

    @pytest.mark.parametrize("looks", [("RUNNING",), (THROTTLED,)], ids=["seen", "not seen"])
    def test_by_a_start_that_came_later_is_told_with_that_start(self, looks: tuple[Any, ...]) -> None:
        model = known(*looks, record=replace(RAN_AN_HOUR, latest_start=EXECUTION, wanted_at=after(1)))

        message = told_of_stop(model)

        assert message.document["Summary"].startswith(
            f"{MODEL} was left running. Execution start-model/morning asked for it after this stop began."
        )
        assert message.subject == "Left running: parts parts.2026-01-05"


class TestAStopThatDidNotTake:
    """What people must hear of: it is still billing, and since when."""

    def test_is_told_as_still_billing_with_the_money_so_far(self) -> None:
        first = begin_stop(StopTimeoutSeconds=60)

        message = told_of_stop(known("RUNNING", "STOPPING", units=(2, None)), first)

        assert message.subject == "STILL BILLING: parts parts.2026-01-05"
        assert (message.document["Outcome"], message.document["MayBill"]) == ("StillBilling", True)
        assert message.document["Error"] == "StopTimedOutError"
        assert message.document["Summary"] == (
            f"{MODEL} (running since Mon 5 Jan 2026 at 08:00 UTC) is still billing. It was not stopped within 1 min: "
            f"its status is STOPPING. The model has been running for 1 h 1 min and has cost about 8.13 USD so far. If "
            f"nobody stops it, it will have cost about 5,120.00 USD by the end of the month. "
            f"Stop it yourself. Check the model in the service's console."
        )
        assert lines(message)["Cost"] == ("about 8.00 USD an hour (2 inference units at 4.00 USD) until it is stopped")
        assert json.loads(lines(message)["Stop it"].partition("input ")[2]) == {"ProjectVersionArn": VERSION}

    def test_for_want_of_permission_is_told_as_still_billing_too(self) -> None:
        message = told_of_stop(known("RUNNING", stops=[AccessDeniedError("You may not stop it.")]))

        assert message.document["Outcome"] == "StillBilling"
        assert message.document["Summary"].startswith(
            "The stop of parts/parts.2026-01-05 failed. You may not stop it. The model has been running for 1 h and "
        )

    def test_that_nobody_could_see_is_told_as_still_billing(self) -> None:
        message = told_of_stop(FakeModel(AccessDeniedError("You may not look.")))

        assert (message.document["Outcome"], message.document["MayBill"]) == ("StillBilling", True)
        assert lines(message)["Status"] == "not known"

    def test_for_want_of_a_model_is_no_more_than_a_failure(self) -> None:
        message = told_of_stop(FakeModel(ModelNotFoundError("There is none.")))

        assert message.subject == "Stop failed: parts parts.2026-01-05"
        assert (message.document["Outcome"], message.document["MayBill"]) == ("Failed", False)

    @pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.TIMED_OUT, Outcome.ABORTED])
    def test_is_told_with_the_verb_of_its_machine(self, outcome: Outcome) -> None:
        message = bare(outcome, goal=Goal.STOPPED, request=stop_request(), cause="It ended.")

        assert message.subject.startswith("Stop ")
        assert "may still bill" in message.subject


class TestALease:
    """The running message names the time of the stop, in UTC and in the readers' time."""

    IN_FORCE = replace(RAN_AN_HOUR, lease_ends_at=after(1_800), leased_by=ANOTHER)

    def test_is_told_with_its_end_in_both_times(self) -> None:
        message = told_in(BERLIN, FakeModel("STOPPED", "RUNNING"), StopAfterSeconds=3_600)

        assert message.document["Summary"] == (
            f"{MODEL} is running (took 15 s). It will be stopped on Mon 5 Jan 2026 at 11:00 Europe/Berlin (10:00 UTC)."
        )
        assert message.document["Lease"] == {
            "Asked": "2026-01-05T10:00:00.000Z",
            "EndsAt": "2026-01-05T10:00:00.000Z",
            "MovedFrom": None,
        }
        assert message.document["Outcome"] == "Running"

    def test_that_replaced_an_earlier_one_is_told_as_moved(self) -> None:
        message = told_in(ZoneInfo("UTC"), known("RUNNING", record=self.IN_FORCE), StopAfterSeconds=3_600)

        assert message.subject == "Lease moved: parts parts.2026-01-05"
        assert (message.document["Outcome"], message.attributes["Outcome"]) == ("LeaseMoved", "LeaseMoved")
        assert message.document["Summary"].endswith(
            "was already running. Its stop was moved from Mon 5 Jan 2026 at 09:30 UTC to Mon 5 Jan 2026 at 10:00 UTC."
        )
        assert lines(message)["Cost"].endswith(" until it is stopped")

    @pytest.mark.parametrize(
        ("record", "wanted", "summary", "ends_at"),
        [
            (
                IN_FORCE,
                {"StopAfterSeconds": 60},
                (
                    "It will be stopped on Mon 5 Jan 2026 at 09:30 UTC, when the last of its leases ends. "
                    "This start wanted it until Mon 5 Jan 2026 at 09:01 UTC."
                ),
                "2026-01-05T09:30:00.000Z",
            ),
            (IN_FORCE, {}, "It will be stopped on Mon 5 Jan 2026 at 09:30 UTC.", "2026-01-05T09:30:00.000Z"),
            (
                RAN_AN_HOUR,
                {"StopAfterSeconds": 60},
                (
                    "It was started without a lease, so no stop was scheduled for Mon 5 Jan 2026 at 09:01 UTC. "
                    "Stop it when you no longer need it."
                ),
                None,
            ),
        ],
        ids=["earlier than the one in force", "of someone else", "of a model that is wanted without end"],
    )
    def test_that_changes_nothing_is_told_with_what_holds(
        self, record: ModelRecord, wanted: dict[str, int], summary: str, ends_at: str | None
    ) -> None:
        message = told_in(ZoneInfo("UTC"), known("RUNNING", record=record), **wanted)

        assert message.document["Outcome"] == "Running"
        assert message.document["Summary"].endswith(summary)
        assert message.document["Lease"]["EndsAt"] == ends_at

    def test_that_could_not_be_armed_is_told_as_a_failure_that_started_nothing(self) -> None:
        model = FakeModel("STOPPED")
        model.leases.trouble = AccessDeniedError("Not yours.")

        message = told(model, begin(StopAfterSeconds=60))

        assert message.document["Error"] == "StopNotArmedError"
        assert "so nothing was started" in message.document["Summary"]
        assert message.document["MayBill"] is False
        assert model.leases.armed == []


class TestAStartThatGaveUpAndWasCleanedUp:
    """The failure message says so."""

    @staticmethod
    def of(clean_up: dict[str, Any] | None) -> Message:
        """Return what is told of a start that lost its permission to look, and of its clean-up."""
        *_, (now, last) = drive(begin(), FakeModel("STOPPED", "STARTING", AccessDeniedError("You may not look.")))
        assert last.cleans_up
        event = {**state_event(last, now), "CleanUp": clean_up}
        return compose(read(endings(now=now), event), price_per_inference_unit_hour=PRICE, zone=BERLIN, home=HOME)

    @pytest.mark.parametrize(
        ("left", "clean_up", "words"),
        [
            (
                {"ExecutionArn": STOP_EXECUTION, "StartDate": 1_767_603_600},
                {"ExecutionArn": STOP_EXECUTION},
                " The app is stopping what this start requested.",
            ),
            (
                {"Error": "StepFunctions.ExecutionLimitExceededException", "Cause": "Too many."},
                {"Error": "StepFunctions.ExecutionLimitExceededException"},
                (
                    " Stop it yourself: the app could not start its stop "
                    "(StepFunctions.ExecutionLimitExceededException)."
                ),
            ),
            (None, None, NO_CLEAN_UP),
            ({}, None, NO_CLEAN_UP),
        ],
        ids=["a stop", "an error", "None", "nothing"],
    )
    def test_says_what_came_of_it(
        self, left: dict[str, Any] | None, clean_up: dict[str, str] | None, words: str
    ) -> None:
        message = self.of(left)

        assert message.document["CleanUp"] == clean_up
        assert (
            message.document["Summary"]
            == f"The start of parts/parts.2026-01-05 failed. You may not look.{words} {CHECK_PERMISSIONS}"
        )
        assert message.document["MayBill"] is True


def test_a_stop_asks_for_no_units_and_its_price_is_that_of_one_where_none_are_known() -> None:
    assert told_of_stop(FakeModel("STOPPED")).document["UsdPerHour"] == PRICE
