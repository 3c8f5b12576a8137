"""Measure how long the functions take to begin, beside functions that only make the same clients of AWS."""

import argparse
import json
from collections.abc import Callable, Sequence

from bench.cold_start import HANDLERS, ColdStart, measured
from bench.progress import dot, say

AIM = 1.25
_ROUNDS = 15


def main(arguments: Sequence[str] | None = None, *, measure: Callable[..., ColdStart] = measured) -> int:
    """Print the measurements. Return 0 whatever they are; exit with 2 for a wrong call."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("functions", nargs="*", metavar="FUNCTION", help=f"one of {', '.join(HANDLERS)}; all if absent")
    parser.add_argument("--rounds", type=int, default=_ROUNDS, help=f"cold starts of each function ({_ROUNDS})")
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
    asked = parser.parse_args(arguments)
    if unknown := sorted({*asked.functions} - {*HANDLERS}):
        parser.error(f"FUNCTION must be one of {', '.join(HANDLERS)}, got {', '.join(unknown)}")
    if asked.rounds < 1:
        parser.error(f"--rounds must be at least 1, got {asked.rounds}")
    found = []
    for function in asked.functions or HANDLERS:
        found.append(measure(function, rounds=asked.rounds, done=dot))
        say("\n" if len(found) % 5 == 0 else " ")
    say("\n")
    print(json.dumps([_document(one) for one in found], indent=2) if asked.json else _table(found))
    return 0


def _document(one: ColdStart) -> dict[str, object]:
    return {
        "Function": one.function,
        "Clients": list(one.clients),
        "Seconds": round(one.seconds, 4),
        "SecondsOfClientsAlone": round(one.alone, 4),
        "Times": round(one.times, 3),
    }


def _table(found: Sequence[ColdStart]) -> str:
    rows = [
        ("function", "cold start", "its clients alone", "times", "clients"),
        *(
            (one.function, f"{one.seconds:.3f} s", f"{one.alone:.3f} s", f"{one.times:.2f}", " ".join(one.clients))
            for one in found
        ),
    ]
    wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, wide, strict=True)).rstrip() for row in rows]
    return "\n".join([*lines, "", f"User CPU time, the least of all rounds. The aim is at most {AIM} times."])
