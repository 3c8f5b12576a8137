"""The only caller of Amazon CloudWatch: for how long a model ran, by its service's own metric."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from model_lifecycle.aws.service_errors import service_errors
from model_lifecycle.model.usage import MEASURED, METRIC_PERIOD, Datapoint
from model_lifecycle.requests.model_request import ModelRequest

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import MetricDataQueryTypeDef, MetricTypeDef

    from model_lifecycle.services.service import Metric


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
        """GetMetricData over the last two weeks."""
        measured = request.service.metric(request.identity)
        if measured is None:
            return []
        pages = self._client.get_paginator("get_metric_data").paginate(
            MetricDataQueries=[query_of(measured, "units")],
            StartTime=until - MEASURED,
            EndTime=until + METRIC_PERIOD,
            ScanBy="TimestampAscending",
        )
        with service_errors("GetMetricData"):
            results = [result for page in pages for result in page["MetricDataResults"]]
        return [
            Datapoint(at, units)
            for result in results
            for at, units in zip(result["Timestamps"], result["Values"], strict=True)
            if units > 0
        ]
