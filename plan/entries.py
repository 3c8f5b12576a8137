"""The schedules of the settings as the plan sees them: an action on a model, and when."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from model_lifecycle.requests.model_request import Defaults, ModelRequest
from model_lifecycle.requests.start_request import Request, parse_request
from model_lifecycle.requests.stop_request import parse_stop_request
from schedule_expressions.expression import ScheduleExpression
from schedule_expressions.parsing import parse
from settings.schedules import Action, ScheduledExecution


@dataclass(frozen=True, order=True)
class Model:
    """One model of one service. Models with the same `id` are equal."""

    id: str
    service: str = field(compare=False)
    project: str = field(compare=False)
    version: str = field(compare=False)

    @property
    def name(self) -> str:
        """Its name for people."""
        return f"{self.project} {self.version}"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An expression of a schedule, and what it does to which model.

    `zone`: where the expression is meant. `shown_in`: where its times are shown. `zoned`: whether
    it has a time zone of its own. `paired`: whether its schedule has a start and a stop. `start_timeout`: how long a
    start may take. `lead`: how long before the expression a start is requested whose model is to be running then, as
    long as little is known of the model; `hours_early`: how long before it such a start begins to wait for that.
    """

    schedule: str
    action: Action
    model: Model
    expression: ScheduleExpression
    zone: tzinfo
    shown_in: ZoneInfo
    zoned: bool
    paired: bool
    inference_units: int = 1
    max_inference_units: int | None = None
    start_timeout: timedelta = timedelta(0)
    stop_after: timedelta | None = None
    stop_at: datetime | None = None
    lead: timedelta | None = None
    hours_early: int = 0

    @property
    def words(self) -> str:
        """Its name in a sentence: `the start of "weekdays"`."""
        return f'the {self.action} of "{self.schedule}"'

    def lease_end(self, start: datetime) -> datetime | None:
        """Return when the lease of a start at that moment ends; None without a lease."""
        return start + self.stop_after if self.stop_after is not None else self.stop_at


def entries_of(executions: Sequence[ScheduledExecution], *, time_zone: ZoneInfo, defaults: Defaults) -> list[Entry]:
    """Return the entries of the schedules, in their order.

    `time_zone`: where the times of an entry without one are shown. `defaults`: what an input leaves to the settings.
    """
    expressions_of = Counter(execution.schedule for execution in executions)
    return [
        _entry(execution, time_zone, defaults, paired=expressions_of[execution.schedule] > 1)
        for execution in executions
    ]


def _entry(execution: ScheduledExecution, time_zone: ZoneInfo, defaults: Defaults, *, paired: bool) -> Entry:
    request = _request(execution, defaults)
    own_zone = ZoneInfo(execution.time_zone) if execution.time_zone else None
    start = request if isinstance(request, Request) else None
    lease = start.stop_after_seconds if start else None
    return Entry(
        schedule=execution.schedule,
        action=execution.action,
        model=Model(request.model_id, request.service.name, request.project, request.version),
        expression=parse(execution.expression, one_time=True),
        zone=own_zone or UTC,
        shown_in=own_zone or time_zone,
        zoned=own_zone is not None,
        paired=paired,
        inference_units=start.min_inference_units if start else 1,
        max_inference_units=start.max_inference_units if start else None,
        start_timeout=timedelta(seconds=start.start_timeout_seconds if start else 0),
        stop_after=timedelta(seconds=lease) if lease is not None else None,
        stop_at=start.stop_at if start else None,
        lead=timedelta(seconds=defaults.ready_lead_seconds) if execution.ready else None,
        hours_early=execution.hours_early,
    )


def _request(execution: ScheduledExecution, defaults: Defaults) -> ModelRequest:
    read = parse_request if execution.action == "start" else parse_stop_request
    return read(execution.input, defaults=defaults, home=None)
