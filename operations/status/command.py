"""Show which models run, start or stop now: since when, for whom, and what that costs. Changes nothing."""

import argparse
import json
import time
from collections.abc import Sequence

from rich.console import Console

from operations.arguments import parser_of, settings_of
from operations.aws import Aws
from operations.deployment import find
from operations.process import ended
from operations.status.document import document
from operations.status.progress import Counter
from operations.status.reading import read
from operations.status.status import Status, status_of
from operations.status.text import lines_of
from operations.status.watching import watch
from settings.settings import Settings

_SECONDS = 10
_FEWEST_SECONDS = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the status. Return 0 whatever runs, 1 if it cannot be read, 130 after Ctrl-C.

    Exit with 2 for a wrong call.
    """
    parsed = _parsed(arguments)
    return ended(lambda: _status(parsed))


def _status(arguments: argparse.Namespace) -> int:
    settings = settings_of(arguments)
    aws = Aws(profile=arguments.profile)
    if arguments.watch is not None:
        return watch(
            lambda: read_status(aws, settings, quick=arguments.quick), every=arguments.watch, json_lines=arguments.json
        )
    status = read_status(aws, settings, quick=arguments.quick)
    if arguments.json:
        print(json.dumps(document(status), indent=2))
    else:
        show(status, Console(highlight=False))
    return 0


def read_status(aws: Aws, settings: Settings, *, quick: bool = False) -> Status:
    """Return the status, with progress on standard error if it takes long. `quick`: as in `read`.

    Raises OperationsError.
    """
    with Counter(Console(stderr=True, highlight=False), clock=time.monotonic) as progress:
        return status_of(read(find(aws, settings.stage or ""), settings, progress, quick=quick))


def show(status: Status, console: Console) -> None:
    """Print it: in colour to the width of a terminal, elsewhere in plain lines that are never folded."""
    for line in lines_of(status, width=console.width if console.is_terminal else None):
        if console.is_terminal:
            console.print(line, soft_wrap=True)
        else:
            print(line.plain, file=console.file)


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = parser_of("status", __doc__)
    parser.add_argument("--json", action="store_true", help="print JSON, for programs; with --watch a line each time")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="ask the services only about projects in which something is known to run; others take a fifth of a "
        "second each",
    )
    parser.add_argument(
        "--watch",
        nargs="?",
        type=_seconds,
        const=_SECONDS,
        metavar="SECONDS",
        help=f"show it anew every {_SECONDS} seconds, or as often as given, until Ctrl-C",
    )
    return parser.parse_args(arguments)


def _seconds(written: str) -> int:
    if written.isascii() and written.isdigit() and int(written) >= _FEWEST_SECONDS:
        return int(written)
    raise argparse.ArgumentTypeError(f"must be a whole number of seconds, at least {_FEWEST_SECONDS}, got {written}")
