"""EventBridge Scheduler: moto's, with checked parameters and schedules that fire."""

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any, ClassVar
from urllib.parse import unquote
from uuid import uuid4
from zoneinfo import ZoneInfo

from botocore.model import OperationModel
from moto.core.common_types import TYPE_RESPONSE
from moto.scheduler import urls
from moto.scheduler.models import EventBridgeSchedulerBackend, Schedule, ScheduleGroup, scheduler_backends
from moto.scheduler.responses import EventBridgeSchedulerResponse

from local.account import Account
from local.api import aws_api, parameters
from local.api.errors import AwsError, answer
from local.api.pages import page_after
from local.clock.clock import Clock, Timer
from local.event_bridge.deliveries import Deliveries, Delivery
from schedule_expressions.errors import ScheduleExpressionError
from schedule_expressions.one_time import Once
from schedule_expressions.parsing import parse
from schedule_expressions.rate import Rate

_START_MAY_BE_PAST_BY = timedelta(minutes=5)
_INSTANT = timedelta(microseconds=1)


class LocalSchedulerBackend(EventBridgeSchedulerBackend):  # type: ignore[misc]
    """moto's schedules, which fire.

    What is asked for has the fields of CreateSchedule, checked against the service's model.
    """

    clock: ClassVar[Clock]
    deliveries: ClassVar[Deliveries]
    _urls: ClassVar[ModuleType] = urls

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self._lock = threading.RLock()
        self._timers: dict[str, Timer] = {}
        self._asked: dict[str, dict[str, Any]] = {}
        self._deleted: list[dict[str, Any]] = []

    @property
    def _url_module(self) -> ModuleType:
        return self._urls

    def create(self, asked: dict[str, Any]) -> str:
        """Create a schedule, and return its ARN; once only for the same client token and parameters.

        Raises `AwsError`.
        """
        with self._lock:
            group = self._group(asked)
            existing = group.schedules.get(asked["Name"])
            if existing is not None:
                if asked.get("ClientToken") and self._asked[existing.arn] == asked:
                    return str(existing.arn)
                raise AwsError("ConflictException", f"Schedule {asked['Name']} already exists.")
            self._check(asked)
            schedule = super().create_schedule(
                name=asked["Name"],
                group_name=group.name,
                action_after_completion=asked.get("ActionAfterCompletion", "NONE"),
                **self._settings(asked),
            )
            # moto takes these from the machine's time.
            schedule.creation_date = self.clock.now().timestamp()
            return self._put(schedule, asked)

    def update(self, asked: dict[str, Any]) -> str:
        """Replace a schedule: what is not given falls back to its default.

        Raises `AwsError`.
        """
        with self._lock:
            self._schedule(asked)
            self._check(asked)
            schedule = super().update_schedule(
                name=asked["Name"], group_name=asked.get("GroupName"), **self._settings(asked)
            )
            schedule.action_after_completion = asked.get("ActionAfterCompletion", "NONE")
            return self._put(schedule, asked)

    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Describe a schedule.

        Raises `AwsError`.
        """
        with self._lock:
            described = self._schedule(asked).to_dict()
            return {name: value for name, value in described.items() if value is not None}

    def delete(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Delete a schedule; it fires no more. Asked again with the same client token, it is deleted already.

        Raises `AwsError`.
        """
        with self._lock:
            if asked not in self._deleted:
                schedule = self._schedule(asked)
                self.delete_schedule(schedule.group_name, schedule.name)
                if asked.get("ClientToken"):
                    self._deleted.append(asked)
            return {}

    def listed(self, asked: dict[str, Any]) -> dict[str, Any]:
        """List schedules by group, name and state; a page goes on after the last name, whatever was deleted since.

        Raises `AwsError`.
        """
        with self._lock:
            groups = [self._group(asked)] if "GroupName" in asked else list(self.schedule_groups.values())
            found = [
                schedule
                for group in groups
                for schedule in group.schedules.values()
                if schedule.name.startswith(asked.get("NamePrefix", ""))
                and asked.get("State") in (None, schedule.state)
            ]
        page, token = page_after(found, asked, key=lambda schedule: schedule.arn, error="ValidationException")
        shown = ("Arn", "Name", "GroupName", "State", "CreationDate", "LastModificationDate", "Target")
        described = [schedule.to_dict(short=True) for schedule in page]
        return {"Schedules": [{name: schedule[name] for name in shown} for schedule in described], **token}

    def delete_schedule(self, group_name: str | None, name: str) -> None:
        """Delete a schedule that is there; it fires no more."""
        with self._lock:
            schedule = self.get_schedule(group_name, name)
            super().delete_schedule(group_name, name)
            self._disarm(schedule)

    def create_group(self, asked: dict[str, Any]) -> str:
        """Create a group of schedules, and return its ARN.

        Raises `AwsError`.
        """
        with self._lock:
            if asked["Name"] in self.schedule_groups:
                raise AwsError("ConflictException", f"Schedule group {asked['Name']} already exists.")
            return str(super().create_schedule_group(asked["Name"], asked.get("Tags") or []).arn)

    def delete_schedule_group(self, name: str | None) -> None:
        """Delete a group with all its schedules."""
        with self._lock:
            for schedule in list(self.get_schedule_group(name).schedules.values()):
                self.delete_schedule(name, schedule.name)
            super().delete_schedule_group(name)

    def _group(self, asked: dict[str, Any]) -> ScheduleGroup:
        name = asked.get("GroupName", "default")
        if name not in self.schedule_groups:
            raise AwsError("ResourceNotFoundException", f"Schedule group {name} does not exist.")
        return self.schedule_groups[name]

    def _schedule(self, asked: dict[str, Any]) -> Schedule:
        group = self._group(asked)
        if asked["Name"] not in group.schedules:
            raise AwsError("ResourceNotFoundException", f"Schedule {asked['Name']} does not exist.")
        return group.schedules[asked["Name"]]

    def _check(self, asked: dict[str, Any]) -> None:
        try:
            parse(asked["ScheduleExpression"], one_time=True)
        except ScheduleExpressionError as error:
            message = f"Invalid Schedule Expression {asked['ScheduleExpression']}: {error}."
            raise AwsError("ValidationException", message) from error
        try:
            ZoneInfo(asked.get("ScheduleExpressionTimezone", "UTC"))
        except (KeyError, ValueError, OSError) as error:
            message = f"Provided timezone {asked['ScheduleExpressionTimezone']} is not valid."
            raise AwsError("ValidationException", message) from error
        start, end = _moment(asked.get("StartDate")), _moment(asked.get("EndDate"))
        if start is not None and start < self.clock.now() - _START_MAY_BE_PAST_BY:
            raise AwsError("ValidationException", "The StartDate you specify cannot be earlier than 5 minutes ago.")
        if end is not None and end < self.clock.now():
            raise AwsError("ValidationException", "The EndDate you specify cannot be in the past.")

    @staticmethod
    def _settings(asked: dict[str, Any]) -> dict[str, Any]:
        return {
            "description": asked.get("Description"),
            # moto would measure them by the machine's time.
            "start_date": None,
            "end_date": None,
            "flexible_time_window": asked["FlexibleTimeWindow"],
            "kms_key_arn": asked.get("KmsKeyArn"),
            "schedule_expression": asked["ScheduleExpression"],
            "schedule_expression_timezone": asked.get("ScheduleExpressionTimezone", "UTC"),
            "state": asked.get("State", "ENABLED"),
            "target": dict(asked["Target"]),
        }

    def _put(self, schedule: Schedule, asked: dict[str, Any]) -> str:
        """Let a schedule begin anew."""
        now = self.clock.now()
        schedule.last_modified_date = now.timestamp()
        schedule.start_date, schedule.end_date = asked.get("StartDate"), asked.get("EndDate")
        self._disarm(schedule)
        self._asked[schedule.arn] = asked
        if schedule.state == "ENABLED":
            self._arm(schedule, asked, self._first(schedule, now))
        return str(schedule.arn)

    @staticmethod
    def _first(schedule: Schedule, now: datetime) -> datetime | None:
        """Return the first firing; that of a rate is the schedule's beginning."""
        begins = max(_moment(schedule.start_date) or now, now)
        expression = parse(schedule.schedule_expression, one_time=True)
        if isinstance(expression, Rate):
            return begins
        # A one-time schedule has no beginning.
        after = now if isinstance(expression, Once) else begins
        return expression.next_after(after - _INSTANT, ZoneInfo(schedule.schedule_expression_timezone))

    def _arm(self, schedule: Schedule, asked: dict[str, Any], moment: datetime | None) -> bool:
        """Set the timer of a firing, and tell whether there is one."""
        end = _moment(schedule.end_date)
        if moment is None or (end is not None and moment > end):
            return False
        self._timers[schedule.arn] = self.clock.call_at(
            moment, lambda: self._fire(schedule, asked, moment), background=True
        )
        return True

    def _disarm(self, schedule: Schedule) -> None:
        self._asked.pop(schedule.arn, None)
        timer = self._timers.pop(schedule.arn, None)
        if timer is not None:
            timer.cancel()

    def _fire(self, schedule: Schedule, asked: dict[str, Any], moment: datetime) -> None:
        with self._lock:
            if not self._is_current(schedule, asked):
                return
            expression = parse(schedule.schedule_expression, one_time=True)
            following = expression.next_after(moment, ZoneInfo(schedule.schedule_expression_timezone))
            goes_on = self._arm(schedule, asked, following)
            delivery = self._delivery(schedule, moment)
        self.deliveries.deliver(delivery)
        if not goes_on and schedule.action_after_completion == "DELETE":
            with self._lock:
                if self._is_current(schedule, asked):
                    self.delete_schedule(schedule.group_name, schedule.name)

    def _is_current(self, schedule: Schedule, asked: dict[str, Any]) -> bool:
        """Tell whether a schedule is still there as it was asked for: neither deleted nor updated since."""
        return self._asked.get(schedule.arn) is asked

    def _delivery(self, schedule: Schedule, moment: datetime) -> Delivery:
        execution, when = str(uuid4()), f"{moment:%Y-%m-%dT%H:%M:%SZ}"
        event = {
            "version": "0",
            "id": execution,
            "detail-type": "Scheduled Event",
            "source": "aws.scheduler",
            "account": self.account_id,
            "time": when,
            "region": self.region_name,
            "resources": [schedule.arn],
            "detail": "{}",
        }
        text = str(schedule.target.get("Input") or json.dumps(event))
        for name, value in {
            "schedule-arn": schedule.arn,
            "scheduled-time": when,
            "execution-id": execution,
            "attempt-number": "1",
        }.items():
            text = text.replace(f"<aws.scheduler.{name}>", value)
        return Delivery(execution, schedule.target, text, text, schedule.arn, "SCHEDULE_ARN")


class LocalSchedulerResponse(EventBridgeSchedulerResponse):  # type: ignore[misc]
    """moto's Scheduler, with what it is given checked against the service's model."""

    def create_schedule(self) -> TYPE_RESPONSE:
        return self._answer("CreateSchedule", lambda asked: {"ScheduleArn": self.scheduler_backend.create(asked)})

    def update_schedule(self) -> TYPE_RESPONSE:
        return self._answer("UpdateSchedule", lambda asked: {"ScheduleArn": self.scheduler_backend.update(asked)})

    def get_schedule(self) -> TYPE_RESPONSE:
        return self._answer("GetSchedule", self.scheduler_backend.get)

    def delete_schedule(self) -> TYPE_RESPONSE:
        return self._answer("DeleteSchedule", self.scheduler_backend.delete)

    def list_schedules(self) -> TYPE_RESPONSE:
        return self._answer("ListSchedules", self.scheduler_backend.listed)

    def create_schedule_group(self) -> TYPE_RESPONSE:
        return self._answer(
            "CreateScheduleGroup", lambda asked: {"ScheduleGroupArn": self.scheduler_backend.create_group(asked)}
        )

    def _answer(self, operation: str, act: Callable[[dict[str, Any]], dict[str, Any]]) -> TYPE_RESPONSE:
        model = aws_api.operation_model("scheduler", operation)
        try:
            asked = {**json.loads(self.body or "{}"), **self._addressed(model)}
            document = act(parameters.check(asked, model.input_shape))
        except AwsError as error:
            refused = answer(error, model.service_model, "rest-json")
            # moto reads the status from the headers.
            return refused.status, {**refused.headers, "status": str(refused.status)}, refused.body
        return 200, {"Content-Type": "application/json"}, json.dumps(document)

    def _addressed(self, model: OperationModel) -> dict[str, Any]:
        """Give the parameters that are in the address."""
        found: dict[str, Any] = {}
        for name, member in model.input_shape.members.items() if model.input_shape else ():
            if member.serialization.get("location") == "uri":
                found[name] = unquote(self.path.rpartition("/")[2])
            elif values := self.querystring.get(member.serialization.get("name", "")):
                is_number = member.type_name == "integer" and values[0].isdecimal()
                found[name] = int(values[0]) if is_number else values[0]
        return found


def install(aws: Account, deliveries: Deliveries) -> None:
    """Let the schedules of a local AWS fire on its clock."""
    aws.replace(LocalSchedulerBackend, "clock", aws.clock)
    aws.replace(LocalSchedulerBackend, "deliveries", deliveries)
    aws.replace(scheduler_backends, "backend", LocalSchedulerBackend)
    for path in list(urls.url_paths):
        aws.replace_item(urls.url_paths, path, LocalSchedulerResponse.dispatch)


def _moment(date: Any) -> datetime | None:
    """Read a timestamp as REST-JSON has it: seconds since 1970, or ISO 8601."""
    if date is None:
        return None
    if isinstance(date, str):
        return datetime.fromisoformat(date).astimezone(UTC)
    return datetime.fromtimestamp(date, UTC)
