"""Starts that an account's quotas hold up or refuse."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from model_lifecycle.vocabulary.wording import some_of
from plan.entries import Entry, Model
from plan.plan import Plan, PlannedModel
from plan.plan_warning import Kind, PlanWarning
from plan.stretches import Stretch
from plan.times import written
from plan.waits import STOPPING, Places, Wait

_MINUTE = timedelta(minutes=1)
_Runs: TypeAlias = Sequence[tuple[Model, Stretch]]


@dataclass(frozen=True, kw_only=True)
class Quotas:
    """How many models of a service may run at a time, and inference units of one model.

    `known`: whether they are those of the account; else they are the defaults of either service.
    """

    running_models: int = 2
    inference_units: int = 5
    known: bool = False

    @property
    def who(self) -> str:
        """The beginning of a sentence about them."""
        return "this account may" if self.known else "by default, an account may"


DEFAULT_QUOTAS = Quotas()
QUOTA_KINDS = (Kind.TOO_MANY_UNITS, Kind.TOO_MANY_MODELS, Kind.HANDOVER)
"""What is warned of here."""


def warnings(plan: Plan, quotas: Mapping[str, Quotas] | None = None) -> Iterator[PlanWarning]:
    """Yield a warning for each start with too many inference units, and for each that finds no free place.

    `quotas`: those of a service, by its name.
    """
    of = quotas or {}
    of_service: dict[str, list[tuple[Model, Stretch]]] = defaultdict(list)
    for planned in plan.models:
        for entry in planned.entries:
            yield from _units(entry, planned, of.get(planned.model.service, DEFAULT_QUOTAS))
        of_service[planned.model.service] += [(planned.model, each.stretch) for each in planned.stretches]
    for service, runs in of_service.items():
        in_order = sorted(runs, key=lambda run: (run[1].begin, run[0]))
        found = _places(in_order, of.get(service, DEFAULT_QUOTAS))
        # What began before, nobody can change any more.
        yield from (warning for warning in found if warning.at is not None and warning.at >= plan.begin)


def _units(entry: Entry, planned: PlannedModel, quotas: Quotas) -> Iterator[PlanWarning]:
    asked = {"MinInferenceUnits": entry.inference_units, "MaxInferenceUnits": entry.max_inference_units or 0}
    too_many = [f"{field} {number:,}" for field, number in asked.items() if number > quotas.inference_units]
    if too_many:
        perhaps = "AWS" if quotas.known else "Unless your quota is higher, AWS"
        message = (
            f"{entry.words} has {' and '.join(too_many)}: {quotas.who} use {quotas.inference_units} inference "
            f"units for a model. {perhaps} will refuse the start: {_gives_up(entry)}. "
            f"Ask for {quotas.inference_units} at most, or request a higher quota in Service Quotas"
        )
        yield PlanWarning(
            kind=Kind.TOO_MANY_UNITS,
            message=message,
            schedules=(entry.schedule,),
            models=(planned.model.id,),
            action=entry.action,
        )


def _places(runs: _Runs, quotas: Quotas) -> Iterator[PlanWarning]:
    """Follow the runs of one service in the order of their beginnings."""
    before: list[tuple[Model, Stretch]] = []
    places = Places(quotas.running_models)
    for model, stretch in runs:
        wait = places.enter(model, stretch)
        before = [(other, run) for other, run in before if run.end is None or run.end > stretch.begin - STOPPING]
        others = [(other, run) for other, run in before if other != model]
        running = [(other, run) for other, run in others if run.end is None or run.end > stretch.begin]
        running_ids = {other.id for other, _ in running}
        stopping = {other.id: (other, run) for other, run in others if other.id not in running_ids}
        if len(running) >= quotas.running_models:
            yield _crowded(model, stretch, running, wait, quotas)
        elif len(running) + len(stopping) >= quotas.running_models:
            yield _handed_over(model, stretch, list(stopping.values()), wait, quotas)
        before.append((model, stretch))


def _crowded(model: Model, stretch: Stretch, running: _Runs, wait: Wait, quotas: Quotas) -> PlanWarning:
    start = stretch.started_by
    if wait.longest is not None:
        free = max(stretch.begin, stretch.begin + wait.longest - STOPPING)
        then = f"It will wait{_behind(wait)} until a place is free, after {written(free, start.shown_in)}"
    else:
        then = f"No place will be free in time: {_gives_up(start)}"
    names = " and ".join(other.name for other, _ in running)
    message = (
        f"{start.words} on {_when(stretch.begin, start)} comes while {names} are running: {quotas.who} "
        f"run {quotas.running_models} {model.service} models at a time. {then}. "
        "Start it at another time, or request a higher quota in Service Quotas"
    )
    return _warning(Kind.TOO_MANY_MODELS, message, (model, stretch), running, wait)


def _handed_over(model: Model, stretch: Stretch, stopping: _Runs, wait: Wait, quotas: Quotas) -> PlanWarning:
    start = stretch.started_by
    stopped, run = max(stopping, key=lambda each: each[1].end or stretch.begin)
    message = (
        f"{start.words} on {_when(stretch.begin, start)} comes {_how_close(run, stretch)} {_ended_by(run)}: "
        f"{quotas.who} run {quotas.running_models} {model.service} models at a time, "
        f"and {stopped.name} counts until it has stopped. "
        f"The start will wait until then{_behind(wait)} (you will be notified once, with the outcome Waiting), so "
        f"{model.name} will start late, usually by a few minutes, and by {_minutes(wait.longest or STOPPING)} at most. "
        f"If that takes longer than {_minutes(start.start_timeout)}, the start fails with QuotaExceededError. "
        f"To start on time, stop {stopped.name} at least {_minutes(STOPPING)} earlier, "
        "or request a higher quota in Service Quotas"
    )
    return _warning(Kind.HANDOVER, message, (model, stretch), [(stopped, run)], wait)


def _warning(kind: Kind, message: str, run: tuple[Model, Stretch], others: _Runs, wait: Wait) -> PlanWarning:
    model, stretch = run
    ended_by = [other.ended_by.schedule for _, other in others if kind is Kind.HANDOVER and other.ended_by]
    return PlanWarning(
        kind=kind,
        message=message,
        schedules=tuple(dict.fromkeys([stretch.started_by.schedule, *ended_by])),
        models=(model.id, *dict.fromkeys(other.id for other, _ in others)),
        action="start",
        at=stretch.begin,
        waits=wait.longest,
        behind=tuple(other.id for other in wait.behind),
    )


def _behind(wait: Wait) -> str:
    return f" behind {some_of([other.name for other in wait.behind])}" if wait.behind else ""


def _gives_up(start: Entry) -> str:
    return f"it will wait for {_minutes(start.start_timeout)}, then fail with QuotaExceededError"


def _ended_by(run: Stretch) -> str:
    if run.ended_by is None:
        return "someone"
    return f'the end of "{run.ended_by.schedule}"\'s lease' if run.by_lease else run.ended_by.words


def _how_close(run: Stretch, stretch: Stretch) -> str:
    gap = stretch.begin - (run.end or stretch.begin)
    return f"only {_minutes(gap)} after" if gap >= _MINUTE else "at the same moment as"


def _minutes(time: timedelta) -> str:
    number = time / _MINUTE
    return f"{number:,.3g} minute{'' if number == 1 else 's'}" if number < 1_000 else f"{number:,.0f} minutes"


def _when(moment: datetime, start: Entry) -> str:
    return written(moment, start.shown_in)
