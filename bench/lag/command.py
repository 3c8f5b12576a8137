"""Show how late the deployed app sees that a model is up: in the local AWS, in virtual time."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from bench.lag.starts import SCATTER, Lag, lags
from bench.progress import say
from local.clock.clock import VirtualClock
from local.commands.cdk import CdkError, deploy
from local.server import LocalAws
from model_lifecycle.vocabulary.codec import pascal
from tools.interruption import Interrupted, end_by, raise_when_interrupted

_MODELS = 20
_BEGIN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def main(arguments: Sequence[str] | None = None, *, measure: Callable[[int], list[Lag]] | None = None) -> int:
    """Print the table. Return 0 whatever is in it, 1 if the app cannot be deployed; exit with 2 for a wrong call."""
    parser = argparse.ArgumentParser(prog='make bench ARGS="lag"', description=__doc__)
    parser.add_argument("--models", type=int, default=_MODELS, help=f"a start of each with each memory ({_MODELS})")
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
    asked = parser.parse_args(arguments)
    if asked.models < 1:
        parser.error(f"--models must be at least 1, got {asked.models}")
    try:
        found = (measure or _measured)(asked.models)
    except CdkError as error:
        print(error, file=sys.stderr)
        return 1
    except Interrupted as interruption:
        return end_by(interruption.number)
    print(json.dumps([_document(one) for one in found], indent=2) if asked.json else _table(found))
    return 0


def _measured(models: int) -> list[Lag]:
    raise_when_interrupted()
    clock = VirtualClock(_BEGIN)
    with LocalAws(clock=clock) as aws:
        say("Deploying the app into the local AWS ...\n")
        outputs = deploy(aws)
        say("Starting the models ...\n")
        return lags(aws, clock, outputs, models=models)


def _document(one: Lag) -> dict[str, float]:
    return {pascal(name): round(value, 3) for name, value in asdict(one).items()}


def _table(found: Sequence[Lag]) -> str:
    lines = [
        f"{sum(one.starts for one in found):,} starts in the local AWS, in virtual time.",
        f"The models are as in ARGS=polling; starts of one differ by sigma {SCATTER}.",
        "",
        "starts remembered  cents a start  looks  p50 lag  p95 lag",
    ]
    lines += [
        f"{one.remembered:>17}  {one.cents:>13.2f}  {one.looks:>5.0f}  {one.p50:>5.1f} s  {one.p95:>5.1f} s"
        for one in found
    ]
    return "\n".join(lines)
