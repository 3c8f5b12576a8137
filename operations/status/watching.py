"""The status again and again: in its place on a terminal, and elsewhere a line for each model that changed."""

import json
import time
from collections.abc import Callable, Iterator, Mapping

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from model_lifecycle.vocabulary.wording import execution
from operations.errors import OperationsError
from operations.status.document import document
from operations.status.fleet import Fleet
from operations.status.row import Row
from operations.status.status import Status
from operations.status.text import how_far, lines_of
from plan.times import written

Reader = Callable[[], Status]
_FLEET = "Fleet of "


def watch(read: Reader, *, every: float, json_lines: bool) -> int:
    """Show what is read, until KeyboardInterrupt. A reading that fails after the first one is told, and tried again.

    Raises OperationsError if not even the first reading succeeds.
    """
    console = Console(highlight=False)
    if json_lines:
        for status in _again_and_again(read, every, lambda error: print(error, file=console.file)):
            print(json.dumps(document(status)), flush=True)
    elif console.is_terminal:
        _live(read, every, console)
    else:
        _plain(read, every)
    return 0


def _again_and_again(read: Reader, every: float, failed: Callable[[OperationsError], None]) -> Iterator[Status]:
    yield read()
    while True:
        time.sleep(every)
        try:
            status = read()
        except OperationsError as error:
            failed(error)
        else:
            yield status


def _live(read: Reader, every: float, console: Console) -> None:
    with Live(console=console, screen=True, auto_refresh=False, vertical_overflow="ellipsis") as live:
        shown: list[Text] = [Text("Reading the models ...", style="dim")]
        live.update(Group(*shown), refresh=True)

        def failed(error: OperationsError) -> None:
            live.update(Group(Text(str(error), style="bold red"), *shown), refresh=True)

        for status in _again_and_again(read, every, failed):
            shown = [*lines_of(status, width=console.width), Text(), Text("Ctrl-C ends it.", style="dim")]
            live.update(Group(*shown), refresh=True)


def _plain(read: Reader, every: float) -> None:
    before: Mapping[str, str] | None = None
    for status in _again_and_again(read, every, lambda error: print(error, flush=True)):
        now = {fleet.execution: _of_fleet(fleet) for fleet in status.seen.fleets or ()}
        now |= {row.request.model_id: _line(row, status) for row in status.rows}
        if before is None:
            print("\n".join(line.plain for line in lines_of(status, width=None)))
        else:
            at = written(status.seen.now, status.seen.deployed.zone)
            for line in _changes(before, now):
                print(f"{at}  {line}")
        print(end="", flush=True)
        before = now


def _changes(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    """Yield what is another line than before, and what is gone."""
    yield from (line for model_id, line in now.items() if before.get(model_id) != line)
    for each, line in before.items():
        if each not in now:
            yield f"{line.partition(':')[0]}: {'ended' if line.startswith(_FLEET) else 'stopped'}"


def _of_fleet(fleet: Fleet) -> str:
    return f"{_FLEET}{fleet.models}, {execution(fleet.execution)}{how_far(fleet)}"


def _line(row: Row, status: Status) -> str:
    """Return what a change of is worth a line: not the money, which grows."""
    lease = f", lease until {written(row.lease.ends_at, status.seen.deployed.zone)}" if row.lease else ""
    return f"{row.name}: {row.status}{lease or (', NO LEASE' if row.unleased else '')}"
