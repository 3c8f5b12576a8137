"""One thing that whoever wrote the schedules should know."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from settings.schedules import Action


class Kind(StrEnum):
    """What a warning is about, the costliest first."""

    RUNS_WITHOUT_END = "RunsWithoutEnd"
    STOPPED_BY_WATCH = "StoppedByWatch"
    NOT_WATCHED = "NotWatched"
    TOO_MANY_MODELS = "TooManyModels"
    SKIPPED = "SkippedByDaylightSaving"
    DOUBLED = "DoubledByDaylightSaving"
    NEVER_FIRES = "NeverFires"
    NOTHING_TO_STOP = "NothingToStop"
    RUNS_ALREADY = "RunsAlready"
    STOPS_ANOTHER_RUN = "StopsAnotherRun"
    LEASE_OVER = "LeaseOver"
    SAME_MOMENT = "SameMoment"
    CLOCKS_CHANGE = "ClocksChange"
    MEANT_IN_UTC = "MeantInUtc"
    COUNTED_FROM_DEPLOY = "CountedFromDeploy"
    RUNS_SINCE_BEFORE = "RunsSinceBefore"
    MORE_UNITS = "MoreUnits"


@dataclass(frozen=True, kw_only=True)
class PlanWarning:
    """A sentence, without its full stop, about the first time that something happens.

    `models`: their ids. `action`: that of the entry that it is about. `at`: that first time in UTC. `times`: how often
    it happens within the plan.
    """

    kind: Kind
    message: str
    schedules: tuple[str, ...]
    models: tuple[str, ...]
    action: Action | None = None
    at: datetime | None = None
    times: int = 1
