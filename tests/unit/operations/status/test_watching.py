"""The status again and again, for whom does not sit before a terminal, and what is said while it is read."""

import json
from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from operations.errors import UnreachableError
from operations.status.progress import Counter
from operations.status.status import Status, status_of
from operations.status.watching import watch
from tests.unit.operations.status.seeing import HOUR, LEASED, NOW, fleet, model, seen

AT_NOON = "Mon 5 Jan at 13:00 CET"
STATUSES = [
    status_of(seen(model("STARTING", LEASED))),
    status_of(seen(model(record=LEASED))),
    status_of(seen(model(record=LEASED), now=NOW + HOUR / 2)),
    status_of(seen(model(record=replace(LEASED, lease_ends_at=NOW + 2 * HOUR)))),
    status_of(seen(model(record=LEASED), model(name="mine"))),
    status_of(seen()),
]


class Readings:
    """Gives one status after the other; an error in between, and the end by Ctrl-C."""

    def __init__(self, *found: Status | Exception) -> None:
        self._found = iter(found)

    def __call__(self) -> Status:
        found = next(self._found, KeyboardInterrupt())
        if isinstance(found, BaseException):
            raise found
        return found


def told(capsys: pytest.CaptureFixture[str], *found: Status | Exception, json_lines: bool = False) -> list[str]:
    """Return the lines that are printed until the end."""
    with pytest.raises(KeyboardInterrupt):
        watch(Readings(*found), every=0, json_lines=json_lines)
    return capsys.readouterr().out.splitlines()


def test_first_all_is_told_and_then_a_line_for_each_change(capsys: pytest.CaptureFixture[str]) -> None:
    lines = told(capsys, *STATUSES[:2], UnreachableError("Gone."), *STATUSES[2:])

    assert lines[0].startswith("ModelLifecycle in us-east-1")
    assert lines[-7:] == [
        f"{AT_NOON}  parts/parts.2026-01-05: RUNNING, lease until Mon 5 Jan at 14:00 CET",
        "Gone.",
        f"{AT_NOON}  parts/parts.2026-01-05: RUNNING, lease until Mon 5 Jan at 15:00 CET",
        f"{AT_NOON}  mine/mine.2026-01-05: RUNNING, NO LEASE",
        f"{AT_NOON}  parts/parts.2026-01-05: RUNNING, lease until Mon 5 Jan at 14:00 CET",
        f"{AT_NOON}  mine/mine.2026-01-05: stopped",
        f"{AT_NOON}  parts/parts.2026-01-05: stopped",
    ]


def test_a_fleet_is_a_line_for_each_model_that_is_done_and_for_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    fleets = [[fleet()], [fleet(done=4)], [fleet(done=4)], []]

    lines = told(capsys, *(status_of(seen(fleets=each)) for each in fleets))

    name = "Fleet of 12 models, execution start-models/morning"
    assert lines[-2:] == [f"{AT_NOON}  {name}: 4 are done, 2 under way", f"{AT_NOON}  {name}: ended"]


def test_programs_get_a_line_of_json_each_time(capsys: pytest.CaptureFixture[str]) -> None:
    lines = told(capsys, *STATUSES[:2], json_lines=True)

    assert [[each["State"] for each in json.loads(line)["Models"]] for line in lines] == [["Starting"], ["Running"]]


def test_what_cannot_be_read_at_first_ends_it() -> None:
    with pytest.raises(UnreachableError):
        watch(Readings(UnreachableError("Gone.")), every=0, json_lines=False)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [((0, 0.5, 0.9), ""), ((0, 1.5, 2, 7), "Reading the models: 1 ...\nReading the models: 3 ...\n")],
)
def test_a_long_reading_says_now_and_then_how_far_it_is(seconds: tuple[float, ...], said: str) -> None:
    console, now = Console(file=StringIO()), [0.0]

    with Counter(console, clock=lambda: now[0]) as progress:
        for count, now[0] in enumerate(seconds):
            progress(f"Reading the models: {count}")

    assert isinstance(console.file, StringIO)
    assert console.file.getvalue() == said
