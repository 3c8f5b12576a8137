"""What everything in a simulated world shares: time, faults, and a log."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import TypeVar

from model_lifecycle.vocabulary import errors
from tests.fakes.given import START, after
from tests.simulation import model_life as lived
from tests.simulation.story import Call, Fault, Story
from tests.simulation.turnstile import Turnstile

Answer = TypeVar("Answer")

_CARRIED_OUT = (None, Fault.ANSWER_LOST, Fault.DIES_AFTER)
_DIES = (Fault.DIES_BEFORE, Fault.DIES_AFTER)
_ERRORS: Mapping[Fault, errors.ModelLifecycleError] = {
    Fault.THROTTLED: errors.ServiceUnavailableError("It is throttled.", perhaps_done=False),
    Fault.BROKEN: errors.ServiceUnavailableError("No answer came.", perhaps_done=True),
    Fault.ANSWER_LOST: errors.ServiceUnavailableError("No answer came.", perhaps_done=True),
    Fault.IN_USE: errors.ModelInUseError("It is in use."),
    Fault.DENIED: errors.AccessDeniedError("It is denied."),
    Fault.NOT_FOUND: errors.ModelNotFoundError("It is not there."),
    Fault.QUOTA: errors.QuotaExceededError("The quota is full."),
    Fault.INVALID: errors.InvalidRequestError("It is invalid."),
    Fault.REFUSED: errors.ServiceRefusedError("It is refused."),
}


class ProcessDiedError(Exception):
    """The function's process ended in the middle of its work."""


class FaultyCallError(Exception):
    """What a caller without a word of its own for it gets of a fault."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True)
class Look:
    """What one call told of the status: None if it was to tell and did not. `step`: which function's run made it."""

    step: int
    told: str | None
    moment: datetime


@dataclass(frozen=True)
class Asked(lived.Call):
    """A start or a stop that was carried out. `looks_before`: how often the status was looked at before."""

    looks_before: int
    status_before: str
    answered: bool


class Scene:
    """Where a story takes place."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.over = START + story.lasts
        self.turnstile = Turnstile(START, until=self.over)
        self.chance = Random(story.chance)  # noqa: S311 - the same each time
        self.conditions: list[lived.Condition] = []
        self.asked: list[Asked] = []
        self.written: list[lived.Written] = []
        self.looks: list[Look] = []
        self.fault: Fault | None = None
        self._befallen = [0] * len(story.faults)

    @property
    def now(self) -> datetime:
        """The moment now."""
        return self.turnstile.now

    def call(self, kind: Call, carry_out: Callable[[], Answer]) -> Answer:
        """Make a call, while others go on; half of its time has passed when it is carried out."""
        seconds = self.chance.choice(self.story.seconds_a_call)
        fault = self._fault_of(kind)
        self.turnstile.wait(seconds / 2)
        refusal: Exception | None = None
        if fault in _CARRIED_OUT:
            self.fault = fault
            try:
                answer = carry_out()
            except (errors.ModelLifecycleError, ProcessDiedError) as error:
                refusal = error
        self.turnstile.wait(seconds / 2)
        if fault in _DIES:
            raise ProcessDiedError
        if fault is not None:
            raise FaultyCallError(fault) if kind is Call.INVOKE else _ERRORS[fault]
        if refusal is not None:
            raise refusal
        return answer

    def _fault_of(self, kind: Call) -> Fault | None:
        befallen: Fault | None = None
        for number, befalls in enumerate(self.story.faults):
            begin = after(befalls.at)
            if befalls.call is kind and begin <= self.now < begin + timedelta(seconds=befalls.seconds):
                if befallen is None and befalls.first <= self._befallen[number] < befalls.first + befalls.times:
                    befallen = befalls.fault
                self._befallen[number] += 1
        return befallen
