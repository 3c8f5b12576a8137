"""What both machines make of a look: a service in trouble, and calls that were refused or lost."""

from typing import Any

import pytest

from model_lifecycle.vocabulary.errors import ModelLifecycleError, ModelNotFoundError
from model_lifecycle.vocabulary.phase import Phase
from tests.fakes.given import VERSION, after
from tests.fakes.machines import BOTH, FINAL, IN_USE, LOST, TEMPORARY, THROTTLED, Machine, error_of, phases_of

NOT_FOUND = ModelNotFoundError("not there")


@BOTH
class TestAModel:
    """That does as it is told."""

    def test_is_asked_once_and_comes_there(self, machine: Machine) -> None:
        model = machine.model(machine.ready, machine.under_way, machine.under_way, machine.done)

        (_, first), *_, (when, last) = machine.drive(machine.begin(), model)

        assert (last.phase, last.asked, last.joined) == (Phase(machine.done), True, False)
        assert not machine.already_done(last)
        assert (last.asked_at, getattr(last, f"{machine.done.lower()}_at")) == (after(0), when)
        assert (last.checks, machine.calls(model), first.next_check_seconds) == (4, 1, machine.first_wait)

    def test_that_is_on_its_way_is_joined(self, machine: Machine) -> None:
        model = machine.model(machine.under_way, machine.under_way, machine.done)

        (_, first), *_, (_, last) = machine.drive(machine.begin(), model)

        assert (first.phase, first.joined, first.asked) == (Phase(machine.under_way), True, False)
        assert (last.phase, last.joined, last.asked) == (Phase(machine.done), True, False)
        assert not machine.already_done(last)
        assert machine.calls(model) == 0

    def test_that_is_on_the_way_back_is_asked_when_it_is_there(self, machine: Machine) -> None:
        back = "STOPPING" if machine.ready == "STOPPED" else "STARTING"
        model = machine.model(back, back, machine.ready, machine.under_way, machine.done)

        steps = machine.drive(machine.begin(), model)

        assert phases_of(steps) == ["BLOCKED", "BLOCKED", machine.under_way, machine.under_way, machine.done]
        assert machine.calls(model) == 1

    def test_has_what_was_looked_up_on_the_way_from_then_on(self, machine: Machine) -> None:
        model = machine.model(machine.under_way, found={"ProjectArn": "arn:of:the:project"})

        progress = machine.ask(machine.begin(), model, now=after(1))

        assert dict(progress.request.identity) == {"ProjectVersionArn": VERSION, "ProjectArn": "arn:of:the:project"}


@BOTH
class TestARefusedCall:
    """The service says that the model is not in a status for it."""

    def test_means_look_again_and_join_what_someone_else_did_meanwhile(self, machine: Machine) -> None:
        model = machine.model(machine.ready, machine.under_way, machine.done, answers=[IN_USE])

        *_, (_, last) = machine.drive(machine.begin(), model)

        assert (last.phase, last.joined, last.asked) == (Phase(machine.done), True, False)
        assert machine.calls(model) == 1

    def test_of_a_model_that_came_there_meanwhile_is_a_success(self, machine: Machine) -> None:
        model = machine.model(machine.ready, machine.done, answers=[IN_USE])

        progress = machine.ask(machine.begin(), model, now=after(1))

        assert progress.phase is Phase(machine.done)
        assert machine.already_done(progress)


@BOTH
class TestACallWhoseAnswerWasLost:
    """It may have been carried out."""

    def test_counts_as_asked_and_is_waited_for_where_the_model_goes(self, machine: Machine) -> None:
        model = machine.model(machine.ready, *[machine.under_way] * 2, machine.done, answers=[LOST])

        (_, first), *_, (_, last) = machine.drive(machine.begin(), model)

        assert (first.phase, first.asked, first.asked_at) == (Phase(machine.under_way), True, after(0))
        assert (last.phase, first.joined, last.joined) == (Phase(machine.done), False, False)
        assert not machine.already_done(last)
        assert machine.calls(model) == 1

    def test_of_a_model_that_is_there_at_once_is_not_of_one_that_was_there_before(self, machine: Machine) -> None:
        model = machine.model(machine.ready, machine.done, answers=[LOST])

        progress = machine.ask(machine.begin(), model, now=after(1))

        assert (progress.phase, progress.asked) == (Phase(machine.done), True)
        assert not machine.already_done(progress)

    def test_of_a_model_that_stays_is_asked_for_again(self, machine: Machine) -> None:
        looks = [*[machine.ready] * 3, machine.under_way, machine.done]
        model = machine.model(*looks, answers=[LOST, machine.under_way])

        (_, first), (_, second), *_, (_, last) = machine.drive(machine.begin(), model)

        assert (first.phase, first.asked, first.may_bill) == (Phase.BLOCKED, True, True)
        assert (second.phase, second.asked) == (Phase(machine.under_way), True)
        assert (last.phase, machine.calls(model)) == (Phase(machine.done), 2)

    def test_of_a_model_that_nobody_can_look_at_may_bill_and_is_looked_at_later(self, machine: Machine) -> None:
        model = machine.model(machine.ready, THROTTLED, machine.under_way, answers=[LOST])

        first = machine.ask(machine.begin(), model, now=after(1))
        assert (first.phase, first.asked, first.may_bill) == (Phase.BLOCKED, True, True)

        second = machine.ask(first, model, now=after(16))
        assert (second.phase, second.joined) == (Phase(machine.under_way), False)
        assert machine.calls(model) == 1


@BOTH
class TestAServiceThatCannotAnswerNow:
    """Throttled, or broken on its side."""

    @TEMPORARY
    def test_leaves_what_is_under_way_as_it_is(self, machine: Machine, trouble: ModelLifecycleError) -> None:
        model = machine.model(machine.ready, machine.under_way, trouble, trouble, machine.done)

        steps = machine.drive(machine.begin(), model)

        assert phases_of(steps) == [*[machine.under_way] * 4, machine.done]
        assert [bool(progress.trouble) for _, progress in steps] == [False, False, True, True, False]
        assert machine.calls(model) == 1

    def test_is_looked_at_before_it_is_asked(self, machine: Machine) -> None:
        model = machine.model(THROTTLED)

        progress = machine.ask(machine.begin(), model, now=after(1))

        assert (progress.phase, progress.asked, machine.calls(model)) == (Phase.BLOCKED, False, 0)

    def test_puts_off_a_call_that_was_not_made(self, machine: Machine) -> None:
        model = machine.model(machine.ready, answers=[THROTTLED, THROTTLED, machine.under_way])

        steps = machine.drive(machine.begin(), model, until=after(30))

        assert phases_of(steps) == ["BLOCKED", "BLOCKED", machine.under_way]
        assert [progress.asked for _, progress in steps] == [False, False, True]

    @pytest.mark.parametrize("known", [(), ("STOPPING",), ("STARTING",)], ids=["nothing", "stopping", "starting"])
    def test_never_hides_past_the_deadline(self, machine: Machine, known: tuple[str, ...]) -> None:
        first = machine.begin(**{machine.timeout: 600})

        *_, (when, last) = machine.drive(first, machine.model(*known, THROTTLED))

        assert (when, last.phase) == (after(600), Phase.OVERDUE)
        assert last.may_bill or machine.call == "start"
        name, cause = error_of(last)
        assert name == f"{machine.call.title()}TimedOutError"
        assert "10 min" in cause
        assert (known[0] if known else "could not be read") in cause
        assert "ThrottlingException" in cause


@BOTH
class TestTheDeadline:
    """A moment, fixed when the execution starts."""

    def begun(self, machine: Machine) -> Any:
        """Return an execution whose call the service accepted a second in."""
        progress = machine.ask(machine.begin(), machine.model(machine.ready), now=after(1))
        assert (progress.phase, progress.asked) == (Phase(machine.under_way), True)
        return progress

    def test_still_lets_the_last_look_find_a_model_that_came_there(self, machine: Machine) -> None:
        begun = self.begun(machine)

        assert machine.check(begun, machine.model(machine.done), now=begun.deadline).phase is Phase(machine.done)

    def test_does_not_move_when_a_step_is_repeated_later(self, machine: Machine) -> None:
        begun = self.begun(machine)

        again = machine.ask(begun, machine.model(machine.under_way), now=after(1_000))

        assert again.deadline == begun.deadline == after(3_600 if machine.call == "start" else 1_800)


@BOTH
@pytest.mark.parametrize("error", [*FINAL, NOT_FOUND], ids=lambda error: error.name)
class TestAnErrorThatNoWaitingHeals:
    """Bad input, no such model, no permission: at once told, in the words of the service."""

    def test_ends_the_execution_at_the_first_look(self, machine: Machine, error: ModelLifecycleError) -> None:
        progress = machine.ask(machine.begin(), machine.model(error), now=after(1))

        assert (progress.phase, progress.asked) == (Phase.FAILED, False)
        assert error_of(progress) == (error.name, str(error))
        # A stop that could not see its model does not know that it is stopped. What does not exist does not bill.
        assert progress.may_bill == (machine.call == "stop" and error is not NOT_FOUND)

    def test_ends_it_when_it_is_the_answer_to_the_call(self, machine: Machine, error: ModelLifecycleError) -> None:
        model = machine.model(machine.ready, answers=[error])

        progress = machine.ask(machine.begin(), model, now=after(1))

        assert (progress.phase, progress.asked, progress.may_bill) == (Phase.FAILED, False, machine.call == "stop")
        assert (error_of(progress), machine.calls(model)) == ((error.name, str(error)), 1)

    def test_ends_what_is_under_way_and_may_bill(self, machine: Machine, error: ModelLifecycleError) -> None:
        model = machine.model(machine.ready, machine.under_way, error)

        *_, (_, last) = machine.drive(machine.begin(), model)

        assert (last.phase, last.asked, last.may_bill) == (Phase.FAILED, True, True)
        assert error_of(last) == (error.name, str(error))
