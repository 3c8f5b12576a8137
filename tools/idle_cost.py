"""`python -m tools.idle_cost`: write again what the idle stack costs, from the synthesized template."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from model_lifecycle.vocabulary.metrics import Metric
from model_lifecycle.watch.running import counted
from tools.permissions_table import synthesized

_ROOT = Path(__file__).parents[1]
PAGE, README = _ROOT / "docs" / "operations.md", _ROOT / "README.md"
_HOURS = 730
"""Of a month, as AWS counts them."""
_CALLS_OF_A_MONTH = {"rate(1 hour)": _HOURS, "rate(1 day)": _HOURS / 24}

SECONDS_A_CALL = 3
"""How long a function runs that is called on the hour or once a day, with its cold start."""
TABLE_REQUESTS_A_CALL = 10
LOG_KILOBYTES_A_CALL = 4
_GIGABYTE = 1_000_000
"""In kilobytes."""

_BILLS_ONLY_IF_USED = frozenset(
    {
        "AWS::CDK::Metadata",
        "AWS::DynamoDB::Table",
        "AWS::Events::Rule",
        "AWS::IAM::Policy",
        "AWS::IAM::Role",
        "AWS::Lambda::EventInvokeConfig",
        "AWS::Lambda::Function",
        "AWS::Lambda::Permission",
        "AWS::Lambda::Version",
        "AWS::Logs::LogGroup",
        "AWS::Logs::ResourcePolicy",
        "AWS::Scheduler::Schedule",
        "AWS::Scheduler::ScheduleGroup",
        "AWS::SNS::Subscription",
        "AWS::SNS::Topic",
        "AWS::SNS::TopicPolicy",
        "AWS::SQS::Queue",
        "AWS::SQS::QueuePolicy",
        "AWS::StepFunctions::StateMachine",
    }
)


@dataclass(frozen=True)
class Price:
    """A price in us-east-1, as its source says."""

    usd: float
    unit: str
    source: str


KEY = Price(1.00, "key", "https://aws.amazon.com/kms/pricing/")
ALARM = Price(0.10, "metric of an alarm", "https://aws.amazon.com/cloudwatch/pricing/")
COMPOSITE_ALARM = Price(0.50, "composite alarm", "https://aws.amazon.com/cloudwatch/pricing/")
DASHBOARD = Price(3.00, "dashboard", "https://aws.amazon.com/cloudwatch/pricing/")
METRIC = Price(0.30, "metric", "https://aws.amazon.com/cloudwatch/pricing/")
LOGS = Price(0.50, "GB", "https://aws.amazon.com/cloudwatch/pricing/")
CALL = Price(0.20, "million calls", "https://aws.amazon.com/lambda/pricing/")
GB_SECOND = Price(0.0000133334, "GB-second (Arm)", "https://aws.amazon.com/lambda/pricing/")
TRACE = Price(5.00, "million traces", "https://aws.amazon.com/xray/pricing/")
WRITE = Price(0.625, "million writes", "https://aws.amazon.com/dynamodb/pricing/on-demand/")


@dataclass(frozen=True)
class Row:
    """Something that bills while nothing happens."""

    what: str
    prices: tuple[Price, ...]
    usd: float


class UnknownResourceError(Exception):
    """The template has a type of resource of which nobody has said whether it bills while nothing happens."""


def rows_of(template: Mapping[str, Any]) -> list[Row]:
    """Return all that bills. Raises UnknownResourceError."""
    resources = template["Resources"]

    def all_of(kind: str) -> list[dict[str, Any]]:
        return [each.get("Properties", {}) for each in resources.values() if each["Type"] == f"AWS::{kind}"]

    keys, dashboards, composite = map(
        len, map(all_of, ("KMS::Key", "CloudWatch::Dashboard", "CloudWatch::CompositeAlarm"))
    )
    alarms = all_of("CloudWatch::Alarm")
    metrics = sum(_metrics_of(alarm) for alarm in alarms)
    of_addresses = [Metric.UNCONFIRMED_EMAILS]
    written = len([*counted([], price_per_inference_unit_hour=1, now=datetime.now(UTC)), *of_addresses])
    calls = list(_calls(resources))
    number = sum(times for times, _ in calls)
    gb_seconds = sum(times * SECONDS_A_CALL * megabytes / 1_024 for times, megabytes in calls)
    rows = [
        Row(_counted(keys, "KMS key"), (KEY,), keys * KEY.usd),
        Row(f"{len(alarms)} alarms on {metrics} metrics", (ALARM,), metrics * ALARM.usd),
        Row(_counted(composite, "composite alarm"), (COMPOSITE_ALARM,), composite * COMPOSITE_ALARM.usd),
        Row(_counted(dashboards, "dashboard"), (DASHBOARD,), dashboards * DASHBOARD.usd),
        Row(f"{written} metrics that the watch writes every hour", (METRIC,), written * METRIC.usd),
        Row(
            f"{number:,.0f} calls of functions by the clock, {SECONDS_A_CALL} s each",
            (CALL, GB_SECOND),
            number / 1e6 * CALL.usd + gb_seconds * GB_SECOND.usd,
        ),
        Row(
            f"at most {TABLE_REQUESTS_A_CALL} requests to tables in each of these calls",
            (WRITE,),
            number * TABLE_REQUESTS_A_CALL / 1e6 * WRITE.usd,
        ),
        Row(
            f"at most {LOG_KILOBYTES_A_CALL} KB of logs, and a trace, of each of them",
            (LOGS, TRACE),
            number * LOG_KILOBYTES_A_CALL / _GIGABYTE * LOGS.usd + number / 1e6 * TRACE.usd,
        ),
    ]
    billed = {
        "AWS::KMS::Key",
        "AWS::CloudWatch::Dashboard",
        "AWS::CloudWatch::Alarm",
        "AWS::CloudWatch::CompositeAlarm",
    }
    if unknown := {each["Type"] for each in resources.values()} - billed - _BILLS_ONLY_IF_USED:
        raise UnknownResourceError(f"Say in tools/idle_cost.py whether these bill while unused: {sorted(unknown)}")
    return [row for row in rows if row.usd]


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'s' if number > 1 else ''}"


def _metrics_of(alarm: Mapping[str, Any]) -> int:
    return sum("MetricStat" in metric for metric in alarm.get("Metrics", ())) or 1


def _calls(resources: Mapping[str, Any]) -> Iterator[tuple[float, int]]:
    """Return how often in a month a rule calls a function by the clock, and the megabytes of that function."""
    for rule in resources.values():
        expression = rule.get("Properties", {}).get("ScheduleExpression")
        if rule["Type"] == "AWS::Events::Rule" and expression:
            for target in rule["Properties"]["Targets"]:
                function = resources[target["Arn"]["Fn::GetAtt"][0]]["Properties"]
                yield _CALLS_OF_A_MONTH[expression], function["MemorySize"]


def total_of(rows: list[Row]) -> float:
    """Return USD a month: the sum of what is shown."""
    return sum(round(row.usd, 2) for row in rows)


def page(text: str, rows: list[Row]) -> str:
    """Return the page of operations with these rows in place of its own."""
    table = [
        "| what bills | price in us-east-1 | USD a month |",
        "| --- | --- | --- |",
        *(f"| {row.what} | {'; '.join(map(_shown, row.prices))} | {row.usd:.2f} |" for row in rows),
        f"| all | | **{total_of(rows):.2f}** |",
    ]
    before, begin, rest = text.partition("<!-- idle -->\n")
    _, end, after = rest.partition("<!-- /idle -->")
    return "".join([before, begin, *(f"{line}\n" for line in table), end, after])


def _shown(price: Price) -> str:
    return f"{price.usd:.10f}".rstrip("0").ljust(4, "0") + f" USD per [{price.unit}]({price.source})"


def readme(text: str, rows: list[Row]) -> str:
    """Return the README with the sum."""
    return re.sub(r"\d+\.\d\d(?= USD a month: \[)", f"{total_of(rows):.2f}", text)


def main() -> None:
    """Synthesize, and write both."""
    rows = rows_of(synthesized())
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), rows), encoding="utf-8")
    README.write_text(readme(README.read_text(encoding="utf-8"), rows), encoding="utf-8")


if __name__ == "__main__":
    main()
