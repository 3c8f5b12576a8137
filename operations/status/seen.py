"""What was read for a status. None is what could not be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from model_lifecycle.model.budget import BudgetStanding
from model_lifecycle.model.line import Line
from model_lifecycle.model.record import ModelRecord
from model_lifecycle.model.usage import Datapoint
from model_lifecycle.requests.stop_request import StopRequest
from operations.status.deployed import Deployed
from operations.status.fleet import Fleet
from operations.status.recurring import Recurring


@dataclass(frozen=True)
class SeenModel:
    """A model that its service lists, and its record. `units`: the least and the most, where the service says them."""

    request: StopRequest
    status: str
    units: tuple[int | None, int | None]
    record: ModelRecord | None


@dataclass(frozen=True)
class SeenExecution:
    """An execution that Step Functions lists. `succeeded`: whether it ended, and well."""

    began: datetime
    under_way: bool
    succeeded: bool = False


@dataclass(frozen=True)
class Asked:
    """What an execution of start-model was asked for. `model_id`: of which model; None if its input is not valid.

    `timeout`: how long it may take, from `ready_by` if it is for later. `parent`: the execution whose child it is.
    """

    model_id: str | None
    timeout: timedelta = timedelta(0)
    parent: str | None = None
    ready_by: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Seen:
    """All of it, at one moment. `models`: those that run, start, stop or wait for a start.

    `executions` and `asked` are by the ARNs of executions, `measured` by model. Few executions are looked into.
    `unclaimed`: the starts under way that no record names, the latest first: they wait until they can ask for a model.
    `armed`: the names of the schedules that stop models. `left_out`: how many projects were not asked. `lines`: who
    waits for a place in the quota, by the service. `fleets`: those under way. `budgets`: where the budget stands, if
    there is one. `failures`: what could not be read, a sentence each.
    """

    now: datetime
    stack: str
    stage: str
    account: str
    region: str
    deployed: Deployed
    models: Sequence[SeenModel]
    executions: Mapping[str, SeenExecution] | None = None
    unclaimed: Sequence[str] = ()
    schedules: Sequence[Recurring] | None = None
    armed: frozenset[str] | None = None
    measured: Mapping[str, Sequence[Datapoint]] = field(default_factory=dict)
    asked: Mapping[str, Asked] = field(default_factory=dict)
    budgets: Sequence[BudgetStanding] | None = ()
    lines: Mapping[str, Line] = field(default_factory=dict)
    fleets: Sequence[Fleet] | None = ()
    left_out: int = 0
    failures: Sequence[str] = ()
