"""When alarms change their state by themselves: at the end of minutes at which what they look at may have changed.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
"""

import operator
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from local.api.measurement import Metric
from local.clock.clock import Clock, Timer
from local.cloudwatch.datapoints import MINUTE, STATISTICS, Sample, Window, floor
from local.cloudwatch.expressions import Series, evaluate

_COMPARISONS: dict[str, tuple[Callable[[float, float], bool], str]] = {
    "GreaterThanOrEqualToThreshold": (operator.ge, "greater than or equal to"),
    "GreaterThanThreshold": (operator.gt, "greater than"),
    "LessThanThreshold": (operator.lt, "less than"),
    "LessThanOrEqualToThreshold": (operator.le, "less than or equal to"),
}
_SUMS = re.compile(r"metric|SUM\(\[[\w, ]+\]\)")
Samples = Callable[[Metric, Window], list[Sample]]
Turns = Callable[[Metric, float], Iterator[datetime]]


@dataclass(frozen=True)
class Rule:
    """What an alarm looks at, and when it is raised."""

    metrics: dict[str, tuple[Metric, str]]
    """By the name in the expression: the metric, and its statistic."""
    expression: str
    period: timedelta
    periods: int
    breaching: int
    threshold: float
    comparison: str
    missing: str

    @classmethod
    def of(cls, alarm: Any) -> "Rule":
        """Read moto's alarm."""
        queries = alarm.metric_data_queries
        stats = {query.id: query.metric_stat for query in queries if query.metric_stat}
        if queries:
            metrics = {name: (_metric(stat.metric), stat.stat) for name, stat in stats.items()}
            [shown] = [query for query in queries if str(query.return_data).lower() != "false"]
            expression = shown.expression or shown.id
            period = next((stat.period for stat in stats.values()), shown.period)
        else:
            metrics = {
                "metric": (Metric(alarm.namespace, alarm.metric_name, _sorted(alarm.dimensions)), alarm.statistic)
            }
            expression, period = "metric", alarm.period
        periods = int(alarm.evaluation_periods)
        return cls(
            metrics=metrics,
            expression=expression,
            period=timedelta(seconds=int(period)),
            periods=periods,
            breaching=int(alarm.datapoints_to_alarm or periods),
            threshold=float(alarm.threshold),
            comparison=alarm.comparison_operator,
            missing=alarm.treat_missing_data or "missing",
        )

    @property
    def zeros_matter(self) -> bool:
        """Whether a value of 0 can change anything that no value at all does not."""
        of_sums = _SUMS.fullmatch(self.expression) and all(stat == "Sum" for _, stat in self.metrics.values())
        above = self.comparison.startswith("Greater") and self.threshold > 0
        return not (of_sums and above and self.missing == "notBreaching")

    def values(self, samples: Samples, now: datetime) -> Series:
        """Return the value of each period up to now, the oldest first."""
        begin = now - self.period * self.periods
        window = Window(begin, now, self.period, begin)
        series = {}
        for name, (metric, statistic) in self.metrics.items():
            gathered = window.gather(samples(metric, window))
            starts = (begin + self.period * place for place in range(self.periods))
            series[name] = [STATISTICS[statistic](gathered[start]) if start in gathered else None for start in starts]
        return evaluate(self.expression, series, self.periods)

    def state(self, values: Series, before: str) -> str:
        """Return the state that these values mean."""
        breaches, _ = _COMPARISONS[self.comparison]
        there = [breaches(value, self.threshold) for value in values if value is not None]
        breaching, missing = sum(there), len(values) - len(there)
        if self.missing in ("breaching", "notBreaching"):
            return "ALARM" if breaching + missing * (self.missing == "breaching") >= self.breaching else "OK"
        if breaching >= self.breaching:
            return "ALARM"
        if not there:
            return "INSUFFICIENT_DATA" if self.missing == "missing" else before
        if self.missing == "ignore":
            return before if breaching and breaching + missing >= self.breaching else "OK"
        return "ALARM" if breaching and breaching >= min(self.breaching, len(there)) else "OK"

    def reason(self, values: Series, state: str) -> str:
        """Say why the state is what it is."""
        breaches, words = _COMPARISONS[self.comparison]
        there = [value for value in values if value is not None]
        if state == "INSUFFICIENT_DATA":
            return f"Insufficient Data: {len(values) - len(there)} datapoints were unknown."
        sides = [value for value in there if breaches(value, self.threshold) == (state == "ALARM")]
        number = len(sides) or len(values)
        was = "was" if state == "ALARM" else "was not"
        told = f"datapoints {[round(value, 3) for value in sides[-5:]]}" if sides else "missing datapoints"
        return (
            f"Threshold Crossed: {number} out of the last {self.periods} {told} {was} {words} the threshold "
            f"({self.threshold}) (minimum {self.breaching} for OK -> ALARM transition)."
        )


class Evaluation:
    """Evaluates alarms when it can matter: nothing runs while nothing happens."""

    def __init__(self, clock: Clock, samples: Samples, turns: Turns) -> None:
        """Take what yields when a metric crosses a threshold, or ends, although nothing happens: `turns`."""
        self._clock = clock
        self._samples = samples
        self._turns = turns
        self._lock = threading.RLock()
        self._rules: dict[str, tuple[Any, Rule, Callable[[str, str], None]]] = {}
        self._due: dict[datetime, set[str]] = {}
        self._timer: tuple[datetime, Timer] | None = None

    def watch(self, alarm: Any, change: Callable[[str, str], None]) -> None:
        """Evaluate an alarm from now on; `change` gets each new state, and why."""
        with self._lock:
            rule = Rule.of(alarm)
            self._rules[alarm.name] = alarm, rule, change
            self._look(alarm.name, rule, self._clock.now())

    def forget(self, name: str) -> None:
        """Evaluate an alarm no more."""
        with self._lock:
            self._rules.pop(name, None)

    def again(self, name: str) -> None:
        """Evaluate an alarm at the end of this minute: somebody has set its state."""
        with self._lock:
            self._add(_next_minute(self._clock.now()), name)

    def heard(self, metric: Metric, value: float, *, also: Sequence[Metric] = ()) -> None:
        """Take note that a metric has a new value; of the others `also` it is not known which."""
        with self._lock:
            for name, (_, rule, _) in self._rules.items():
                looks_at = {each for each, _ in rule.metrics.values()}
                if (metric in looks_at and (value or rule.zeros_matter)) or looks_at.intersection(also):
                    self._look(name, rule, self._clock.now())

    def _look(self, name: str, rule: Rule, moment: datetime) -> None:
        """Evaluate whenever what is of a moment comes into a period, goes into the next one, and out of the last."""
        moments = [moment]
        for metric, _ in rule.metrics.values():
            moments += [turn for turn in self._turns(metric, rule.threshold) if turn > moment]
        for each in moments:
            for place in range(rule.periods + 1):
                self._add(_next_minute(each) + rule.period * place, name)

    def _add(self, due: datetime, name: str) -> None:
        self._due.setdefault(due, set()).add(name)
        if self._timer is None or due < self._timer[0]:
            self._arm(due)

    def _arm(self, due: datetime) -> None:
        if self._timer:
            self._timer[1].cancel()
        self._timer = due, self._clock.call_at(due, lambda: self._evaluate(due), background=True)

    def _evaluate(self, due: datetime) -> None:
        changes = []
        with self._lock:
            if self._timer and self._timer[0] == due:
                self._timer = None
            for name in self._due.pop(due, ()):
                if name in self._rules:
                    alarm, rule, change = self._rules[name]
                    values = rule.values(self._samples, due)
                    state = rule.state(values, alarm.state_value)
                    if state != alarm.state_value:
                        changes.append((change, state, rule.reason(values, state)))
            if self._due and self._timer is None:
                self._arm(min(self._due))
        for change, state, reason in changes:
            change(state, reason)


def _next_minute(moment: datetime) -> datetime:
    return floor(moment, MINUTE) + MINUTE


def _metric(metric: Any) -> Metric:
    return Metric(metric.namespace, metric.metric_name, _sorted(metric.dimensions))


def _sorted(dimensions: Sequence[Any]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((dimension.name, dimension.value) for dimension in dimensions))
