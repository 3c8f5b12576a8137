"""One model's story among many: who wants what of it when, and what goes wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeAlias

from tests.deployed.lifecycle import ACCOUNT
from tests.deployed.services import REKOGNITION, ServiceWords

_PROJECT = f"arn:aws:rekognition:us-east-1:{ACCOUNT}:project/leaks"


class Hand(Enum):
    """What a person does with a client of their own."""

    STARTS = "starts it"
    STOPS = "stops it"
    DISARMS = "deletes its armed stops"


@dataclass(frozen=True)
class Start:
    """An execution of start-model so many seconds after the story's beginning, with these fields in its input."""

    at: float
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Stop:
    """An execution of stop-model."""

    at: float
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ByHand:
    """What somebody does, and when."""

    at: float
    does: Hand


Act: TypeAlias = Start | Stop | ByHand


@dataclass(frozen=True)
class Abort:
    """A person aborts an execution of that machine, as often as one comes into that state, so many times."""

    machine: str
    state: str
    times: int = 1

    def __str__(self) -> str:
        return f"{self.machine} aborted in {self.state}"


@dataclass(frozen=True, kw_only=True)
class Story:
    """`number`: that of its model among all. `script`: how the model behaves. `faults`: as in a scenario, from the
    story's beginning until the next one's.
    """

    name: str
    number: int = 0
    service: ServiceWords
    acts: Sequence[Act]
    script: Mapping[str, Any] = field(default_factory=dict)
    faults: Sequence[Mapping[str, Any]] = ()
    abort: Abort | None = None

    def __str__(self) -> str:
        return self.name

    @property
    def model(self) -> dict[str, str]:
        """The input fields that name the model. All are of two projects: the watch lists each once an hour."""
        if self.service is REKOGNITION:
            return {
                "ProjectVersionArn": f"{_PROJECT}/version/{self.number}/1767603600000",
                "ProjectArn": f"{_PROJECT}/1767000000000",
            }
        return {"ProjectName": "leaks", "ModelVersion": str(self.number)}

    @property
    def scripted(self) -> dict[str, Any]:
        """The model in a scenario."""
        return {**self.model, "StartSeconds": 20, "StopSeconds": 10, **self.script}

    def is_about(self, said: Mapping[str, Any]) -> bool:
        """Whether an input, a message or a call's parameters name its model."""
        failed = said.get("FailedStart", {}).get("Input", {})
        named = {f"{name[0].upper()}{name[1:]}": value for name, value in {**failed, **said}.items()}
        return all(named.get(name) == self.model[name] for name in self.service.model)
