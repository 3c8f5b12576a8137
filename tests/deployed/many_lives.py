"""Many lives at once: each test has its own model and faults, and all share one stretch of virtual time."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from local.api.calls import ApiCall
from local.commands.subscriber import Notification
from local.network.faults import calls
from local.scenario.scenario import EFFECTS
from model_lifecycle.endings.outcome import GOES_ON
from tests.deployed.lifecycle import SECONDS_OF_PATIENCE, Execution, Lifecycle, carried_out
from tests.deployed.services import REKOGNITION, ServiceWords
from tests.deployed.someone import Someone

SECONDS_OF_PATIENCE_FOR_EACH = 10


@dataclass(frozen=True, eq=False, kw_only=True)
class Life:
    """What one test wants: a model, and an execution of start-model, or of stop-model if it `stops`.

    `faults` befall calls about this model alone, from the execution's start on; most are about one `operation`, which
    has an `error`: a code or an effect. `before` is the input of a start that has ended by then.
    """

    service: ServiceWords
    operation: str = ""
    error: str = ""
    script: Mapping[str, Any] = field(default_factory=dict)
    faults: Sequence[Mapping[str, Any]] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)
    stops: bool = False
    before: Mapping[str, Any] | None = None

    def __str__(self) -> str:
        return f"{self.service}-{self.operation}-{self.error}"

    def with_faults(self, *faults: Mapping[str, Any]) -> Self:
        """Return the life with faults of its operation and of its error, where they say nothing else."""
        meant = {"Operation": self.operation, "Effect" if self.error in EFFECTS else "Error": self.error}
        return replace(self, faults=[{**meant, **fault} for fault in faults])

    @property
    def takes_real_time(self) -> bool:
        """Whether a client waits in it by the machine's own clock."""
        return any(fault.get("Effect") == "Timeout" for fault in self.faults)


@dataclass(frozen=True, kw_only=True)
class Lived:
    """What became of a life: its execution, what was told of that, and all calls about its model."""

    service: ServiceWords
    execution: Execution
    messages: Sequence[Notification]
    calls: Sequence[ApiCall]
    says: str
    """The model's status at last."""
    armed: Sequence[str]

    @property
    def document(self) -> dict[str, Any]:
        """The one message about the execution's end: there must be exactly one, and at most one that it waits."""
        [end] = [document for document in self._told if document["Outcome"] not in GOES_ON]
        assert len(self._told) <= 2
        return end

    @property
    def waited(self) -> dict[str, Any] | None:
        """The message that the execution waits, if there is one."""
        return next((document for document in self._told if document["Outcome"] == "Waiting"), None)

    @property
    def _told(self) -> list[dict[str, Any]]:
        return [message.document for message in self.messages]

    def carried_out(self, operation: str) -> int:
        """How many calls of an operation about its model did what they ask for."""
        return carried_out(operation, self.calls)


def live(lifecycle: Lifecycle, lives: Iterable[Life]) -> dict[Life, Lived]:
    """Let all of it happen."""
    # Those whose clients wait do so at the same time; of the others one comes after another, as function instances do.
    named = {
        life: f"life-{number:03}"
        for number, life in enumerate(sorted(lives, key=lambda life: not life.takes_real_time))
    }
    services = {life: _of(life.service, name) for life, name in named.items()}
    patience = SECONDS_OF_PATIENCE + SECONDS_OF_PATIENCE_FOR_EACH * len(named)
    lifecycle.let_the_watch_pass()
    lifecycle.given(*(services[life].script(**life.script) for life in named))
    with lifecycle.clock.running():
        for life in named:
            if life.before is not None:
                lifecycle.start({**services[life].model, **life.before})
                lifecycle.clock.wait(0.01)
    lifecycle.settle(patience=patience)
    lifecycle.given_faults(*({**fault, "Model": name} for life, name in named.items() for fault in life.faults))
    arns = {}
    with lifecycle.clock.running():
        for life in named:
            begin = lifecycle.stop if life.stops else lifecycle.start
            arns[life] = begin({**services[life].model, **life.fields})
            if not life.takes_real_time:
                lifecycle.clock.wait(0.01)
    lifecycle.settle(patience=patience)
    made = [(call, json.dumps(call.parameters, default=str)) for call in calls()]
    # What stays would befall the looking back as well.
    lifecycle.given_faults()
    armed = _armed(lifecycle)
    lived = {
        life: Lived(
            service=services[life],
            execution=lifecycle.end_of(arns[life]),
            messages=lifecycle.messages(arns[life]),
            calls=[call for call, asked in made if name in asked],
            says=Someone(lifecycle.aws, services[life]).sees(),
            armed=[asked for asked in armed if name in asked],
        )
        for life, name in named.items()
    }
    lifecycle.forget()
    return lived


def _of(service: ServiceWords, name: str) -> ServiceWords:
    if service is REKOGNITION:
        arn = f"arn:aws:rekognition:us-east-1:123456789012:project/{name}/version/{name}.2026/1767603600000"
        return replace(service, model={"ProjectVersionArn": arn})
    return replace(service, model={"ProjectName": name, "ModelVersion": "1"})


def _armed(lifecycle: Lifecycle) -> list[str]:
    """Return what the armed stops will ask for."""
    scheduler = lifecycle.aws.client("scheduler")
    named = [{"GroupName": schedule["GroupName"], "Name": schedule["Name"]} for schedule in lifecycle.armed()]
    return [scheduler.get_schedule(**names)["Target"]["Input"] for names in named]
