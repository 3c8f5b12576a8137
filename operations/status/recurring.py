"""The schedules of the settings as they are deployed: when each fires next, and which one fired at a moment."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from model_lifecycle.requests.model_request import ANY_DEFAULTS
from model_lifecycle.requests.ready_by import READY_BY, moment_of, of_schedule
from model_lifecycle.requests.start_request import parse_request
from model_lifecycle.requests.stop_request import parse_stop_request
from model_lifecycle.vocabulary.errors import InvalidRequestError
from model_lifecycle.vocabulary.instant import to_instant
from operations.deployment import Deployment
from schedule_expressions.errors import ScheduleExpressionError
from schedule_expressions.expression import ScheduleExpression
from schedule_expressions.parsing import parse
from schedule_expressions.rate import Rate
from settings.schedules import Action

# EventBridge Scheduler fires within the minute, and Step Functions may be slow to start.
_LATE = timedelta(minutes=2)
_OF_ACTION = re.compile(r"/(?:Start|Stop)-([^/]+)/Resource$")


@dataclass(frozen=True, kw_only=True)
class Recurring:
    """A deployed schedule. `name`: that of the settings. `since`: when it was made, from which a rate counts.

    `hours_early`: so much by the local clock its model is to be running after it fires; 0 for any other schedule.
    """

    name: str
    action: Action
    model_id: str
    expression: ScheduleExpression
    zone: ZoneInfo
    since: datetime
    hours_early: int = 0

    def ready_by(self, fires: datetime) -> datetime | None:
        """Return when the model is to be running of which it fires at that moment."""
        if not self.hours_early:
            return None
        written = of_schedule(hours_later=self.hours_early, time_zone=self.zone.key)
        return moment_of({**written, "ScheduledAt": to_instant(fires)})

    def next_after(self, moment: datetime) -> datetime | None:
        """Return when it fires next."""
        if not isinstance(self.expression, Rate):
            return self.expression.next_after(moment, self.zone)
        if moment < self.since:
            return self.since
        times = (moment - self.since) // self.expression.interval + 1
        return self.since + times * self.expression.interval

    def fired(self, moment: datetime) -> bool:
        """Tell whether what began at that moment may be of it."""
        due = self.next_after(moment - _LATE)
        return due is not None and due <= moment


@dataclass(frozen=True)
class Due:
    """A schedule, and when it fires."""

    at: datetime
    schedule: Recurring

    @property
    def ready_by(self) -> datetime | None:
        """When its model is to be running, if that is what it says."""
        return self.schedule.ready_by(self.at)


def next_of(schedules: Iterable[Recurring], action: Action, now: datetime, model_id: str | None = None) -> Due | None:
    """Return which of the schedules of an action fires first, of one model or of all; None if none fires any more."""
    due = [
        Due(at, each)
        for each in schedules
        if each.action == action and model_id in (None, each.model_id) and (at := each.next_after(now)) is not None
    ]
    return min(due, key=lambda one: one.at, default=None)


def recurring(deployment: Deployment) -> list[Recurring]:
    """GetTemplate, and ListSchedules, which lists a hundred in a call: GetSchedule would be a call for each.

    Of a disabled schedule nothing is due. Raises OperationsError and botocore's errors.
    """
    body = deployment.aws.client("cloudformation").get_template(StackName=deployment.arn, TemplateStage="Processed")
    written: Mapping[str, Any] = body["TemplateBody"]["Resources"]
    physical = {each.logical_id: each.physical_id for each in deployment.resources}
    found = {
        physical[logical_id]: (resource, resource["Properties"])
        for logical_id, resource in written.items()
        if resource["Type"] == "AWS::Scheduler::Schedule" and logical_id in physical
    }
    groups = {_resolved(properties["GroupName"], physical) for _, properties in found.values()}
    scheduler = deployment.aws.client("scheduler").get_paginator("list_schedules")
    enabled = {
        listed["Name"]: listed["CreationDate"]
        for group in groups
        for page in scheduler.paginate(GroupName=group)
        for listed in page["Schedules"]
        if listed["State"] == "ENABLED"
    }
    machines: Mapping[str, Action] = {
        deployment.output("StartModelStateMachineArn"): "start",
        deployment.output("StopModelStateMachineArn"): "stop",
    }
    read = [
        _read(resource, properties, machines.get(_resolved(properties["Target"]["Arn"], physical)), enabled[name])
        for name, (resource, properties) in found.items()
        if name in enabled
    ]
    return [each for each in read if each is not None]


def _read(
    resource: Mapping[str, Any], properties: Mapping[str, Any], action: Action | None, since: datetime
) -> Recurring | None:
    """Return the schedule; None for what this checkout does not understand."""
    parse_input = parse_request if action == "start" else parse_stop_request
    try:
        given = json.loads(properties["Target"]["Input"])
        ready = given.pop(READY_BY.name, None) if action == "start" else None
        request = parse_input(given, defaults=ANY_DEFAULTS, home=None, ours=True)
        expression = parse(properties["ScheduleExpression"], one_time=True)
    except (InvalidRequestError, ScheduleExpressionError, ValueError):
        return None
    if action is None:
        return None
    named = _OF_ACTION.search(resource.get("Metadata", {}).get("aws:cdk:path", ""))
    return Recurring(
        name=named[1] if named else properties["ScheduleExpression"],
        action=action,
        model_id=request.model_id,
        expression=expression,
        zone=ZoneInfo(properties.get("ScheduleExpressionTimezone", "UTC")),
        since=since.astimezone(UTC),
        hours_early=int(ready["HoursLater"]) if isinstance(ready, dict) else 0,
    )


def _resolved(value: Any, physical: Mapping[str, str]) -> str:
    """Return a value of the template, in which resources refer to each other."""
    return physical.get(value["Ref"], "") if isinstance(value, dict) and "Ref" in value else str(value)
