"""CloudWatch's metrics on this machine, read as CloudWatch reads them, and its alarms, which look at them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import groupby
from types import ModuleType
from typing import Any, ClassVar

from moto.cloudwatch import urls
from moto.cloudwatch.exceptions import CloudWatchException
from moto.cloudwatch.models import Alarm, CloudWatchBackend, MetricAggregatedDatum, cloudwatch_backends
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult

from local.account import Account
from local.api import aws_api, parameters
from local.api.errors import AwsError
from local.api.measurement import Measurement, Metric
from local.api.pages import page_of
from local.clock.clock import Clock
from local.cloudwatch import alarms
from local.cloudwatch.datapoints import MINUTE, STATISTICS, Sample, Window, floor
from local.cloudwatch.evaluation import Evaluation
from local.cloudwatch.expressions import ExpressionError
from local.cloudwatch.gauges import Gauges
from local.cloudwatch.recorded import Recorded
from local.iam.iam import Iam
from local.vision.model_life import Run
from local.vision.rekognition import LocalRekognitionResponse

NAMESPACE = "AWS/Rekognition"
_INSTANT = timedelta(microseconds=1)
_LISTED_FOR = timedelta(days=14)
_MOST_STATISTICS = 1_440
_MOST_DATAPOINTS = 100_800
_MOST_METRICS = 500
_UNITS: dict[str, Callable[[Run], int]] = {
    "InServiceInferenceUnits": lambda run: run.min_units,
    "DesiredInferenceUnits": lambda run: run.min_units,
    "MinInferenceUnits": lambda run: run.min_units,
    "MaxInferenceUnits": lambda run: run.max_units,
}
"""The metrics of a running model. Nothing here makes a model scale, so it has what it was started with at least."""


class Metrics:
    """All metrics of one region: what was put and measured, what queues hold, and how models ran."""

    def __init__(self, backend: "LocalCloudWatchBackend", clock: Clock) -> None:
        self._backend = backend
        self._clock = clock

    def all(self, since: datetime) -> list[Metric]:
        """List those that had data since a moment."""
        put = {_metric_of(datum) for datum in self._backend.get_all_metrics() if _utc(datum.timestamp) >= since}
        put |= self._backend.recorded.since(since) | self._backend.gauges.all(since)
        run = {
            Metric(NAMESPACE, name, tuple(sorted(dimensions.items())))
            for dimensions, runs in self._runs()
            if any(_whole_minutes(run, since, self._clock.now()) for run in runs)
            for name in _UNITS
        }
        return sorted(put | run)

    def samples(self, metric: Metric, window: Window) -> list[Sample]:
        """Give a metric's samples of a time."""
        found = [
            *self._backend.recorded.samples(metric, window.since, window.end),
            *self._backend.gauges.samples(metric, window),
            *(
                _sample_of(datum)
                for datum in self._backend.get_all_metrics()
                if _metric_of(datum) == metric and window.has(_utc(datum.timestamp))
            ),
        ]
        if metric.namespace == NAMESPACE and metric.name in _UNITS:
            units = _UNITS[metric.name]
            for dimensions, runs in self._runs():
                if tuple(sorted(dimensions.items())) == metric.dimensions:
                    found += [sample for run in runs for sample in _samples_of(run, units(run), window)]
        return found

    def _runs(self) -> Iterator[tuple[dict[str, str], list[Run]]]:
        return LocalRekognitionResponse.service.runs(self._backend.region_name)


def _samples_of(run: Run, units: int, window: Window) -> Iterator[Sample]:
    """Yield a sample for each period in which a model ran, with as many values as it ran whole minutes."""
    if minutes := _whole_minutes(run, window.since, window.end):
        moment, end = minutes
        while moment < end:
            following = min(end, _ceiling(window.period_of(moment) + window.period))
            count = (following - moment) // MINUTE
            yield Sample(moment, units, units, units * count, count, "Count")
            moment = following


def _whole_minutes(run: Run, since: datetime, end: datetime) -> tuple[datetime, datetime] | None:
    """Tell from when to when a model ran through the minutes that begin from `since` on, before `end`."""
    first, last = _ceiling(max(run.begin, since)), min(floor(run.end, MINUTE), _ceiling(end))
    return (first, last) if first < last else None


def _ceiling(moment: datetime) -> datetime:
    return floor(moment + MINUTE - _INSTANT, MINUTE)


class LocalCloudWatchBackend(CloudWatchBackend):  # type: ignore[misc]
    """moto's CloudWatch, where what is put without a time is put now, and alarms are evaluated and act."""

    clock: ClassVar[Clock]
    act: ClassVar[Callable[..., None]]
    recorded: ClassVar[Recorded]
    gauges: ClassVar[Gauges]
    evaluation: ClassVar[Evaluation]
    _urls: ClassVar[ModuleType] = urls

    @property
    def _url_module(self) -> ModuleType:
        return self._urls

    def put_metric_alarm(self, name: str, *args: Any, **kwargs: Any) -> Alarm:
        before = self.alarms.get(name)
        alarm: Alarm = super().put_metric_alarm(name, *args, **kwargs)
        if before:
            for kept in ("state_value", "state_reason", "state_reason_data", "state_updated_timestamp", "history"):
                setattr(alarm, kept, getattr(before, kept))
        else:
            alarm.state_value = "INSUFFICIENT_DATA"
            alarm.state_updated_timestamp = self._now
        alarm.configuration_updated_timestamp = self._now
        if alarm.rule is None:
            try:
                self.evaluation.watch(alarm, partial(self._change, name))
            except ExpressionError as error:
                self.alarms.pop(name)
                raise _error("ValidationError", str(error)) from error
        return alarm

    def delete_alarms(self, alarm_names: list[str]) -> None:
        super().delete_alarms(alarm_names)
        for name in alarm_names:
            self.evaluation.forget(name)

    def set_alarm_state(self, alarm_name: str, reason: str, reason_data: str, state_value: str) -> None:
        before = self.alarms[alarm_name].state_value if alarm_name in self.alarms else ""
        super().set_alarm_state(alarm_name, reason, reason_data, state_value)
        alarm = self.alarms[alarm_name]
        alarm.state_updated_timestamp = self._now
        self.evaluation.again(alarm_name)
        self.act(alarm, before=before)

    def _change(self, name: str, state: str, reason: str) -> None:
        alarm = self.alarms.get(name)
        if alarm is not None:
            before = alarm.state_value
            alarm.update_state(reason, "{}", state)
            alarm.state_updated_timestamp = self._now
            self.act(alarm, before=before)

    def put_metric_data(self, namespace: str, metric_data: list[dict[str, Any]]) -> None:
        super().put_metric_data(namespace, [{"Timestamp": self._now, **datum} for datum in metric_data])
        put = self.metric_data[:]
        self.metric_data.clear()
        for datum in put:
            self.recorded.add(_metric_of(datum), _sample_of(datum))
            self.evaluation.heard(_metric_of(datum), _sample_of(datum).total)

    @property
    def _now(self) -> datetime:
        """moto's moments are naive."""
        return self.clock.now().replace(tzinfo=None)


class LocalCloudWatchResponse(CloudWatchResponse):  # type: ignore[misc]
    """moto's CloudWatch, which reads metrics otherwise: periods, dimensions, limits and pages are CloudWatch's."""

    clock: ClassVar[Clock]

    def get_metric_data(self) -> ActionResult:
        asked = self._asked("GetMetricData")
        queries = asked["MetricDataQueries"]
        if len({query["Id"] for query in queries}) < len(queries):
            raise _error("ValidationError", "The values for parameter id in MetricDataQueries are not unique.")
        time = self._time(asked, "ValidationError")
        points = [
            (number, moment, value)
            for number, query in enumerate(queries)
            for moment, value in self._series(query, time, asked.get("ScanBy", "TimestampDescending"))
        ]
        paged = {"NextToken": asked.get("NextToken"), "MaxResults": asked.get("MaxDatapoints", _MOST_DATAPOINTS)}
        page, following = _page(points, paged)
        shown = {number: list(group) for number, group in groupby(page, key=lambda point: point[0])}
        last = {point[0]: point for point in points}
        results = [
            {
                "Id": query["Id"],
                "Label": query.get("Label") or query["MetricStat"]["Metric"]["MetricName"],
                "Timestamps": [moment for _, moment, _ in shown.get(number, [])],
                "Values": [value for _, _, value in shown.get(number, [])],
                "StatusCode": "PartialData" if number in shown and shown[number][-1] != last[number] else "Complete",
            }
            for number, query in enumerate(queries)
            # What has no data at all comes with the first page.
            if number in shown or (number not in last and not asked.get("NextToken"))
        ]
        return ActionResult({"MetricDataResults": results, **following, "Messages": []})

    def get_metric_statistics(self) -> ActionResult:
        asked = self._asked("GetMetricStatistics")
        statistics = asked.get("Statistics") or []
        if not statistics:
            raise _error("InvalidParameterCombination", "Must specify Statistics; others are not served here.")
        start, end = self._time(asked, "InvalidParameterValue")
        period = _period(asked["Period"], "InvalidParameterValue")
        if (wanted := -(-(end - start) // period)) > _MOST_STATISTICS:
            raise _error(
                "InvalidParameterCombination",
                f"You have requested up to {wanted:,} datapoints, which exceeds the limit of {_MOST_STATISTICS:,}. "
                "You may reduce the datapoints requested by increasing Period, or decreasing the time range.",
            )
        window = Window.asked(start, end, period, self.clock.now())
        datapoints = [
            {"Timestamp": moment, "Unit": gathered[0].unit or "None"}
            | {name: STATISTICS[name](gathered) for name in statistics}
            for moment, gathered in window.gather(self._samples(asked, window, asked.get("Unit"))).items()
        ]
        return ActionResult({"Label": asked["MetricName"], "Datapoints": datapoints})

    def list_metrics(self) -> ActionResult:
        asked = self._asked("ListMetrics")
        since = self.clock.now() - (timedelta(hours=3) if asked.get("RecentlyActive") else _LISTED_FOR)
        found = [
            {
                "Namespace": metric.namespace,
                "MetricName": metric.name,
                "Dimensions": [{"Name": name, "Value": value} for name, value in metric.dimensions],
            }
            for metric in self._metrics.all(since)
            if asked.get("Namespace") in (None, metric.namespace)
            and asked.get("MetricName") in (None, metric.name)
            and all(_is_among(dimension, metric) for dimension in asked.get("Dimensions", []))
        ]
        page, following = _page(found, {"NextToken": asked.get("NextToken"), "MaxResults": _MOST_METRICS})
        return ActionResult({"Metrics": page, **following})

    @property
    def _metrics(self) -> Metrics:
        return Metrics(self.cloudwatch_backend, self.clock)

    def _asked(self, operation: str) -> dict[str, Any]:
        try:
            return parameters.check(self._get_params(), aws_api.operation_model("cloudwatch", operation).input_shape)
        except AwsError as error:
            raise _error("ValidationError", error.message) from error

    def _time(self, asked: dict[str, Any], refusal: str) -> tuple[datetime, datetime]:
        start, end = _utc(asked["StartTime"]), _utc(asked["EndTime"])
        if start >= end:
            raise _error(refusal, "The parameter StartTime must be less than the parameter EndTime.")
        return start, end

    def _series(
        self, query: dict[str, Any], time: tuple[datetime, datetime], scan_by: str
    ) -> list[tuple[datetime, float]]:
        stat = query.get("MetricStat")
        if stat is None:
            raise _error("ValidationError", f"{query['Id']} has no MetricStat: expressions are not served here.")
        statistic = STATISTICS.get(stat["Stat"])
        if statistic is None:
            raise _error("ValidationError", f"{query['Id']} asks for {stat['Stat']}: served are {sorted(STATISTICS)}.")
        window = Window.asked(*time, _period(stat["Period"], "ValidationError"), self.clock.now())
        samples = self._samples(stat["Metric"], window, stat.get("Unit"))
        series = [(moment, statistic(gathered)) for moment, gathered in window.gather(samples).items()]
        return series if scan_by == "TimestampAscending" else series[::-1]

    def _samples(self, asked: dict[str, Any], window: Window, unit: str | None) -> list[Sample]:
        dimensions = sorted((dimension["Name"], dimension["Value"]) for dimension in asked.get("Dimensions", []))
        metric = Metric(asked["Namespace"], asked["MetricName"], tuple(dimensions))
        return [sample for sample in self._metrics.samples(metric, window) if unit in (None, sample.unit)]


def install(aws: Account, iam: Iam) -> None:
    """Let a local AWS tell what was measured, and its alarms act on it."""
    recorded, gauges = Recorded(), Gauges(aws)

    def samples(metric: Metric, window: Window) -> list[Sample]:
        return Metrics(cloudwatch_backends[aws.account_id][aws.region], aws.clock).samples(metric, window)

    evaluation = Evaluation(aws.clock, samples, gauges.turns)

    def hear(news: object) -> None:
        if isinstance(news, Measurement):
            minute = floor(aws.clock.now(), MINUTE)
            recorded.add(news.metric, Sample.of(minute, news.value, news.unit))
            evaluation.heard(news.metric, news.value, also=gauges.of_queue(news.metric))

    aws.listen(hear)
    for name, value in {"recorded": recorded, "gauges": gauges, "evaluation": evaluation, "clock": aws.clock}.items():
        aws.replace(LocalCloudWatchBackend, name, value)
    aws.replace(LocalCloudWatchBackend, "act", partial(alarms.act, aws, iam))
    aws.replace(LocalCloudWatchResponse, "clock", aws.clock)
    aws.replace(cloudwatch_backends, "backend", LocalCloudWatchBackend)
    aws.replace_item(urls.url_paths, "{0}/$", LocalCloudWatchResponse.dispatch)


def _period(seconds: int, refusal: str) -> timedelta:
    if seconds % 60 and seconds not in (1, 5, 10, 20, 30):
        raise _error(refusal, "The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60.")
    return timedelta(seconds=seconds)


def _page(items: list[Any], asked: dict[str, Any]) -> tuple[Any, dict[str, str]]:
    try:
        return page_of(items, asked)
    except AwsError as error:
        raise _error("InvalidNextToken", error.message) from error


def _error(code: str, message: str) -> CloudWatchException:
    return CloudWatchException(code, message)


def _is_among(asked: dict[str, str], metric: Metric) -> bool:
    """Tell whether a metric has a dimension; asked for without a value, any value will do."""
    return any(name == asked["Name"] and asked.get("Value") in (None, value) for name, value in metric.dimensions)


def _metric_of(datum: Any) -> Metric:
    dimensions = sorted((dimension.name, dimension.value) for dimension in datum.dimensions)
    return Metric(datum.namespace, datum.name, tuple(dimensions))


def _sample_of(datum: Any) -> Sample:
    moment = _utc(datum.timestamp)
    if isinstance(datum, MetricAggregatedDatum):
        return Sample(moment, datum.min, datum.max, datum.sum, datum.sample_count, datum.unit)
    return Sample.of(moment, datum.value, datum.unit)


def _utc(moment: datetime) -> datetime:
    """moto's moments are naive."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
