"""Metrics in logs: CloudWatch Logs makes metrics of events that are in the embedded metric format.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Annotated, Any, Literal

from moto.cloudwatch.models import cloudwatch_backends
from moto.logs.models import LogStream
from pydantic import BaseModel, ConfigDict, Field, StrictFloat, StrictInt, StrictStr, TypeAdapter, ValidationError

from local.account import Account
from local.api import aws_api

_MOST_CHARACTERS = 262_144
_OLDEST, _LATEST = timedelta(days=14), timedelta(hours=2)
_Text = Annotated[StrictStr, Field(min_length=1, max_length=1_024)]
_Number = StrictInt | StrictFloat
_VALUES: TypeAdapter[Any] = TypeAdapter(_Number | Annotated[list[_Number], Field(min_length=1, max_length=100)])
_DIMENSION: TypeAdapter[str] = TypeAdapter(_Text)


class _Definition(BaseModel):
    name: _Text = Field(alias="Name")
    unit: StrictStr = Field("None", alias="Unit")
    resolution: Literal[1, 60] = Field(60, alias="StorageResolution")


class _Directive(BaseModel):
    namespace: _Text = Field(alias="Namespace")
    dimensions: list[Annotated[list[_Text], Field(max_length=30)]] = Field(alias="Dimensions", min_length=1)
    metrics: Annotated[list[_Definition], Field(max_length=100)] = Field(alias="Metrics")


class _Metadata(BaseModel):
    timestamp: StrictInt = Field(alias="Timestamp")
    directives: list[_Directive] = Field(alias="CloudWatchMetrics")


class _Document(BaseModel):
    model_config = ConfigDict(extra="allow")

    metadata: _Metadata = Field(alias="_aws")


def install(aws: Account) -> None:
    """Let what is written into logs be measured."""
    before: Callable[..., str] = LogStream.put_log_events
    units = frozenset(aws_api.enum_of("cloudwatch", "StandardUnit"))

    @wraps(before)
    def put_log_events(stream: LogStream, log_events: list[dict[str, Any]]) -> str:
        token = before(stream, log_events)
        for event in log_events:
            for namespace, datum in _metrics(event["message"], units, now=aws.clock.now()):
                backend = cloudwatch_backends[stream.account_id][stream.region]
                backend.put_metric_data(namespace, [datum])
        return token

    aws.replace(LogStream, "put_log_events", put_log_events)


def _metrics(message: str, units: frozenset[str], *, now: datetime) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each metric in an event, with its namespace. An event that breaks a rule of the format has none."""
    if '"CloudWatchMetrics"' not in message or len(message) > _MOST_CHARACTERS:
        return
    try:
        document = _Document.model_validate_json(message)
        moment = datetime.fromtimestamp(document.metadata.timestamp / 1_000, UTC)
        found = [
            each for directive in document.metadata.directives for each in _measured(directive, document, units, moment)
        ]
    except (ValidationError, ValueError, OverflowError):
        return
    if now - _OLDEST <= moment <= now + _LATEST:
        yield from found


def _measured(
    directive: _Directive, document: _Document, units: frozenset[str], moment: datetime
) -> Iterator[tuple[str, dict[str, Any]]]:
    targets = document.model_extra or {}
    for dimensions in directive.dimensions:
        named = [
            {"Name": name, "Value": _DIMENSION.validate_python(targets.get(name))} for name in dict.fromkeys(dimensions)
        ]
        for metric in directive.metrics:
            if metric.unit not in units:
                raise ValueError(metric.unit)
            if metric.name not in targets:
                continue
            values = _VALUES.validate_python(targets[metric.name])
            datum = {
                "MetricName": metric.name,
                "Dimensions": named,
                "Unit": metric.unit,
                "Timestamp": moment.replace(tzinfo=None),
            }
            yield directive.namespace, {**datum, "Values": values if isinstance(values, list) else [values]}
