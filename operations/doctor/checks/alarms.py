"""The alarms of the stack, and what they say now."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from model_lifecycle.vocabulary.foreign import one_line
from model_lifecycle.vocabulary.wording import duration
from operations.deployment import Deployment
from operations.doctor.finding import Answer, error, ok, warning
from operations.errors import on_one_line

ALARM = "AWS::CloudWatch::Alarm"
_IN_A_CALL = 100
_LONG = timedelta(hours=1)
_HASH = 8


def look(deployment: Deployment, *, now: datetime) -> Iterator[Answer]:
    """DescribeAlarms of the stack's own."""
    named = {
        each.physical_id: each.logical_id.removeprefix("Observability")[:-_HASH]
        for kind in (ALARM, "AWS::CloudWatch::CompositeAlarm")
        for each in deployment.of_type(kind)
    }
    names, found = list(named), []
    for begin in range(0, len(names), _IN_A_CALL):
        with on_one_line("CloudWatch"):
            answer = deployment.aws.client("cloudwatch").describe_alarms(
                AlarmNames=names[begin : begin + _IN_A_CALL],
                AlarmTypes=["MetricAlarm", "CompositeAlarm"],
                MaxRecords=_IN_A_CALL,
            )
        found += [*answer.get("MetricAlarms", []), *answer.get("CompositeAlarms", [])]
    yield from answers(named, found, now=now)


def answers(named: Mapping[str, str], found: Sequence[Mapping[str, Any]], *, now: datetime) -> Iterator[Answer]:
    """Say which alarms are not quiet, silenced or gone. `named`: the stack's, with the names that people know."""
    quiet = silent = 0
    alarms = {each["AlarmName"]: each for each in found}
    for id_, name in named.items():
        alarm = alarms.get(id_)
        if alarm is None:
            yield error(
                f"{name} does not exist any more",
                f"A deploy does not notice that. Make it again in CloudWatch, by the name {id_}.",
            )
            continue
        since = now - alarm["StateUpdatedTimestamp"]
        lasted = duration(max(0.0, since.total_seconds()))
        if alarm["StateValue"] == "ALARM":
            yield error(f"{name} has been in ALARM for {lasted}", one_line(alarm.get("AlarmDescription") or "", 1_000))
        elif alarm["StateValue"] == "INSUFFICIENT_DATA" and since > _LONG:
            mend = "It cannot fire. Check that the metric of its graph in CloudWatch has data."
            yield warning(f"{name} has had INSUFFICIENT_DATA for {lasted}", mend)
        elif not alarm.get("AlarmActions", [id_]):
            silent += 1
        elif not alarm.get("ActionsEnabled", True):
            yield warning(f"{name} tells nobody: its actions are disabled", "Enable its actions in CloudWatch.")
        else:
            quiet += 1
    if silent:
        number = f"{silent:,} alarm{' tells' if silent == 1 else 's tell'}"
        yield warning(f"{number} nobody", "Set alarm_emails, or alarm_topic_arn, and deploy.")
    yield ok(f"{quiet:,} of {len(named):,} alarms are quiet")
