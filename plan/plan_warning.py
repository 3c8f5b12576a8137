"""One thing that the author of the schedules should know."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from settings.schedules import Action


class Kind(StrEnum):
    """What a warning is about, the costliest first."""

    RUNS_WITHOUT_END = "RunsWithoutEnd"
    STOPPED_BY_WATCH = "StoppedByWatch"
    BUDGET_SPENT = "BudgetSpent"
    NOT_WATCHED = "NotWatched"
    TOO_MANY_UNITS = "TooManyUnits"
    TOO_MANY_MODELS = "TooManyModels"
    HANDOVER = "Handover"
    SKIPPED = "SkippedByDaylightSaving"
    DOUBLED = "DoubledByDaylightSaving"
    NEVER_FIRES = "NeverFires"
    NOTHING_TO_STOP = "NothingToStop"
    RUNS_ALREADY = "RunsAlready"
    STOPS_ANOTHER_RUN = "StopsAnotherRun"
    LEASE_OVER = "LeaseOver"
    CALLED_OFF = "CalledOff"
    SAME_MOMENT = "SameMoment"
    CLOCKS_CHANGE = "ClocksChange"
    MEANT_IN_UTC = "MeantInUtc"
    FIXED_OFFSET = "FixedOffset"
    COUNTED_FROM_DEPLOY = "CountedFromDeploy"
    RUNS_SINCE_BEFORE = "RunsSinceBefore"
    MORE_UNITS = "MoreUnits"


@dataclass(frozen=True, kw_only=True)
class PlanWarning:
    """What happens, in words without the last full stop; of several times that are alike, the first.

    `models`: their ids. `action`: that of the entry in question. `at`: that first time, in UTC. `times`: how often it
    happens within the plan. `waits`: how long the start waits for a place at most; None of a start that does not, or
    that gives up. `behind`: the ids of the models whose starts wait before it.
    """

    kind: Kind
    message: str
    schedules: tuple[str, ...]
    models: tuple[str, ...]
    action: Action | None = None
    at: datetime | None = None
    times: int = 1
    waits: timedelta | None = None
    behind: tuple[str, ...] = ()
