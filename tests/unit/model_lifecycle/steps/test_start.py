"""What a start does next: look first, start only what can be started, be safe to repeat, and never wait for ever."""

from dataclasses import replace

import pytest

from model_lifecycle.model.record import ModelRecord
from model_lifecycle.steps.start_progress import StartProgress
from model_lifecycle.vocabulary.errors import (
    AccessDeniedError,
    InvalidRequestError,
    ModelInUseError,
    ModelLifecycleError,
    ModelNotFoundError,
    QuotaExceededError,
    ServiceRefusedError,
    ServiceUnavailableError,
)
from model_lifecycle.vocabulary.phase import Phase
from tests.fakes.fake_model import FakeModel
from tests.fakes.given import EXECUTION, VERSION, after, begin
from tests.fakes.state_machine import check, drive, start

IN_USE = ModelInUseError("StartProjectVersion answered ResourceInUseException: It is busy.")
THROTTLED = ServiceUnavailableError("DescribeProjectVersions answered ThrottlingException", perhaps_done=False)
LOST = ServiceUnavailableError("StartProjectVersion got no answer: read timed out", perhaps_done=True)
FINAL = [
    AccessDeniedError("not yours"),
    InvalidRequestError("not so"),
    ModelNotFoundError("not there"),
    QuotaExceededError("not more"),
    ServiceRefusedError("not at all"),
]


def error_of(progress: StartProgress) -> tuple[str, str]:
    """Error and Cause of an execution that gave up."""
    assert progress.failure is not None
    return progress.failure.name, progress.failure.cause


def started(model: FakeModel) -> StartProgress:
    """An execution whose start the service accepted a second in."""
    progress = start(begin(), model, now=after(1))
    assert (progress.phase, progress.asked) == (Phase.STARTING, True)
    return progress


def test_a_stopped_model_is_started_once_and_runs() -> None:
    model = FakeModel("STOPPED", "STARTING", "STARTING", "RUNNING", units=(1, None))

    (_, first), *_, (when, last) = drive(begin(), model)

    assert (last.phase, last.asked, last.joined, last.already_running) == (Phase.RUNNING, True, False, False)
    assert (last.asked_at, last.running_at) == (after(0), when)
    assert (last.min_inference_units, last.checks) == (1, 4)
    assert model.starts == 1
    assert first.next_check_seconds == 15


def test_a_start_looks_before_it_asks() -> None:
    model = FakeModel(THROTTLED)

    progress = start(begin(), model, now=after(1))

    assert (progress.phase, progress.asked, model.starts) == (Phase.BLOCKED, False, 0)


def test_a_model_that_is_stopping_is_started_when_it_has_stopped() -> None:
    model = FakeModel("STOPPING", "STOPPING", "STOPPED", "RUNNING")

    steps = drive(begin(), model)

    assert [progress.phase for _, progress in steps] == [
        Phase.BLOCKED,
        Phase.BLOCKED,
        Phase.STARTING,
        Phase.RUNNING,
    ]
    assert model.starts == 1


class TestARefusedStart:
    """The service says that the model is not in a status for a start."""

    def test_means_look_again_and_join_a_start_that_someone_else_made_meanwhile(self) -> None:
        model = FakeModel("STOPPED", "STARTING", "RUNNING", starts=[IN_USE])

        *_, (_, last) = drive(begin(), model)

        assert (last.phase, last.joined, last.asked) == (Phase.RUNNING, True, False)
        assert model.starts == 1

    def test_of_a_model_that_came_up_meanwhile_is_a_success(self) -> None:
        model = FakeModel("STOPPED", "RUNNING", starts=[IN_USE])

        progress = start(begin(), model, now=after(1))

        assert (progress.phase, progress.already_running) == (Phase.RUNNING, True)

    def test_is_asked_for_once_more_while_the_status_says_that_it_can_be_started(self) -> None:
        model = FakeModel("STOPPED", starts=[IN_USE, "STARTING"])

        first = start(begin(), model, now=after(1))
        assert (first.phase, first.asked, model.starts) == (Phase.BLOCKED, False, 1)

        second = start(first, model, now=after(16))
        assert (second.phase, second.asked, model.starts) == (Phase.STARTING, True, 2)

    def test_that_is_refused_again_gives_up_in_the_service_s_words(self) -> None:
        model = FakeModel("STOPPED", starts=[IN_USE])

        *_, (_, last) = drive(begin(), model)

        assert (last.phase, last.asked, model.starts) == (Phase.FAILED, False, 2)
        assert error_of(last)[0] == "ModelFailedError"
        assert "ResourceInUseException: It is busy." in error_of(last)[1]

    def test_of_a_failed_model_gives_up_at_once(self) -> None:
        model = FakeModel("FAILED", starts=[IN_USE])

        progress = start(begin(), model, now=after(1))

        assert (progress.phase, model.starts) == (Phase.FAILED, 1)

    def test_counts_only_where_the_status_says_that_it_can_be_started(self) -> None:
        """Refused because it was stopping when asked: that was right, and no second refusal follows from it."""
        model = FakeModel("STOPPED", "STOPPING", "STOPPED", starts=[IN_USE, IN_USE, "STARTING"])

        first = start(begin(), model, now=after(1))
        assert first.phase is Phase.BLOCKED

        second = start(first, model, now=after(16))
        assert second.phase is Phase.BLOCKED

        assert start(second, model, now=after(31)).phase is Phase.STARTING

    def test_whose_second_look_tells_nothing_waits_to_retry(self) -> None:
        model = FakeModel("STOPPED", THROTTLED, "STOPPED", starts=[IN_USE, "STARTING"])

        first = start(begin(), model, now=after(1))
        assert (first.phase, first.asked) == (Phase.BLOCKED, False)

        assert start(first, model, now=after(16)).phase is Phase.STARTING

    def test_whose_second_look_finds_no_model_gives_up_with_that_reason(self) -> None:
        model = FakeModel("STOPPED", ModelNotFoundError("not there"), starts=[IN_USE])

        assert error_of(start(begin(), model, now=after(1))) == ("ModelNotFoundError", "not there")


class TestAStartWhoseAnswerWasLost:
    """The call may have been carried out."""

    def test_counts_as_asked_and_is_waited_for_where_the_model_comes_up(self) -> None:
        model = FakeModel("STOPPED", "STARTING", "STARTING", "RUNNING", starts=[LOST])

        (_, first), *_, (_, last) = drive(begin(), model)

        assert (first.phase, first.asked, first.asked_at) == (Phase.STARTING, True, after(0))
        assert (last.phase, last.joined, last.already_running) == (Phase.RUNNING, False, False)
        assert model.starts == 1

    def test_of_a_model_that_is_still_stopped_is_asked_for_again(self) -> None:
        model = FakeModel("STOPPED", "STOPPED", "STOPPED", "STARTING", "RUNNING", starts=[LOST, "STARTING"])

        (_, first), (_, second), *_, (_, last) = drive(begin(), model)

        assert (first.phase, first.asked, first.may_bill) == (Phase.BLOCKED, True, True)
        assert (second.phase, second.asked) == (Phase.STARTING, True)
        assert (last.phase, model.starts) == (Phase.RUNNING, 2)

    def test_of_a_model_that_nobody_can_look_at_may_bill_and_is_looked_at_later(self) -> None:
        model = FakeModel("STOPPED", THROTTLED, "STARTING", starts=[LOST])

        first = start(begin(), model, now=after(1))
        assert (first.phase, first.asked, first.may_bill) == (Phase.BLOCKED, True, True)

        second = start(first, model, now=after(16))
        assert (second.phase, second.joined, model.starts) == (Phase.STARTING, False, 1)

    def test_of_a_model_that_someone_stopped_meanwhile_is_not_asked_for_again(self) -> None:
        model = FakeModel("TRAINING_COMPLETED", THROTTLED, "STOPPED", starts=[LOST])

        first = start(begin(), model, now=after(1))
        second = start(first, model, now=after(16))

        assert (second.phase, model.starts) == (Phase.FAILED, 1)

    def test_may_bill_up_to_the_end_if_it_is_never_known(self) -> None:
        model = FakeModel("STOPPED", THROTTLED, starts=[LOST])

        *_, (_, last) = drive(begin(), model)

        assert (last.phase, last.may_bill, model.starts) == (Phase.OVERDUE, True, 1)

    def test_of_a_model_that_runs_is_no_model_that_ran_already(self) -> None:
        model = FakeModel("STOPPED", "RUNNING", starts=[LOST])

        progress = start(begin(), model, now=after(1))

        assert (progress.phase, progress.asked, progress.already_running) == (Phase.RUNNING, True, False)


class TestAServiceThatCannotAnswerNow:
    """Throttled, or broken on its side."""

    @pytest.mark.parametrize("trouble", [THROTTLED, LOST], ids=["throttled", "no answer"])
    def test_leaves_a_start_under_way_as_it_is(self, trouble: ModelLifecycleError) -> None:
        model = FakeModel("STOPPED", "STARTING", trouble, trouble, "RUNNING")

        steps = drive(begin(), model)

        assert [progress.phase for _, progress in steps] == [*[Phase.STARTING] * 4, Phase.RUNNING]
        assert [bool(progress.trouble) for _, progress in steps] == [False, False, True, True, False]
        assert model.starts == 1

    def test_puts_off_a_start_that_was_not_made(self) -> None:
        model = FakeModel("STOPPED", starts=[THROTTLED, THROTTLED, "STARTING"])

        steps = drive(begin(), model, until=after(60))

        assert [progress.phase for _, progress in steps[:3]] == [Phase.BLOCKED, Phase.BLOCKED, Phase.STARTING]
        assert [progress.asked for _, progress in steps[:3]] == [False, False, True]

    @pytest.mark.parametrize("known", [(), ("STOPPING",), ("STARTING",)], ids=["nothing", "stopping", "starting"])
    def test_never_hides_past_the_deadline(self, known: tuple[str, ...]) -> None:
        first = begin(StartTimeoutSeconds=600)

        *_, (when, last) = drive(first, FakeModel(*known, THROTTLED, of=first.request))

        assert (when, last.phase) == (after(600), Phase.OVERDUE)
        name, cause = error_of(last)
        assert name == "StartTimedOutError"
        assert "within 600 seconds" in cause
        assert (known[0] if known else "could not be read") in cause
        assert "ThrottlingException" in cause


class TestTheDeadline:
    """A moment, fixed when the execution starts."""

    def test_ends_a_start_that_never_ends(self) -> None:
        first = begin(StartTimeoutSeconds=100)
        model = FakeModel("STOPPED", "STARTING", message="Warming up.", of=first.request)

        *_, (when, last) = drive(first, model)

        assert (when, last.phase, last.may_bill) == (after(100), Phase.OVERDUE, True)
        name, cause = error_of(last)
        assert name == "StartTimedOutError"
        assert cause.startswith("The model parts.2026-01-05 of the project parts did not run within 100 seconds: ")
        assert cause.endswith("its status is STARTING (Warming up.).")

    def test_still_lets_the_last_look_find_a_running_model(self) -> None:
        progress = started(FakeModel("STOPPED"))

        assert check(progress, FakeModel("RUNNING"), now=after(3_600)).phase is Phase.RUNNING

    @pytest.mark.parametrize("late", [3_600, 3_601, 10**6])
    def test_lets_nothing_be_started_any_more(self, late: int) -> None:
        model = FakeModel("STOPPED")

        progress = start(begin(), model, now=after(late))

        assert (progress.phase, progress.asked, model.starts) == (Phase.OVERDUE, False, 0)

    def test_does_not_move_when_a_step_is_repeated_later(self) -> None:
        first = started(FakeModel("STOPPED"))

        again = start(first, FakeModel("STARTING"), now=after(2_000))

        assert again.deadline == first.deadline == after(3_600)


@pytest.mark.parametrize("error", FINAL, ids=lambda error: error.name)
class TestAnErrorThatNoWaitingHeals:
    """Bad input, no such model, no permission, no quota: at once told, in the words of the service."""

    def test_ends_the_start_at_the_first_look(self, error: ModelLifecycleError) -> None:
        progress = start(begin(), FakeModel(error), now=after(1))

        assert (progress.phase, progress.asked) == (Phase.FAILED, False)
        assert error_of(progress) == (error.name, str(error))

    def test_ends_the_start_when_it_is_the_answer_to_it(self, error: ModelLifecycleError) -> None:
        model = FakeModel("STOPPED", starts=[error])

        progress = start(begin(), model, now=after(1))

        assert (progress.phase, progress.asked, progress.may_bill) == (Phase.FAILED, False, False)
        assert (error_of(progress), model.starts) == ((error.name, str(error)), 1)

    def test_ends_a_start_that_is_under_way_and_may_bill(self, error: ModelLifecycleError) -> None:
        model = FakeModel("STOPPED", "STARTING", error)

        *_, (_, last) = drive(begin(), model)

        assert (last.phase, last.asked, last.may_bill) == (Phase.FAILED, True, True)
        assert error_of(last) == (error.name, str(error))


def test_a_model_that_does_not_exist_does_not_bill() -> None:
    progress = start(begin(), FakeModel(ModelNotFoundError("not there")), now=after(1))

    assert not progress.may_bill


def test_what_was_looked_up_on_the_way_is_known_from_then_on() -> None:
    model = FakeModel("STARTING", of=begin().request.knowing("ProjectArn", "arn:of:the:project"))

    progress = start(begin(), model, now=after(1))

    assert dict(progress.request.identity) == {"ProjectVersionArn": VERSION, "ProjectArn": "arn:of:the:project"}


class TestAStepThatDied:
    """Its answer, and with it all that it knew, is lost; the step is taken again with what stood before."""

    def test_after_its_call_still_counts_as_having_asked(self) -> None:
        model = FakeModel("STOPPED", "STARTING")
        start(begin(), model, now=after(1))

        again = start(begin(), model, now=after(4))

        assert (again.phase, again.asked, again.joined, model.starts) == (Phase.STARTING, True, False, 1)
        assert again.asked_at == after(1)

    def test_after_a_call_that_never_arrived_asks_again(self) -> None:
        model = FakeModel("STOPPED")
        start(begin(), model, now=after(1))

        waiting = start(begin(), model, now=after(4))

        assert (waiting.phase, waiting.asked, model.starts) == (Phase.STARTING, True, 2)

    def test_is_not_taken_for_one_of_another_execution(self) -> None:
        model = FakeModel("STOPPED", "STARTING")
        start(replace(begin(), execution_arn=f"{EXECUTION}-of-another"), model, now=after(1))

        progress = start(begin(), model, now=after(4))

        assert (progress.phase, progress.asked, progress.joined) == (Phase.STARTING, False, True)


def test_a_start_that_was_refused_leaves_no_trace_of_having_been_asked_for() -> None:
    model = FakeModel("STOPPED", starts=[QuotaExceededError("not more")])

    start(begin(), model, now=after(1))

    assert model.records.record.latest_start is None


def test_of_two_executions_that_ask_at_once_the_later_one_looks_again_instead() -> None:
    model = FakeModel("STOPPED", "STOPPED", "STARTING")
    model.records.meanwhile = ModelRecord(version=1, latest_start=f"{EXECUTION}-of-another")

    progress = start(begin(), model, now=after(1))

    assert (progress.phase, progress.asked, model.starts) == (Phase.BLOCKED, False, 0)


@pytest.mark.parametrize("trouble", [THROTTLED, LOST], ids=["throttled", "no answer"])
def test_nothing_is_started_as_long_as_it_cannot_be_remembered(trouble: ModelLifecycleError) -> None:
    model = FakeModel("STOPPED")
    model.records.trouble = trouble

    waiting = start(begin(), model, now=after(1))
    assert (waiting.phase, model.starts) == (Phase.BLOCKED, 0)

    model.records.trouble = None
    assert start(waiting, model, now=after(16)).phase is Phase.STARTING


def test_a_repeated_call_carries_the_same_token_until_one_was_refused() -> None:
    model = FakeModel("STOPPED", starts=[THROTTLED, LOST, IN_USE])
    first = begin()

    throttled = start(first, model, now=after(1))
    lost = start(throttled, model, now=after(16))
    refused = start(lost, model, now=after(31))

    assert first.client_token == throttled.client_token == lost.client_token != refused.client_token
