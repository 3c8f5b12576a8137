"""Whether the schedules do what they seem to do, and are switched on."""

from collections.abc import Iterator
from datetime import datetime

from model_lifecycle.vocabulary.foreign import word
from operations.deployment import Deployment, make
from operations.doctor.finding import Answer, ok, warning
from operations.errors import on_one_line
from plan.command import plan_of
from plan.plan import DAYS, Plan
from plan.plan_warning import Kind, PlanWarning
from plan.quota import QUOTA_KINDS
from plan.warnings import warnings_of
from settings.settings import Settings

_GROUP = "AWS::Scheduler::ScheduleGroup"


def look_at_settings(settings: Settings, *, now: datetime) -> Iterator[Answer]:
    """Say what the plan warns of. Calls nobody."""
    yield from answers(plan_of(settings, begin=now), number=len(settings.schedules), stage=settings.stage or "")


def answers(plan: Plan, *, number: int, stage: str = "") -> Iterator[Answer]:
    """Say what is warned of, but what the quotas' own check says, and what only the plan has to assume.

    `number`: of schedules in the settings.
    """
    found = [each for each in warnings_of(plan) if each.kind not in (*QUOTA_KINDS, Kind.RUNS_SINCE_BEFORE)]
    yield from (of_warning(each, stage) for each in found)
    if not found:
        yield ok(f"{number:,} schedule{'' if number == 1 else 's'} in the settings, without a warning")


def of_warning(found: PlanWarning, stage: str) -> Answer:
    """Return a warning of the plan. Most end in what to do about it."""
    times = f" ({found.times:,} times in {DAYS} days)" if found.times > 1 else ""
    says, _, mend = found.message.rpartition(". ")
    return warning(f"{says}{times}", f"{mend}.") if says else warning(f"{mend}{times}", f"See {make('plan', stage)}.")


def look_at_deployed(deployment: Deployment) -> Iterator[Answer]:
    """List the schedules of the stack, and say which are disabled: a deploy does not notice that."""
    group = deployment.physical_id(_GROUP, "TriggersSchedules")
    pages = deployment.aws.client("scheduler").get_paginator("list_schedules").paginate(GroupName=group)
    with on_one_line("EventBridge Scheduler"):
        states = {each["Name"]: each["State"] for page in pages for each in page["Schedules"]}
    rules = [each.physical_id for each in deployment.of_type("AWS::Events::Rule")]
    for rule in rules:
        with on_one_line("EventBridge"):
            states[rule] = deployment.aws.client("events").describe_rule(Name=rule)["State"]
    yield from of_states(states)


def of_states(states: dict[str, str]) -> Iterator[Answer]:
    """Say which schedules and rules are disabled."""
    disabled = [name for name, state in states.items() if state != "ENABLED"]
    for name in disabled:
        yield warning(f"{word(name)} is disabled, so it starts nothing", "Enable it in the console of EventBridge.")
    if not disabled:
        number = len(states)
        yield ok(f"{number:,} deployed {'schedule or rule is' if number == 1 else 'schedules and rules are'} enabled")
