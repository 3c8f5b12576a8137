"""One execution in the life of a model, from its input to its message."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from model_lifecycle.vocabulary.instant import from_instant
from model_lifecycle.vocabulary.phase import Goal
from tests.fakes.given import EXECUTION, START
from tests.simulation.scene import Asked, Look
from tests.simulation.story import Call
from tests.simulation.world import World


class LivedExecution:
    """What the one execution that a story begins with did and learned. `message` is None of what nobody was told."""

    def __init__(self, world: World) -> None:
        self.life = world.story
        self.world = world
        self.running = next(iter(self.world.executions.values()))
        self.visits = self.running.visits
        self.steps = self.running.steps
        self._heard = {step.number: step.ended for step in self.steps if step.heard and step.ended}
        self.message = self.running.message
        self.left_alone = self.running.quiet
        self.status_at_end = self.visits[-1].status
        own = [self._heard_of(asked) for asked in self.world.asked if asked.by == self.running.arn]
        self.own_starts = [asked for asked in own if asked.starts]
        self.own_stops = [asked for asked in own if not asked.starts]
        self.stopped_by_others = [asked.moment for asked in self.world.asked if not asked.by and not asked.starts]

    @property
    def deadline(self) -> datetime:
        """When it is to end at the latest."""
        asked = self.running.input.get("FailedStart", {"Input": self.running.input})["Input"]
        name = "StartTimeoutSeconds" if self.running.goal is Goal.RUNNING else "StopTimeoutSeconds"
        return (self.ready_by or START) + timedelta(seconds=asked[name])

    @property
    def ready_by(self) -> datetime | None:
        """When its model is to be running, if that is later than its beginning."""
        written = self.running.input.get("ReadyBy")
        return max(START, from_instant(written)) if written else None

    @property
    def document(self) -> dict[str, Any]:
        """What programs are told."""
        assert self.message is not None
        return self.message.document

    @property
    def told_by_its_state(self) -> bool:
        """It did not take the net to tell its end."""
        ended = self.running.ended
        return any(
            told.execution_arn == self.running.arn and told.moment <= (ended or START) for told in self.world.told
        )

    @property
    def begun(self) -> datetime | None:
        """When the execution asked for the start or saw one under way, if it did."""
        joins = [
            self._heard[look.step]
            for look in self.world.looks
            if look.told == self.life.words.starting and look.step in self._heard
        ]
        return min([*joins, *(start.moment for start in self.own_starts)], default=None)

    @property
    def forgot(self) -> bool:
        """Its record was lost to it: it could not be read, or another execution's claim stands there."""
        taken = self.world.records.store.record.latest_start not in (None, EXECUTION)
        return taken or Call.READ in self.life.befallen

    @property
    def conditional(self) -> bool:
        """Whether it stops the model only while the record says what it was asked for."""
        return bool({"FailedStart", "LatestStart", "LeaseEndsAt"} & self.running.input.keys())

    @property
    def knows_its_record(self) -> bool:
        """Nothing keeps it from reading the record, or from writing it."""
        return not self.life.befallen & {Call.READ, Call.WRITE}

    @property
    def last_look(self) -> Look | None:
        """What was told last of the status to what made the message."""
        for teller in (self.running.told_by, max(self._heard, default=0)):
            if looks := [look for look in self.world.looks if look.step == teller]:
                return looks[-1]
        return None

    def learned_between(self, one: Asked, other: Asked) -> list[Look]:
        """Return what the execution learned of the status between two calls, without what steps that died saw."""
        return [look for look in self.world.looks[one.looks_before : other.looks_before] if look.step in self._heard]

    def _heard_of(self, asked: Asked) -> Asked:
        """Return the service's answer is lost with that of the step, too."""
        step = max((step for step in self.steps if step.began <= asked.moment), key=lambda step: step.number)
        return replace(asked, answered=asked.answered and step.heard)
