"""The plan for people: a table for each model, then the warnings."""

from collections.abc import Iterator
from datetime import UTC, timedelta

from rich.console import Console
from rich.text import Text

from model_lifecycle.model.budget import Per
from plan.budget import PlannedBudget, costliest
from plan.plan import DAYS, Plan, PlannedModel
from plan.plan_warning import PlanWarning
from plan.rows import WITHOUT_EFFECT, Row, rows
from plan.table import table_lines
from plan.times import aligned, day, written

_VERSION = "arn:aws:rekognition:us-east-1:123456789012:project/boards/version/boards.2026-01-05T09.00.00/1767603600000"
NO_SCHEDULES = f"""\
The settings have no schedules. This one runs a model on working days; put it into the list "schedules" in cdk.json:
{{"name": "weekdays", "time_zone": "Europe/Berlin", "start": "cron(0 7 ? * MON-FRI *)", \
"stop": "cron(0 18 ? * MON-FRI *)", "model": {{"ProjectVersionArn": "{_VERSION}"}}}}"""

_INDENT = "  "
_MINUTE = timedelta(minutes=1)


def show(plan: Plan, warnings: list[PlanWarning], console: Console) -> None:
    """Print the plan: in colour to the width of a terminal, elsewhere in plain lines that are never folded."""
    for line in _lines(plan, warnings, width=console.width if console.is_terminal else None):
        if console.is_terminal:
            console.print(line)
        else:
            print(line.plain, file=console.file)


def _lines(plan: Plan, warnings: list[PlanWarning], *, width: int | None) -> Iterator[Text]:
    if plan.models:
        yield from _tables(plan, width=width)
    else:
        yield Text(NO_SCHEDULES)
    for place, warning in enumerate(warnings):
        if place == 0:
            yield Text()
        times = f" ({warning.times:,} times in these {DAYS} days)" if warning.times > 1 else ""
        yield Text.assemble((f"Warning{times}: ", "bold yellow"), f"{warning.message}.")


def _tables(plan: Plan, *, width: int | None) -> Iterator[Text]:
    begin = plan.begin.astimezone(plan.time_zone)
    yield Text(
        f"{DAYS} days from {day(begin)} {begin:%Y at %H:%M %Z}, "
        f"at {plan.usd_per_unit_hour:,.2f} USD an hour for each inference unit"
    )
    for planned in plan.models:
        yield Text()
        yield Text(f"{planned.model.name} ({planned.model.service})", style="bold")
        for line in _table(planned, width=None if width is None else width - len(_INDENT)):
            yield Text.assemble(_INDENT, line)
    if len(plan.models) > 1:
        hours, usd = _amount(plan.hours, plan.open_ended), _amount(plan.usd, plan.open_ended)
        yield Text()
        yield Text(f"All models: {hours} hours, {usd} USD", style="bold")
    for each in costliest(plan.budgets):
        yield Text(_budget(each, plan), style="bold")
    yield Text()
    if any(event.effect in WITHOUT_EFFECT for planned in plan.models for event in planned.events):
        yield Text(
            "What is in parentheses has no effect, unless someone starts or stops the model by hand.", style="dim"
        )
    if lead := next((entry.lead for planned in plan.models for entry in planned.entries if entry.lead), None):
        yield Text(
            f"A start whose model is to be ready by a time is shown {lead // _MINUTE} minutes before that. "
            "Once three starts of the model are remembered, it is requested as long before as these took.",
            style="dim",
        )
    yield Text("The minutes that a model takes to start and to stop are not counted.", style="dim")


def _budget(planned: PlannedBudget, plan: Plan) -> str:
    standing = planned.standing
    whose = f" of {standing.project}" if standing.project is not None else ""
    often = "Costliest day" if standing.per is Per.DAY else "First whole month"
    spent = f", spent on {written(planned.spent_at, plan.time_zone)}" if planned.spent_at else ""
    return (
        f"Budget{whose}: {often}, {planned.period(plan.time_zone)}: {standing.spent_usd:,.2f} of "
        f"{standing.limit_usd:,.2f} USD{spent}"
    )


def _table(planned: PlannedModel, *, width: int | None) -> Iterator[Text]:
    hours, usd = _amount(planned.hours, planned.open_ended), _amount(planned.usd, planned.open_ended)
    lines = [(_cells(row), "dim" if row.without_effect else "") for row in rows(planned)]
    return table_lines(
        ("Local time", "UTC", "", "Schedule", "Hours", "USD"),
        [*lines, (("Total", "", "", "", hours, usd), "bold")],
        numbers=(4, 5),
        folds=3,
        width=width,
    )


def _cells(row: Row) -> tuple[str, ...]:
    stretch = row.stretch
    open_ended = stretch is not None and stretch.stretch.end is None
    return (
        aligned(row.moment, row.zone),
        f"{row.moment.astimezone(UTC):%a %H:%M}",
        f"({row.what})" if row.without_effect else row.what,
        row.schedule,
        _amount(stretch.hours, open_ended) if stretch else "",
        _amount(stretch.usd, open_ended) if stretch else "",
    )


def _amount(number: float, open_ended: bool) -> str:
    """Return two decimals, and a plus if there is more to come."""
    return f"{number:,.2f}{'+' if open_ended else ''}"
