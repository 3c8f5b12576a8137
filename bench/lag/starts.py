"""Starts on the deployed machine, in virtual time: how long after a model was up the app saw it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from statistics import fmean, median

from bench.polling.ways import USD_PER_HOUR
from bench.polling.yardstick import models_of, p95
from local.clock.clock import VirtualClock
from local.scenario.scenario import Scenario
from local.server import LocalAws
from model_lifecycle.aws.record_table import RecordTable
from model_lifecycle.model.record import ModelRecord
from model_lifecycle.requests.model_request import Defaults
from model_lifecycle.requests.start_request import parse_request
from model_lifecycle.steps.coming_up import LOOK_USD

SCATTER = 0.15
"""The standard deviation of the logarithms of what the starts of one model take."""
REMEMBERED = (0, 3, 10)
_ARN = "arn:aws:rekognition:us-east-1:123456789012:project/lag-{}-{}/version/v1/1767603600000"
_APART = 3
"""Seconds between the begins of two starts: how many at once wait for each other is another measurement."""
_NO_QUOTAS = {"RunningModels": 10_000, "CallsPerSecond": 10_000, "InferenceUnits": 10_000}
_PATIENCE = 1_200
"""Of the machine's own seconds."""
_LONGEST = timedelta(hours=4)
_ANY = Defaults(start_timeout_seconds=1, stop_timeout_seconds=1)


@dataclass(frozen=True)
class Lag:
    """What starts of models with so many remembered starts cost, in cents; their looks, and the lags in seconds."""

    remembered: int
    starts: int
    cents: float
    looks: float
    p50: float
    p95: float


def lags(aws: LocalAws, clock: VirtualClock, outputs: Mapping[str, str], *, models: int, seed: int = 1) -> list[Lag]:
    """Start so many models with each memory, as the yardstick has them, on a deployed app; `outputs`: its stack's."""
    chosen = list(models_of(models, SCATTER, Random(seed)))  # noqa: S311 - nothing is secret
    asked = {
        _ARN.format(known, place): (known, model.remembered[:known], round(durations[0]))
        for known in REMEMBERED
        for place, (model, durations) in enumerate(chosen)
    }
    scripts = [{"ProjectVersionArn": arn, "StartSeconds": seconds} for arn, (_, _, seconds) in asked.items()]
    aws.load(Scenario.parse(json.dumps({"Quotas": _NO_QUOTAS, "Models": scripts})))
    for arn, (_, remembered, _) in asked.items():
        _remember(aws, arn, tuple(map(round, remembered)))
    machine, executions = outputs["StartModelStateMachineArn"], aws.client("stepfunctions")
    started = {}
    with clock.running():
        for arn in asked:
            written = json.dumps({"ProjectVersionArn": arn})
            started[arn] = executions.start_execution(stateMachineArn=machine, input=written)["executionArn"]
            clock.wait(_APART)
    clock.settle(timeout=_PATIENCE, within=_LONGEST)
    ended = {arn: json.loads(executions.describe_execution(executionArn=one)["output"]) for arn, one in started.items()}
    return [
        _lag(known, [(ended[arn], seconds) for arn, (memory, _, seconds) in asked.items() if memory == known])
        for known in REMEMBERED
    ]


def _remember(aws: LocalAws, arn: str, start_seconds: tuple[int, ...]) -> None:
    tables = aws.client("dynamodb")
    [table] = [name for name in tables.list_tables()["TableNames"] if "ModelRecords" in name]
    request = parse_request({"ProjectVersionArn": arn}, defaults=_ANY, home=None)
    RecordTable(table, tables).replace(request, ModelRecord(), ModelRecord(start_seconds=start_seconds))


def _lag(remembered: int, ends: list[tuple[Mapping[str, float], int]]) -> Lag:
    late = [output["StartTookSeconds"] - seconds for output, seconds in ends]
    looks = fmean(output["Checks"] for output, _ in ends)
    usd = looks * LOOK_USD + fmean(late) * USD_PER_HOUR / 3_600
    return Lag(remembered, len(ends), usd * 100, looks, median(late), p95(late))
