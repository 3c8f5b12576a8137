"""The life of one model: its status at any moment, from its script and the calls about it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from local.scenario.scenario import ModelScript


@dataclass(frozen=True)
class Call:
    """A start or a stop that the service accepted."""

    moment: datetime
    starts: bool
    min_units: int = 1
    max_units: int | None = None


@dataclass(frozen=True)
class Condition:
    """How a model is at one moment.

    The inference units are those in force: none while the model neither runs nor is on its way to or from it.
    """

    status: str
    message: str
    since: datetime
    min_units: int | None = None
    max_units: int | None = None


@dataclass(frozen=True)
class Run:
    """A time in which a model ran with the same inference units."""

    begin: datetime
    end: datetime
    min_units: int
    max_units: int


@dataclass(frozen=True)
class ModelLife:
    """A script, the moment at which it began, and the accepted calls, oldest first."""

    script: ModelScript
    boot: datetime
    calls: tuple[Call, ...] = ()

    def at(self, moment: datetime) -> Condition:
        """Tell how the model is at a moment that is not before the last call."""
        *_, condition = self.conditions(moment)
        return condition

    def conditions(self, until: datetime) -> Iterator[Condition]:
        """Yield how the model is from its beginning to a moment, each condition until the next one's `since`."""
        condition = self._first()
        for happening in self._happenings(until):
            yield condition
            ended = self._course(condition, happening.moment)
            if ended is not condition:
                yield ended
            condition = happening.applied_to(ended, self)
        yield condition
        ended = self._course(condition, until)
        if ended is not condition:
            yield ended

    def runs(self, until: datetime) -> Iterator[Run]:
        """Yield when the model ran, up to a moment that is not before the last call."""
        conditions = list(self.conditions(until))
        ends = [*(condition.since for condition in conditions[1:]), until]
        for condition, end in zip(conditions, ends, strict=True):
            if condition.status == self.script.words.running:
                least = condition.min_units or self.script.min_inference_units
                yield Run(condition.since, end, least, condition.max_units or least)

    def startable_at(self, moment: datetime) -> bool:
        """Tell whether the service accepts a start."""
        return self.at(moment).status in self.script.words.startable

    def stoppable_at(self, moment: datetime) -> bool:
        """Tell whether the service accepts a stop."""
        return self.at(moment).status == self.script.words.running

    def started(self, moment: datetime, *, min_units: int, max_units: int | None) -> "ModelLife":
        """Add an accepted start."""
        return replace(self, calls=(*self.calls, Call(moment, True, min_units, max_units)))

    def stopped(self, moment: datetime) -> "ModelLife":
        """Add an accepted stop."""
        return replace(self, calls=(*self.calls, Call(moment, False)))

    def accepted(self) -> Condition:
        """Tell how the model is as the last call is accepted, even if that lasts no time at all."""
        moment = self.calls[-1].moment
        before = replace(self, calls=self.calls[:-1]).at(moment)
        return _Called(moment, self.calls[-1]).applied_to(before, self)

    def message_of(self, status: str) -> str:
        """Say what the service says of a status."""
        return self.script.words.messages.get(status, "")

    def has_units(self, status: str) -> bool:
        """Tell whether inference units are in force in a status."""
        words = self.script.words
        return status in (words.starting, words.running, words.stopping)

    def _first(self) -> Condition:
        script = self.script
        message = script.status_message or self.message_of(script.status)
        if not self.has_units(script.status):
            return Condition(script.status, message, self.boot)
        return Condition(script.status, message, self.boot, script.min_inference_units, script.max_inference_units)

    def _happenings(self, until: datetime) -> Iterator["_Happening"]:
        """Yield the calls and the script's turns in order of time; a turn precedes a call of the same moment."""
        turns: list[_Happening] = []
        first_start = next((call.moment for call in self.calls if call.starts), None)
        if first_start is not None:
            turns = [
                _Turned(first_start + timedelta(seconds=turn.after_seconds), turn.status, turn.status_message)
                for turn in self.script.turns
            ]
        for call in self.calls:
            if first_start is not None and call.moment > first_start:
                while turns and turns[0].moment <= call.moment:
                    yield turns.pop(0)
            yield _Called(call.moment, call)
        yield from (turn for turn in turns if turn.moment <= until)

    def _course(self, condition: Condition, moment: datetime) -> Condition:
        """Let a condition take its course until a moment: starts and stops end by themselves."""
        words = self.script.words
        if condition.status == words.starting and self.script.start_ends_in != words.starting:
            return self._ended(condition, self.script.start_ends_in, self.script.start_seconds, moment)
        if condition.status == words.stopping:
            return self._ended(condition, words.stopped, self.script.stop_seconds, moment)
        return condition

    def _ended(self, condition: Condition, status: str, seconds: float, moment: datetime) -> Condition:
        end = condition.since + timedelta(seconds=seconds)
        return condition if moment < end else self.turned(condition, end, status, self.message_of(status))

    def turned(self, condition: Condition, moment: datetime, status: str, message: str) -> Condition:
        """Put a model into another status, with the units that it has."""
        if not self.has_units(status):
            return Condition(status, message, moment)
        min_units = condition.min_units or self.script.min_inference_units
        max_units = condition.max_units if condition.min_units else self.script.max_inference_units
        return Condition(status, message, moment, min_units, max_units)


@dataclass(frozen=True)
class _Happening:
    moment: datetime

    def applied_to(self, condition: Condition, life: ModelLife) -> Condition:
        raise NotImplementedError


@dataclass(frozen=True)
class _Called(_Happening):
    call: Call

    def applied_to(self, condition: Condition, life: ModelLife) -> Condition:
        words = life.script.words
        if self.call.starts:
            message = life.message_of(words.starting)
            return Condition(words.starting, message, self.moment, self.call.min_units, self.call.max_units)
        return life.turned(condition, self.moment, words.stopping, life.message_of(words.stopping))


@dataclass(frozen=True)
class _Turned(_Happening):
    status: str
    message: str | None

    def applied_to(self, condition: Condition, life: ModelLife) -> Condition:
        message = life.message_of(self.status) if self.message is None else self.message
        return life.turned(condition, self.moment, self.status, message)
