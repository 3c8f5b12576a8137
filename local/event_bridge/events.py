"""EventBridge: moto's, with rules that reach their targets and schedules that fire."""

import copy
import json
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from types import ModuleType
from typing import Any, ClassVar
from uuid import uuid4

from moto.events import models, urls
from moto.events.exceptions import ValidationException
from moto.events.models import EventsBackend, Rule, events_backends

from local.account import Account
from local.clock.clock import Clock, Timer
from local.event_bridge.deliveries import Deliveries, Delivery
from local.event_bridge.event_inputs import input_for
from schedule_expressions.errors import ScheduleExpressionError
from schedule_expressions.parsing import parse

_BY_MOTO = ("logs", "events")
"""The services whose targets moto reaches well by itself."""


class LocalRule(Rule):  # type: ignore[misc]
    """A rule that hands events to its targets in the background."""

    clock: ClassVar[Clock]
    deliveries: ClassVar[Deliveries]

    def send_to_targets(self, original_event: Mapping[str, Any], transform_input: bool = True) -> None:
        """Take an event as moto has it; without a pattern, or disabled, a rule takes none."""
        if self.state == "DISABLED" or self.event_pattern.dump() is None:
            return
        event = {name: value for name, value in original_event.items() if name != "ingestion-time"}
        event["time"] = _iso(event.get("time") or self.clock.now())
        if self.event_pattern.matches_event(event):
            self.deliver(event, original_event, transform_input)

    def deliver(
        self,
        event: dict[str, Any],
        original: Mapping[str, Any] | None = None,
        transform_input: bool = True,
    ) -> None:
        """Bring an event to every target; `original` is the event in moto's own form."""
        for target in list(self.targets):
            if target["Arn"].split(":")[2] in _BY_MOTO:
                if original is not None:
                    alone = copy.copy(self)
                    alone.targets = [target]
                    Rule.send_to_targets(alone, original, transform_input)
                continue
            text = input_for(target, event, rule_arn=self.arn, ingested=_iso(self.clock.now()))
            self.deliveries.begin(Delivery(str(event["id"]), target, text, json.dumps(event), self.arn))

    def fire(self) -> None:
        """Bring the event of a schedule to every target."""
        self.deliver(
            {
                "version": "0",
                "id": str(uuid4()),
                "detail-type": "Scheduled Event",
                "source": "aws.events",
                "account": self.account_id,
                "time": _iso(self.clock.now()),
                "region": self.region_name,
                "resources": [self.arn],
                "detail": {},
            }
        )


class LocalEventsBackend(EventsBackend):  # type: ignore[misc]
    """moto's events, whose schedules fire."""

    clock: ClassVar[Clock]
    _urls: ClassVar[ModuleType] = urls

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self._lock = threading.RLock()
        self._timers: dict[str, Timer] = {}

    @property
    def _url_module(self) -> ModuleType:
        return self._urls

    def put_rule(self, name: str, *args: Any, **kwargs: Any) -> Rule:
        """Create or replace a rule; its schedule begins now."""
        expression = kwargs.get("scheduled_expression")
        if expression:
            try:
                parse(expression)
            except ScheduleExpressionError as error:
                raise ValidationException("Parameter ScheduleExpression is not valid.") from error
        with self._lock:
            rule = super().put_rule(name, *args, **kwargs)
            self._schedule(rule)
            return rule

    def delete_rule(self, name: str, event_bus_arn: str | None) -> None:
        """Delete a rule; it fires no more."""
        with self._lock:
            super().delete_rule(name, event_bus_arn)
            if self._normalize_event_bus_arn(event_bus_arn) == "default" and self._rule(name) is None:
                self._unschedule(name)

    def disable_rule(self, name: str, event_bus_arn: str | None) -> bool:
        """Let a rule fire no more."""
        with self._lock:
            known: bool = super().disable_rule(name, event_bus_arn)
            if rule := self._rule(name):
                self._schedule(rule)
            return known

    def enable_rule(self, name: str, event_bus_arn: str | None) -> bool:
        """Let a rule fire again; its schedule begins anew."""
        with self._lock:
            known: bool = super().enable_rule(name, event_bus_arn)
            if rule := self._rule(name):
                self._schedule(rule)
            return known

    def put_events(self, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Take events; those without a time get the clock's."""
        if len(events) > 10:
            return list(super().put_events(events))
        return [self._put(event) for event in events]

    def _put(self, event: dict[str, Any]) -> dict[str, Any]:
        if str(event.get("Source")).startswith("aws."):
            # Nobody can forge what AWS's own services say.
            return {"ErrorCode": "NotAuthorizedForSourceException", "ErrorMessage": "Not authorized for the source."}
        return self.take(event)

    def take(self, event: dict[str, Any]) -> dict[str, Any]:
        """Take one event of anybody's, also of a service of AWS."""
        if _is_json_but_no_object(event.get("Detail")):
            return {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
        with self._lock:
            [entry] = super().put_events([{"Time": self.clock.now().timestamp(), **event}])
        return dict(entry)

    def _rule(self, name: str) -> LocalRule | None:
        rule: LocalRule | None = self._get_event_bus("default").rules.get(name)
        return rule

    def _schedule(self, rule: LocalRule) -> None:
        """Begin a rule's schedule, if it has one and is enabled."""
        if rule.event_bus_name != "default":
            return
        self._unschedule(rule.name)
        if rule.scheduled_expression and rule.state != "DISABLED":
            self._arm(rule, self.clock.now())

    def _arm(self, rule: LocalRule, after: datetime) -> None:
        moment = parse(rule.scheduled_expression).next_after(after)
        if moment is not None:
            self._timers[rule.name] = self.clock.call_at(moment, lambda: self._fire(rule, moment), background=True)

    def _fire(self, rule: LocalRule, moment: datetime) -> None:
        with self._lock:
            # The rule may have been replaced, disabled or deleted just now.
            if self._rule(rule.name) is not rule or rule.state == "DISABLED":
                return
            self._arm(rule, moment)
        rule.fire()

    def _unschedule(self, name: str) -> None:
        timer = self._timers.pop(name, None)
        if timer:
            timer.cancel()


def install(aws: Account, deliveries: Deliveries) -> None:
    """Let rules of a local AWS reach their targets, and schedules fire on its clock."""
    aws.replace(LocalRule, "clock", aws.clock)
    aws.replace(LocalRule, "deliveries", deliveries)
    aws.replace(LocalEventsBackend, "clock", aws.clock)
    aws.replace(events_backends, "backend", LocalEventsBackend)
    # moto's backend makes rules by this name.
    aws.replace(models, "Rule", LocalRule)


def _iso(moment: Any) -> str:
    """Write a moment as EventBridge does; moto has numbers, texts and datetimes."""
    if isinstance(moment, str):
        return moment
    if isinstance(moment, int | float):
        moment = datetime.fromtimestamp(moment, UTC)
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _is_json_but_no_object(detail: Any) -> bool:
    if not detail:
        return False
    try:
        return not isinstance(json.loads(detail), dict)
    except ValueError:
        return False  # moto answers this itself.
