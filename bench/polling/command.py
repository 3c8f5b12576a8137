"""Show what it costs to find that a model is up, by each way of polling: on the domain's own code, without AWS."""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict

from bench.polling.yardstick import MODELS, SCATTERS, STARTS_OF_EACH, Found, measured
from bench.progress import dot, say
from model_lifecycle.vocabulary.codec import pascal


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table. Return 0 whatever is in it; exit with 2 for a wrong call."""
    parser = argparse.ArgumentParser(prog='make bench ARGS="polling"', description=__doc__)
    parser.add_argument("--models", type=int, default=MODELS, help=f"{STARTS_OF_EACH} starts of each ({MODELS})")
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
    asked = parser.parse_args(arguments)
    if asked.models < 1:
        parser.error(f"--models must be at least 1, got {asked.models}")
    found = list(measured(models=asked.models, done=dot))
    say("\n")
    print(json.dumps([_document(one) for one in found], indent=2) if asked.json else _table(found, asked.models))
    return 0


def _document(one: Found) -> dict[str, object]:
    return {pascal(name): value if isinstance(value, str) else round(value, 3) for name, value in asdict(one).items()}


def _table(found: Sequence[Found], models: int) -> str:
    lines = [
        f"{models * STARTS_OF_EACH:,} starts of models that take ten minutes in the middle, sigma 0.5.",
        "A model costs 4 USD an hour, 1,000 state transitions 0.025 USD.",
    ]
    for scatter in SCATTERS:
        starts = f"starts of a model: sigma {scatter}"
        lines += ["", f"{starts:<33}  cents a start  looks  p95 lag  3 x as slow"]
        lines += [
            f"{one.way:<33}  {one.cents:>13.2f}  {one.looks:>5.0f}  {one.p95:>5.0f} s  {one.p95_of_slow:>9.0f} s"
            for one in found
            if one.scatter == scatter
        ]
    return "\n".join(lines)
