"""The only caller of Amazon CloudWatch: for how long a model version ran, by Rekognition's own metric.

`InServiceInferenceUnits` of `AWS/Rekognition` has a datapoint for each minute in which a version runs.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from model_lifecycle.aws.service_errors import service_errors
from model_lifecycle.model.usage import MEASURED, METRIC_PERIOD, Datapoint
from model_lifecycle.requests.model_request import ModelRequest
from model_lifecycle.services.rekognition import REKOGNITION

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import MetricDataQueryTypeDef, MetricTypeDef


class InServiceUnits:
    """The meter of Rekognition's models. Lookout for Vision measures no such thing."""

    def __init__(self, client: "CloudWatchClient") -> None:
        self._client = client

    def units_in_service(self, request: ModelRequest, *, until: datetime) -> list[Datapoint]:
        """GetMetricData over the last two weeks."""
        if request.service is not REKOGNITION:
            return []
        metric: MetricTypeDef = {
            "Namespace": "AWS/Rekognition",
            "MetricName": "InServiceInferenceUnits",
            "Dimensions": [
                {"Name": "ProjectName", "Value": request.project},
                {"Name": "VersionName", "Value": request.version},
            ],
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
