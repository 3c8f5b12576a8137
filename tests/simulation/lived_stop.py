"""One execution of the state machine stop-model in the life of a model, from its input to what is told of its end."""

from functools import partial

from model_lifecycle.steps.step import Action
from model_lifecycle.steps.stop import check_stop, stop_model
from model_lifecycle.vocabulary.phase import Goal, Phase
from tests.fakes.fake_meter import FakeMeter
from tests.fakes.given import STOP_EXECUTION
from tests.simulation.life import Call
from tests.simulation.lived_execution import LivedExecution
from tests.simulation.living_model import LivingRecords, Look, OwnStop


class LivedStop(LivedExecution):
    """Runs stop-model's loop as its definition has it, with the repetitions of a step that died."""

    GOAL = Goal.STOPPED
    ARN = STOP_EXECUTION

    @property
    def timeout_seconds(self) -> int:
        """Seconds from the execution's start to its deadline."""
        written = self.life.execution_input
        seconds: int = written.get("FailedStart", {"Input": written})["Input"]["StopTimeoutSeconds"]
        return seconds

    @property
    def conditional(self) -> bool:
        """Whether it stops the model only while the record says what it was asked for."""
        return bool({"FailedStart", "LatestStart", "LeaseEndsAt"} & self.life.execution_input.keys())

    @property
    def knows_its_record(self) -> bool:
        """Nothing keeps it from reading the record, or from writing it."""
        befallen = {*self.life.lasting_faults, *(call for call, _ in self.life.faults)}
        return not befallen & {Call.READ, Call.WRITE}

    def actions(self) -> dict[Phase, Action]:
        """What is done in each phase that does not end the execution."""
        records, leases, meter = LivingRecords(self.world), self.world.leases, FakeMeter()
        return {
            Phase.STOPPING: partial(check_stop, records=records, leases=leases, meter=meter),
            Phase.BLOCKED: partial(stop_model, records=records, leases=leases, meter=meter),
        }

    def learned_between_stops(self, one: OwnStop, other: OwnStop) -> list[Look]:
        """What the execution learned of the status between two stops: what was told to a step that died is lost."""
        lived = {step.number for step in self.steps if step.answer}
        return [look for look in self.world.looks[one.looks_before : other.looks_before] if look.step in lived]
