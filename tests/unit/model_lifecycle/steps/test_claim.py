"""An execution's claim in the model's record: a step that dies after its call leaves no other trace."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from model_lifecycle.model.record import ModelRecord
from model_lifecycle.vocabulary.errors import ModelLifecycleError, QuotaExceededError
from model_lifecycle.vocabulary.phase import Phase
from tests.fakes.fake_model import FakeModel
from tests.fakes.given import after
from tests.fakes.machines import (
    ANOTHER,
    DENIED,
    IN_USE,
    LEASE_OVER,
    LEASED,
    LOST,
    START,
    STOP,
    TEMPORARY,
    THROTTLED,
    Machine,
)


@dataclass(frozen=True)
class Story:
    """An execution of either machine, and what was remembered of its model before."""

    machine: Machine
    record: ModelRecord
    fields: dict[str, Any]

    def begin(self) -> Any:
        """Return the execution as it starts."""
        return self.machine.begin(**self.fields)

    def model(self, *looks: Any, **more: Any) -> FakeModel:
        """Return the model, ready for the call."""
        model = self.machine.model(self.machine.ready, *looks, **more)
        model.records.record = self.record
        return model


STARTS = Story(START, ModelRecord(), {})
STOPS = Story(STOP, LEASED, {})
STOPS_AT_LEASE_END = Story(STOP, LEASED, LEASE_OVER)
EACH = pytest.mark.parametrize("story", [STARTS, STOPS, STOPS_AT_LEASE_END], ids=["start", "stop", "stop of a lease"])


@EACH
class TestAStepThatDied:
    """Its answer, and with it all that it knew, is lost; the step is taken again with what stood before."""

    def test_after_its_call_still_counts_as_having_asked(self, story: Story) -> None:
        machine, model = story.machine, story.model(story.machine.under_way)
        machine.ask(story.begin(), model, now=after(1))

        again = machine.ask(story.begin(), model, now=after(4))

        assert (again.phase, again.asked, again.joined) == (Phase(machine.under_way), True, False)
        assert (again.asked_at, machine.calls(model)) == (after(1), 1)

    def test_after_its_call_of_a_model_that_is_there_already_says_that_it_did_it(self, story: Story) -> None:
        machine, model = story.machine, story.model(story.machine.done)
        machine.ask(story.begin(), model, now=after(1))

        again = machine.ask(story.begin(), model, now=after(4))

        assert (again.phase, machine.calls(model)) == (Phase(machine.done), 1)
        assert not machine.already_done(again)

    def test_after_a_call_that_never_arrived_asks_again(self, story: Story) -> None:
        machine, model = story.machine, story.model()
        machine.ask(story.begin(), model, now=after(1))

        again = machine.ask(story.begin(), model, now=after(4))

        assert (again.phase, again.asked, machine.calls(model)) == (Phase(machine.under_way), True, 2)

    def test_is_not_taken_for_one_of_another_execution(self, story: Story) -> None:
        machine, model = story.machine, story.model(story.machine.under_way)
        machine.ask(replace(story.begin(), execution_arn=ANOTHER), model, now=after(1))

        progress = machine.ask(story.begin(), model, now=after(4))

        assert (progress.phase, progress.asked, progress.joined) == (Phase(machine.under_way), False, True)


@EACH
def test_it_says_who_was_about_to_ask_and_when_before_the_call_goes_out(story: Story) -> None:
    model = story.model(answers=[LOST])
    execution = story.begin()

    story.machine.ask(execution, model, now=after(1))

    record = model.records.record
    claimed = (record.asked_by, record.asked_at) if story is STARTS else (record.stopping, record.stop_asked_at)
    assert claimed == (execution.execution_arn, after(1))


@EACH
@pytest.mark.parametrize("refusal", [THROTTLED, IN_USE, DENIED, QuotaExceededError("x")], ids=lambda error: error.name)
def test_nothing_is_left_of_it_after_a_refused_call(story: Story, refusal: ModelLifecycleError) -> None:
    model = story.model(answers=[refusal])

    story.machine.ask(story.begin(), model, now=after(1))

    left = replace(model.records.record, unwanted_at=None, unwanted_by=None)
    assert replace(left, version=story.record.version) == story.record


@TEMPORARY
@pytest.mark.parametrize("call", ["read", "written"])
def test_nothing_is_started_as_long_as_it_cannot_be(call: str, trouble: ModelLifecycleError) -> None:
    model = FakeModel("STOPPED")
    if call == "read":
        model.records.trouble = trouble
    else:
        model.records.write_troubles = [trouble]

    waiting = START.ask(START.begin(), model, now=after(1))
    assert (waiting.phase, waiting.trouble, model.starts) == (Phase.BLOCKED, str(trouble), 0)

    model.records.trouble = None
    assert START.ask(waiting, model, now=after(16)).phase is Phase.STARTING


def test_of_two_executions_that_ask_at_once_the_later_one_looks_again_instead() -> None:
    model = FakeModel("STOPPED", "STOPPED", "STARTING")
    model.records.meanwhile = ModelRecord(version=1, latest_start=ANOTHER)

    progress = START.ask(START.begin(), model, now=after(1))

    assert (progress.phase, progress.asked, model.starts) == (Phase.BLOCKED, False, 0)
