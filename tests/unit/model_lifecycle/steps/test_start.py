"""The next step of a start: start only what can be started, repeat safely, and never wait for ever."""

from dataclasses import replace
from typing import Any

import pytest

from model_lifecycle.model.record import ModelRecord
from model_lifecycle.requests.stop_request import NOBODY
from model_lifecycle.steps.step import answer_of
from model_lifecycle.vocabulary.errors import ModelLifecycleError, ModelNotFoundError, QuotaExceededError
from model_lifecycle.vocabulary.phase import Phase
from model_lifecycle.vocabulary.wording import someone
from tests.fakes.fake_model import FakeModel
from tests.fakes.given import STOP_EXECUTION, after, begin, begin_stop
from tests.fakes.machines import DENIED, IN_USE, LOST, THROTTLED, error_of, phases_of
from tests.fakes.state_machine import drive, drive_stop, start, stop


def test_a_start_knows_the_inference_units_in_force() -> None:
    *_, (_, last) = drive(begin(), FakeModel("STOPPED", "STARTING", "RUNNING", units=(1, None)))

    assert (last.min_inference_units, last.max_inference_units) == (1, None)


@pytest.mark.parametrize(
    ("looks", "starts", "phases", "said"),
    [
        pytest.param(
            ["STOPPED"],
            [IN_USE, "STARTING"],
            ["BLOCKED", "STARTING"],
            None,
            id="is asked for once more while the status says that it can be started",
        ),
        pytest.param(
            ["STOPPED"],
            [IN_USE],
            ["BLOCKED", "FAILED"],
            ("ModelFailedError", "ResourceInUseException: It is busy."),
            id="again ends it in the service's words",
        ),
        pytest.param(
            ["FAILED"],
            [IN_USE],
            ["FAILED"],
            ("ModelFailedError", "ResourceInUseException: It is busy."),
            id="of a failed model ends it at once",
        ),
        pytest.param(
            ["STOPPED", "STOPPING", "STOPPED"],
            [IN_USE, IN_USE, "STARTING"],
            ["BLOCKED", "BLOCKED", "STARTING"],
            None,
            id="because it was stopping when asked was right, and no second refusal follows from it",
        ),
        pytest.param(
            ["STOPPED", THROTTLED, "STOPPED"],
            [IN_USE, "STARTING"],
            ["BLOCKED", "STARTING"],
            None,
            id="whose second look tells nothing waits to retry",
        ),
        pytest.param(
            ["STOPPED", ModelNotFoundError("not there")],
            [IN_USE],
            ["FAILED"],
            ("ModelNotFoundError", "not there"),
            id="whose second look finds no model gives up with that reason",
        ),
    ],
)
def test_a_refused_start(looks: list[Any], starts: list[Any], phases: list[str], said: tuple[str, str] | None) -> None:
    model = FakeModel(*looks, starts=starts)

    steps = drive(begin(), model, until=after(30))

    assert phases_of(steps)[: len(phases)] == phases
    assert [progress.asked for _, progress in steps[: len(phases)]] == [phase == "STARTING" for phase in phases]
    assert model.starts == len(phases)
    if said:
        name, cause = error_of(steps[-1][1])
        assert name == said[0]
        assert said[1] in cause


class TestAStartWhoseAnswerWasLost:
    """The call may have been carried out."""

    def test_of_a_model_that_someone_stopped_meanwhile_is_not_asked_for_again(self) -> None:
        model = FakeModel("TRAINING_COMPLETED", THROTTLED, "STOPPED", starts=[LOST])

        *_, (_, last) = drive(begin(), model)

        assert (last.phase, last.checks, model.starts) == (Phase.FAILED, 2, 1)

    def test_may_bill_up_to_the_end_if_it_is_never_known(self) -> None:
        model = FakeModel("STOPPED", THROTTLED, starts=[LOST])

        *_, (_, last) = drive(begin(), model)

        assert (last.phase, last.may_bill, model.starts) == (Phase.OVERDUE, True, 1)


class TestTheDeadline:
    """A moment, fixed when the execution starts."""

    def test_ends_a_start_that_never_ends(self) -> None:
        first = begin(StartTimeoutSeconds=100)
        model = FakeModel("STOPPED", "STARTING", message="Warming up.")

        *_, (when, last) = drive(first, model)

        assert (when, last.phase, last.may_bill) == (after(100), Phase.OVERDUE, True)
        name, cause = error_of(last)
        assert name == "StartTimedOutError"
        assert cause.startswith("Model parts/parts.2026-01-05 was not running after 1 min 40 s: ")
        assert cause.endswith('its status is STARTING ("Warming up.").')

    @pytest.mark.parametrize("late", [3_600, 3_601, 10**6])
    def test_lets_nothing_be_started_any_more(self, late: int) -> None:
        model = FakeModel("STOPPED")

        progress = start(begin(), model, now=after(late))

        assert (progress.phase, progress.asked, model.starts) == (Phase.OVERDUE, False, 0)


def test_a_repeated_call_carries_the_same_token_until_one_was_refused() -> None:
    model = FakeModel("STOPPED", starts=[THROTTLED, LOST, IN_USE])
    first = begin()

    throttled = start(first, model, now=after(1))
    lost = start(throttled, model, now=after(16))
    refused = start(lost, model, now=after(31))

    assert first.client_token == throttled.client_token == lost.client_token != refused.client_token


@pytest.mark.parametrize(
    ("more", "cleans_up"),
    [
        ({"asked": True, "carried_out": True, "status": "STARTING"}, True),
        ({"asked": True, "answer_lost": True, "status": "STOPPED"}, True),
        ({"asked": True, "carried_out": True, "status": "UNHEARD_OF"}, True),
        ({"asked": True, "carried_out": True, "status": "STOPPED"}, False),
        ({"asked": False, "joined": True, "status": "STARTING"}, False),
        ({"asked": False, "status": ""}, False),
    ],
)
def test_a_start_that_gives_up_cleans_up_what_it_asked_for_and_may_bill(more: dict[str, Any], cleans_up: bool) -> None:
    running = replace(begin(), **more)

    assert running.failed(DENIED).cleans_up is cleans_up
    assert running.cleans_up is False


class TestAFullQuota:
    """Another model may be on its way out: the start waits for its place until the deadline, and says so once."""

    FULL = QuotaExceededError("StartProjectVersion answered LimitExceededException: 2 models run.")

    def test_is_waited_out(self) -> None:
        model = FakeModel("STOPPED", "STOPPED", "STOPPED", "STARTING", starts=[self.FULL, self.FULL, "STARTING"])

        steps = drive(begin(), model, until=after(100))

        assert phases_of(steps) == ["BLOCKED", "BLOCKED", "STARTING", "STARTING"]
        waits, still_waits, starts = (progress for _, progress in steps[:3])
        assert [each.tells for each in (waits, waits.told(), still_waits.told(), starts)] == [True, False, False, False]
        assert answer_of(waits, now=after(0))["SaidToWait"] is True
        assert not steps[-1][1].quota

    def test_is_asked_about_with_another_client_token_each_time(self) -> None:
        waits = start(begin(), FakeModel("STOPPED", starts=[self.FULL]), now=after(1))

        assert waits.client_token != begin().client_token

    def test_that_lasts_until_the_deadline_is_why_it_gives_up(self) -> None:
        model = FakeModel("STOPPED", starts=[self.FULL])

        *_, (when, last) = drive(begin(), model)

        name, cause = error_of(last)
        assert (last.phase, last.may_bill, when, name) == (Phase.FAILED, False, after(3_600), "QuotaExceededError")
        assert cause == f"{self.FULL} No place became free within 1 h."

    def test_is_not_the_reason_if_another_trouble_came_after_it(self) -> None:
        *_, (_, last) = drive(begin(), FakeModel("STOPPED", starts=[self.FULL, THROTTLED]))

        assert error_of(last)[0] == "StartTimedOutError"


FULL = QuotaExceededError("The call got LimitExceededException: 2 models run.")
WAITING = pytest.mark.parametrize(
    ("looks", "starts"),
    [
        pytest.param(["STOPPED"], [FULL], id="for a place in the quota"),
        pytest.param(["STOPPED"], [THROTTLED], id="for a service that is busy"),
        pytest.param(["STOPPING", "STOPPING", "STOPPED"], ["STARTING"], id="for a model that is still stopping"),
        pytest.param(["TRAINING_IN_PROGRESS"] * 2 + ["STOPPED"], ["STARTING"], id="for a model in training"),
    ],
)


class TestAStopOfAModelWhoseStartWaits:
    """Else the model would run and bill after its stop."""

    @WAITING
    def test_ends_it(self, looks: list[str], starts: list[Any]) -> None:
        model = FakeModel(*looks, starts=starts)
        waits = start(begin(), model, now=after(1))
        asked = model.starts
        stop(replace(begin_stop(), started_at=after(5)), model, now=after(6))

        last = start(waits, model, now=after(10))

        name, cause = error_of(last)
        assert (name, last.may_bill, last.cleans_up, model.starts) == ("ModelStoppedError", False, False, asked)
        assert f"{someone(STOP_EXECUTION)} asked to stop it after this start began." in cause

    @WAITING
    @pytest.mark.parametrize(
        ("began", "fields"),
        [pytest.param(-5, {}, id="began later"), pytest.param(5, {"LatestStart": NOBODY}, id="is not meant")],
    )
    def test_does_not_end_one_that(
        self, looks: list[str], starts: list[Any], began: int, fields: dict[str, Any]
    ) -> None:
        model = FakeModel(*looks, starts=[*starts, "STARTING"])
        waits = start(begin(), model, now=after(1))
        stop(replace(begin_stop(**fields), started_at=after(began)), model, now=after(6))

        assert start(waits, model, now=after(10)).phase is Phase.STARTING

    def test_ends_it_once_the_model_is_stopped(self) -> None:
        model = FakeModel("RUNNING", "STOPPING", "STOPPED")
        stop(replace(begin_stop(), started_at=after(1)), model, now=after(1))

        waits = start(begin(), model, now=after(2))

        assert (waits.phase, waits.status) == (Phase.BLOCKED, "STOPPING")
        assert error_of(start(waits, model, now=after(17)))[0] == "ModelStoppedError"

    @pytest.mark.parametrize("looks", [["STOPPING"], ["STOPPED"], ["RUNNING"]], ids="".join)
    @pytest.mark.parametrize("trouble", [None, THROTTLED, LOST], ids=["others write", "throttled", "no answer"])
    def test_says_so_as_soon_as_it_can_be_written(self, looks: list[str], trouble: ModelLifecycleError | None) -> None:
        model = FakeModel(*looks, stops=[THROTTLED])
        if trouble:
            model.records.write_troubles = [trouble]
        else:
            model.records.meanwhile = ModelRecord(version=1)

        drive_stop(begin_stop(), model, until=after(20))

        record = model.records.record
        assert (record.unwanted_at, record.unwanted_by) == (after(0), STOP_EXECUTION)

    def test_is_no_matter_for_a_start_that_begins_after_it(self) -> None:
        model = FakeModel("STOPPED", starts=[FULL, "STARTING"])
        start(begin(), model, now=after(1))
        stop(replace(begin_stop(), started_at=after(5)), model, now=after(6))

        assert start(replace(begin(), started_at=after(7)), model, now=after(8)).phase is Phase.STARTING

    def test_counts_where_an_earlier_release_wrote_it(self) -> None:
        model = FakeModel("STOPPED")
        model.records.record = ModelRecord(version=1, unwanted_at=after(5))

        assert "Someone asked to stop it" in error_of(start(begin(), model, now=after(6)))[1]
