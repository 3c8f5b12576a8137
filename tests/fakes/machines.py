"""The two state machines, for tests that are true of both, and the trouble that both meet."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from model_lifecycle.model.lease import lease_of
from model_lifecycle.model.record import ModelRecord
from model_lifecycle.vocabulary.errors import (
    AccessDeniedError,
    InvalidRequestError,
    ModelInUseError,
    ModelLifecycleError,
    ServiceRefusedError,
    ServiceUnavailableError,
)
from model_lifecycle.vocabulary.instant import to_instant
from tests.fakes.fake_model import FakeModel
from tests.fakes.given import EXECUTION, after, begin, begin_stop
from tests.fakes.state_machine import check, check_stopping, drive, drive_stop, start, stop

IN_USE = ModelInUseError("The call got ResourceInUseException: It is busy.")
THROTTLED = ServiceUnavailableError("The call got ThrottlingException", perhaps_done=False)
LOST = ServiceUnavailableError("The call got no answer: read timed out", perhaps_done=True)
DENIED = AccessDeniedError("The call got AccessDeniedException: not yours")
FINAL = [DENIED, InvalidRequestError("not so"), ServiceRefusedError("not at all")]
ANOTHER = f"{EXECUTION}-of-another"
LEASE_END = after(-20)
LEASE_OVER = {"LeaseEndsAt": to_instant(LEASE_END), "Reason": "The lease is over."}
RUN_BY_EXECUTION = ModelRecord(
    version=1,
    latest_start=EXECUTION,
    wanted_at=after(-3_600),
    asked_by=EXECUTION,
    asked_at=after(-3_590),
    status_when_asked="STOPPED",
    ran_at=after(-3_000),
    min_inference_units=2,
)
LEASED = replace(RUN_BY_EXECUTION, lease_ends_at=LEASE_END, leased_by=EXECUTION)
TEMPORARY = pytest.mark.parametrize("trouble", [THROTTLED, LOST], ids=["throttled", "no answer"])


@dataclass(frozen=True, kw_only=True)
class Machine:
    """One of the two, of a model of Rekognition.

    `ready` is the status in which its call is made, `under_way` the one that the call leads to, `done` the one that is
    wanted. `call` is the call's name, and `timeout` the field for the seconds until the deadline. `first_wait`: seconds
    from the call to the first look.
    """

    begin: Callable[..., Any]
    ask: Callable[..., Any]
    check: Callable[..., Any]
    drive: Callable[..., Any]
    ready: str
    under_way: str
    done: str
    call: str
    timeout: str
    first_wait: int

    def model(self, *looks: Any, answers: Sequence[str | ModelLifecycleError] = (), **more: Any) -> FakeModel:
        """Return a model whose calls get these answers; without any, each is accepted."""
        script: dict[str, Any] = {f"{self.call}s": answers or [self.under_way]}
        return FakeModel(*looks, **script, **more)

    def calls(self, model: FakeModel) -> int:
        """How often the model got the call."""
        calls: int = getattr(model, f"{self.call}s")
        return calls

    def already_done(self, progress: Any) -> bool:
        """Whether the model is said to have been there before anybody asked."""
        already: bool = getattr(progress, f"already_{self.done.lower()}")
        return already


START = Machine(
    begin=begin,
    ask=start,
    check=check,
    drive=drive,
    ready="STOPPED",
    under_way="STARTING",
    done="RUNNING",
    call="start",
    timeout="StartTimeoutSeconds",
    first_wait=60,
)
STOP = Machine(
    begin=begin_stop,
    ask=stop,
    check=check_stopping,
    drive=drive_stop,
    ready="RUNNING",
    under_way="STOPPING",
    done="STOPPED",
    call="stop",
    timeout="StopTimeoutSeconds",
    first_wait=15,
)
BOTH = pytest.mark.parametrize("machine", [START, STOP], ids=lambda machine: machine.call)


def known(record: ModelRecord, *looks: Any, **more: Any) -> FakeModel:
    """Return a model of which that is remembered, with its lease armed."""
    model = FakeModel(*looks, **more)
    model.records.record = record
    if lease := lease_of(record):
        model.leases.armed = [lease]
    return model


def error_of(progress: Any) -> tuple[str, str]:
    """Error and Cause of an execution that gave up."""
    assert progress.failure is not None
    return progress.failure.name, progress.failure.cause


def phases_of(steps: Sequence[tuple[Any, Any]]) -> list[str]:
    """Return what each step of an execution led to."""
    return [progress.phase.value for _, progress in steps]
