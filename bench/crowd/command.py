"""Show what many starts at once come to: on the deployed machine, in virtual time."""

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict

from bench.crowd.crowd import STARTS, Crowd, lived
from bench.progress import say
from model_lifecycle.vocabulary.codec import pascal


def main(arguments: Sequence[str] | None = None, *, live: Callable[..., Crowd] = lived) -> int:
    """Print what was measured. Return 0 whatever it is; exit with 2 for a wrong call."""
    parser = argparse.ArgumentParser(prog='make bench ARGS="crowd"', description=__doc__)
    parser.add_argument("--starts", type=int, default=STARTS, help=f"how many starts at once ({STARTS})")
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
    asked = parser.parse_args(arguments)
    if asked.starts < 1:
        parser.error(f"--starts must be at least 1, got {asked.starts}")
    crowd = live(asked.starts, say=say)
    if asked.json:
        print(json.dumps({pascal(name): round(value, 3) for name, value in asdict(crowd).items()}, indent=2))
        return 0
    print(
        f"{crowd.starts:,} starts at once, by events, of models that take ten minutes in the middle, sigma 0.5.\n"
        f"running at last             {crowd.running:>8,}\n"
        f"until the last one ran      {crowd.minutes:>8.1f} min\n"
        f"calls of the service        {crowd.calls:>8,}\n"
        f"calls a second at most      {crowd.calls_a_second:>8.1f}  on average over 10 s; the aim is under 5\n"
        f"lag, in the middle          {crowd.lag_median:>8.1f} s\n"
        f"lag of 95 % of the starts   {crowd.lag_p95:>8.1f} s  the aim is at most 60"
    )
    return 0
