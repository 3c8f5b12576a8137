"""The only caller of Amazon CloudWatch: for how long a model ran, by its service's own metric."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from model_lifecycle.aws.service_errors import service_errors
from model_lifecycle.model.record import ModelRecord
from model_lifecycle.model.spending import BUDGET_PERIOD
from model_lifecycle.model.usage import LONGEST_GAP, MEASURED, METRIC_PERIOD, Datapoint, last_run
from model_lifecycle.requests.model_request import ModelRequest

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import MetricDataQueryTypeDef, MetricTypeDef

    from model_lifecycle.services.service import Metric


_MOST_QUERIES = 500
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html"""


def query_of(
    measured: "Metric", name: str, *, period: timedelta = METRIC_PERIOD, statistic: str = "Average"
) -> "MetricDataQueryTypeDef":
    """Return what asks GetMetricData for a metric; `name` stands with the answer."""
    metric: MetricTypeDef = {
        "Namespace": measured.namespace,
        "MetricName": measured.name,
        "Dimensions": [{"Name": name, "Value": value} for name, value in measured.dimensions.items()],
    }
    return {"Id": name, "MetricStat": {"Metric": metric, "Period": int(period.total_seconds()), "Stat": statistic}}


class InServiceUnits:
    """The meter of all models whose service measures them."""

    def __init__(self, client: "CloudWatchClient") -> None:
        self._client = client

    def units_in_service(self, request: ModelRequest, *, until: datetime) -> list[Datapoint]:
        """GetMetricData over the last two weeks, and of a run that is longer over the hours before them."""
        measured = request.service.metric(request.identity)
        if measured is None:
            return []
        begin = until - MEASURED
        [minutes] = self._points([query_of(measured, "units")], begin, until + METRIC_PERIOD)
        run = last_run(minutes, ModelRecord())
        if not run or run[0].at > begin + LONGEST_GAP:
            return minutes
        # Few runs are that long.
        from model_lifecycle.model.long_runs import HOUR, hours_before, with_hours

        queries = [
            query_of(measured, "units", period=HOUR),
            query_of(measured, "samples", period=HOUR, statistic="SampleCount"),
        ]
        return with_hours(run, *self._points(queries, *hours_before(run[0].at)))

    def units_of_all(
        self, requests: Sequence[ModelRequest], *, since: datetime, until: datetime
    ) -> dict[str, list[Datapoint]]:
        """GetMetricData of many models, by their ids: the average units in each whole `BUDGET_PERIOD`, oldest first.

        A minute without a datapoint is one in which the model did not run. Raises as `Model` does.
        """
        found: dict[str, list[Datapoint]] = {}
        metrics = [
            (request.model_id, metric) for request in requests if (metric := request.service.metric(request.identity))
        ]
        for first in range(0, len(metrics), _MOST_QUERIES):
            part = metrics[first : first + _MOST_QUERIES]
            queries = [
                query_of(metric, f"model{place}", period=BUDGET_PERIOD, statistic="Sum")
                for place, (_, metric) in enumerate(part)
            ]
            minutes = self._points(queries, since, until)
            for (model_id, _), points in zip(part, minutes, strict=True):
                found[model_id] = [
                    Datapoint(point.at, point.units * (METRIC_PERIOD / BUDGET_PERIOD))
                    for point in points
                    if point.at + BUDGET_PERIOD <= until
                ]
        return found

    def _points(
        self, queries: "Sequence[MetricDataQueryTypeDef]", begin: datetime, end: datetime
    ) -> list[list[Datapoint]]:
        """Return what each query finds that is more than nothing."""
        pages = self._client.get_paginator("get_metric_data").paginate(
            MetricDataQueries=queries, StartTime=begin, EndTime=end, ScanBy="TimestampAscending"
        )
        found: dict[str, list[Datapoint]] = {query["Id"]: [] for query in queries}
        with service_errors("GetMetricData"):
            for result in (result for page in pages for result in page["MetricDataResults"]):
                points = zip(result["Timestamps"], result["Values"], strict=True)
                found[result["Id"]] += [Datapoint(at, units) for at, units in points if units > 0]
        return [*found.values()]
