"""What people read of a status, to the width of their terminal or in plain lines."""

from dataclasses import replace
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from rich.console import Console

from model_lifecycle.model.line import Line, Waiter
from model_lifecycle.model.record import ModelRecord
from model_lifecycle.vocabulary.phase import Goal
from operations.status.command import show
from operations.status.document import document
from operations.status.seen import Asked, SeenModel
from operations.status.status import status_of
from tests.fakes.given import EXECUTION, STOP_EXECUTION
from tests.unit.operations.status.seeing import BUDGET, HOUR, LEASED, NOW, RUNS, fleet, model, schedule, seen

EXPECTED = """\
ModelLifecycle in us-east-1 (account 123456789012), Mon 5 Jan 2026 at 13:00 CET
2 run, 1 stops; 1 without a lease. 48.00 USD so far, 16.00 USD an hour,
10,208.00 USD by 1 Feb at this pace.

Model                   Status    Since             Units    USD  By 1 Feb
mine/mine.2026-01-05    RUNNING   Mon  5 Jan 11:00      2  16.00  5,096.00
  Rekognition, started in the service itself, not through this app.
  NO LEASE: nothing is scheduled to stop it.
late/late.2026-01-05    STOPPING  Mon  5 Jan 12:59      2  16.00     16.00
  Rekognition, started by a person or a program (execution start-model/morning).
  Stopped by execution stop-model/evening.
parts/parts.2026-01-05  RUNNING   Mon  5 Jan 11:00      2  16.00  5,096.00
  Rekognition, started by a person or a program (execution start-model/morning).
  Lease until Mon 5 Jan at 14:00 CET, when it will be stopped.
  The schedule "weekdays" will start it on Tue 6 Jan at 08:00 CET.
"""
STOPS = replace(RUNS, stopping=STOP_EXECUTION, stop_asked_at=NOW - timedelta(minutes=1))


def in_line(arn: str, project: str, since: float, seen: float = 1) -> Waiter:
    """Return a start that came to the line, and was there last, so many minutes ago."""
    came, there = (NOW - timedelta(minutes=ago) for ago in (10 - since, seen))
    return Waiter(execution_arn=arn, project=project, version="1", since=came, seen_at=there, returns_at=there)


def printed(*models: SeenModel, width: int | None = None, **more: Any) -> list[str]:
    """Return the lines of a terminal of that width, or of a file."""
    console = Console(
        file=StringIO(), width=width, force_terminal=width is not None, color_system=None, highlight=False
    )
    show(status_of(seen(*models, **more)), console)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue().splitlines()


def test_each_model_is_a_line_of_figures_and_what_they_mean() -> None:
    leased = model(record=LEASED)
    by_hand, stops = (
        model(record=replace(RUNS, asked_by=None, latest_start=None), name="mine"),
        model("STOPPING", STOPS, name="late"),
    )

    lines = printed(leased, by_hand, stops, width=80, schedules=[schedule(leased, "start", "cron(0 7 ? * * *)")])

    assert "\n".join(lines) + "\n" == EXPECTED


def test_no_line_is_longer_than_the_terminal() -> None:
    arn = EXECUTION.replace("morning", f"{uuid4()}_{uuid4()}")
    many = [model(record=replace(LEASED, asked_by=arn), name="n" * size) for size in (1, 30, 120, 240)]

    assert max(map(len, printed(*many, width=80, failures=["word " * 40]))) <= 80
    # A file takes what there is in a line each.
    assert len(printed(*many)) == 4 + 3 * len(many)


@pytest.mark.parametrize(
    ("one", "more", "said"),
    [
        (model(), {}, "NO LEASE: nothing is scheduled to stop it."),
        (model(), {"schedules": None}, "NO LEASE."),
        (
            model(),
            {"schedules": [schedule(model(), "stop", "cron(0 18 ? * * *)")]},
            'NO LEASE, but the schedule "weekdays" will stop it on Mon 5 Jan at 19:00 CET.',
        ),
        (
            model(record=LEASED),
            {"schedules": [schedule(model(), "stop", "cron(0 18 ? * * *)")]},
            'The schedule "weekdays" will stop it on Mon 5 Jan at 19:00 CET.',
        ),
        (
            model(record=LEASED),
            {"armed": frozenset()},
            "Lease until Mon 5 Jan at 14:00 CET, but its stop is not scheduled.",
        ),
        (model(record=replace(LEASED, lease_ends_at=NOW)), {}, "Its lease ended on Mon 5 Jan at 13:00 CET"),
        (model(record=LEASED), {"armed": None}, "Lease until Mon 5 Jan at 14:00 CET."),
        (model(record=None), {}, "Its lease could not be read."),
        (model(record=None), {}, "Who started it could not be read."),
        (model(record=replace(RUNS, latest_start=STOP_EXECUTION)), {}, "Execution stop-model/evening wanted it last."),
        (
            model("STOPPED", ModelRecord()),
            {"unclaimed": [EXECUTION], "asked": {EXECUTION: Asked(model().request.model_id, 4 * HOUR)}},
            "waits for its turn, such as for a place in the account's quota, at most until Mon 5 Jan at 14:00 CET.",
        ),
        (
            model("STOPPED", ModelRecord()),
            {
                "unclaimed": [EXECUTION],
                "asked": {EXECUTION: Asked(model().request.model_id, 4 * HOUR)},
                "lines": {
                    "Rekognition": Line(
                        [in_line(EXECUTION, "parts", 9), in_line("x", "boards", 8), in_line("gone", "bolts", 7, seen=9)]
                    )
                },
            },
            "waits for a place in the account's quota, as number 2 in line, behind boards/1, at most until",
        ),
        (model(record=ModelRecord(), units=(None, None)), {}, "parts/parts.2026-01-05  RUNNING  ?          ?  0.00"),
        (model(units=(1, 5)), {}, "RUNNING  Mon  5 Jan 11:00    1-5  16.00"),
    ],
)
def test_a_model_says_what_stands_out_about_it(one: SeenModel, more: dict[str, Any], said: str) -> None:
    assert said in "\n".join(printed(one, **more))


def test_where_nothing_runs_the_next_start_is_said() -> None:
    one = model("STOPPED", ModelRecord())
    soon = [schedule(one, "start", "cron(0 7 ? * * *)")]

    assert printed(one)[1:] == ["Nothing runs, starts or stops."]
    assert printed(one, schedules=soon)[1:] == [
        'Nothing runs, starts or stops. Next: the schedule "weekdays" will start a model on Tue 6 Jan at 08:00 CET.'
    ]


def test_what_could_not_be_read_is_said_below() -> None:
    assert printed(failures=["The projects could not be read."])[1:] == [
        "Nothing was seen that runs, starts or stops, but not everything was read.",
        "",
        "Warning: The projects could not be read.",
    ]
    assert printed(left_out=40)[1:] == [
        "Nothing was seen that runs, starts or stops, but not everything was read.",
        "",
        "40 more projects were not asked, since nothing is known to run there. Without --quick, all are.",
    ]
    assert printed(model(), failures=["The armed stops could not be read."])[-2:] == [
        "",
        "Warning: The armed stops could not be read.",
    ]


def test_a_model_that_starts_is_told_with_how_long_its_starts_take() -> None:
    starts = model("STARTING", replace(LEASED, ran_at=None, asked_at=NOW - HOUR / 2, start_seconds=(540, 600, 720)))

    assert any(line.endswith("Its start usually takes 9 to 12 min.") for line in printed(starts))
    assert document(status_of(seen(starts)))["Models"][0]["UsualStart"]["MostSeconds"] == 720
    assert not any("usually" in line for line in printed(replace(starts, status="RUNNING")))


@pytest.mark.parametrize(
    ("spent", "percent", "then"),
    [(84.2, 84, "It begins anew on Tue 6 Jan"), (104.0, 104, "Starts are refused until Tue 6 Jan")],
)
def test_a_budget_is_a_line_of_what_is_spent_and_what_follows(spent: float, percent: int, then: str) -> None:
    budget = f"of the budget of 100.00 USD a day for the project parts ({percent} %)"

    assert printed(budgets=[replace(BUDGET, spent_usd=spent)])[2] == (
        f"{spent:.2f} USD spent {budget}. {then} at 00:00 CET."
    )


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, "12 models is being started {}: 3 are done, 2 under way."),
        (
            {"goal": Goal.STOPPED, "done": 1, "failed": 1},
            "12 models is being stopped {}: 1 is done, 1 failed, 2 under way.",
        ),
        ({"total": 1, "done": None}, "1 model is being started {}."),
        (
            {"total": None, "done": 0, "under_way": ()},
            "a project's models is being started {}: 0 are done, 0 under way.",
        ),
    ],
)
def test_a_fleet_is_told_with_how_far_it_is(more: dict[str, Any], said: str) -> None:
    since = "since Mon 5 Jan at 12:00 CET, by a person or a program (execution start-model/morning)"

    assert printed(fleets=[fleet(**more)])[1:] == [
        "Nothing runs, starts or stops yet.",
        f"A fleet of {said.format(since)}",
    ]
