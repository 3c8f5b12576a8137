"""The only caller of Amazon CloudWatch: for how long a model ran, by its service's own metric."""

from datetime import datetime
from typing import TYPE_CHECKING

from model_lifecycle.aws.service_errors import service_errors
from model_lifecycle.model.usage import MEASURED, METRIC_PERIOD, Datapoint
from model_lifecycle.requests.model_request import ModelRequest

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import MetricDataQueryTypeDef, MetricTypeDef


class InServiceUnits:
    """The meter of all models whose service measures them."""

    def __init__(self, client: "CloudWatchClient") -> None:
        self._client = client

    def units_in_service(self, request: ModelRequest, *, until: datetime) -> list[Datapoint]:
        """GetMetricData over the last two weeks."""
        measured = request.service.metric(request.identity)
        if measured is None:
            return []
        metric: MetricTypeDef = {
            "Namespace": measured.namespace,
            "MetricName": measured.name,
            "Dimensions": [{"Name": name, "Value": value} for name, value in measured.dimensions.items()],
        }
        period = int(METRIC_PERIOD.total_seconds())
        query: MetricDataQueryTypeDef = {
            "Id": "units",
            "MetricStat": {"Metric": metric, "Period": period, "Stat": "Average"},
        }
        pages = self._client.get_paginator("get_metric_data").paginate(
            MetricDataQueries=[query],
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
