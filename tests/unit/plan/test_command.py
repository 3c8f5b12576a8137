"""`make plan` without make: its output, and its exit status."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from plan.command import main
from plan.text import show
from plan.warnings import warnings_of
from tests.unit.plan.planned import BOARDS, lookout, pair, plan_of, single

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _nobody_s_home(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setenv("HOME", str(tmp_path_factory.mktemp("home")))


def chosen(*schedules: Mapping[str, Any], **settings: object) -> list[str]:
    """Return the command line of such settings; every service is watched."""
    words = ["-c", f"schedules={json.dumps(schedules)}", "-c", "watched_services=Rekognition,LookoutVision"]
    return [*words, *(word for key, value in settings.items() for word in ("--context", f"{key}={value}"))]


def test_every_start_and_stop_stands_in_local_time_and_utc_with_hours_and_money(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rare = pair(start="cron(0 7 ? * MON *)", stop="cron(0 18 ? * TUE *)")

    assert main(chosen(rare), now=NOW) == 0

    assert capsys.readouterr().out.splitlines() == [
        "14 days from Sat 21 Nov 2026 at 12:00 UTC, at 4.00 USD an hour for each inference unit",
        "",
        "boards 1 (LookoutVision)",
        "  Local time            UTC               Schedule  Hours     USD",
        "  Mon 23 Nov 07:00 CET  Mon 06:00  start  weekdays",
        "  Tue 24 Nov 18:00 CET  Tue 17:00  stop   weekdays  35.00  140.00",
        "  Mon 30 Nov 07:00 CET  Mon 06:00  start  weekdays",
        "  Tue  1 Dec 18:00 CET  Tue 17:00  stop   weekdays  35.00  140.00",
        "  Total                                             70.00  280.00",
        "",
        "The minutes that a model takes to start and to stop are not counted.",
    ]


def test_what_begins_before_goes_on_after_or_ends_by_a_lease_has_its_row(capsys: pytest.CaptureFixture[str]) -> None:
    night = pair("night", start="cron(0 20 ? * FRI *)", stop="cron(0 6 ? * MON *)")
    leased = single("leased", "cron(0 9 ? * TUE *)", input={**lookout("bolts"), "StopAfterSeconds": 3_600})

    main([*chosen(night, leased), "--from", "2026-11-21T13:00+01:00"])

    printed = [line for line in capsys.readouterr().out.splitlines() if line.startswith("  ")]
    assert printed == [
        "  Local time            UTC                 Schedule                       Hours     USD",
        "  Sat 21 Nov 13:00 CET  Sat 12:00  runs     night",
        "  Mon 23 Nov 06:00 CET  Mon 05:00  stop     night                          41.00  164.00",
        "  Fri 27 Nov 20:00 CET  Fri 19:00  start    night",
        "  Mon 30 Nov 06:00 CET  Mon 05:00  stop     night                          58.00  232.00",
        "  Fri  4 Dec 20:00 CET  Fri 19:00  start    night",
        "  Sat  5 Dec 13:00 CET  Sat 12:00  runs on  until Mon 7 Dec at 06:00 CET   17.00   68.00",
        "  Total                                                                   116.00  464.00",
        "  Local time            UTC                    Schedule  Hours   USD",
        "  Tue 24 Nov 09:00 UTC  Tue 09:00  start       leased",
        "  Tue 24 Nov 10:00 UTC  Tue 10:00  lease ends  leased     1.00  4.00",
        "  Tue  1 Dec 09:00 UTC  Tue 09:00  start       leased",
        "  Tue  1 Dec 10:00 UTC  Tue 10:00  lease ends  leased     1.00  4.00",
        "  Total                                                   2.00  8.00",
    ]


def test_what_changes_nothing_stands_in_parentheses_and_what_has_no_end_has_a_plus(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(chosen(single("ever", "cron(0 9 ? * WED *)")), now=NOW)

    rows = [line for line in capsys.readouterr().out.splitlines() if line.startswith("  ")]
    assert rows == [
        "  Local time            UTC                 Schedule       Hours      USD",
        "  Wed 25 Nov 09:00 UTC  Wed 09:00  start    ever",
        "  Wed  2 Dec 09:00 UTC  Wed 09:00  (start)  ever",
        "  Sat  5 Dec 12:00 UTC  Sat 12:00  runs on  without end  243.00+  972.00+",
        "  Total                                                  243.00+  972.00+",
    ]


def test_the_settings_of_the_plan_are_those_of_the_deploy(capsys: pytest.CaptureFixture[str]) -> None:
    settings = {"time_zone": "Asia/Tokyo", "default_stop_after_hours": "1.5", "price_per_inference_unit_hour": "2"}

    main(chosen(single("on", "cron(0 8 ? * MON *)"), **settings), now=NOW)

    printed = capsys.readouterr().out
    assert "  Mon 23 Nov 17:00 JST  Mon 08:00  start " in printed
    assert "  Mon 23 Nov 18:30 JST  Mon 09:30  lease ends  on         1.50  3.00" in printed


def test_programs_get_json(capsys: pytest.CaptureFixture[str]) -> None:
    main([*chosen(pair(), single("ever", "cron(0 9 ? * WED *)", input=lookout("bolts"))), "--json"], now=NOW)

    plan = json.loads(capsys.readouterr().out)
    assert (plan["From"], plan["Until"]) == ("2026-11-21T12:00:00Z", "2026-12-05T12:00:00Z")
    boards, bolts = plan["Models"][0], plan["Models"][1]
    assert (boards["Service"], boards["Project"], boards["Version"]) == ("LookoutVision", "boards", "1")
    assert boards["Occurrences"][0] == {
        "Schedule": "weekdays",
        "Action": "start",
        "Effect": "Starts",
        "Utc": "2026-11-23T06:00:00Z",
        "ReadyBy": None,
        "Local": "2026-11-23T07:00:00+01:00",
        "TimeZone": "Europe/Berlin",
    }
    assert boards["Stretches"][0] == {
        "From": "2026-11-23T06:00:00Z",
        "Until": "2026-11-23T17:00:00Z",
        "StartedBy": "weekdays",
        "EndedBy": "weekdays",
        "ByLease": False,
        "InferenceUnits": 1,
        "Hours": 11.0,
        "Usd": 44.0,
    }
    assert (bolts["Stretches"][0]["Until"], bolts["OpenEnded"], boards["OpenEnded"]) == (None, True, False)
    assert plan["Usd"] == boards["Usd"] + bolts["Usd"]
    assert {warning["Kind"] for warning in plan["Warnings"]} == {"RunsWithoutEnd", "RunsAlready"}


def test_no_schedules_are_said_to_be_none_with_one_to_begin_with(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], now=NOW) == 0

    said, example = capsys.readouterr().out.splitlines()
    assert said.startswith("The settings have no schedules.")
    assert main(chosen(json.loads(example)), now=NOW) == 0
    assert "Warning" not in capsys.readouterr().out


def test_warnings_are_no_errors(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(chosen(single("ever", "cron(0 9 ? * WED *)")), now=NOW) == 0

    assert re.findall(r"^Warning: nothing stops .*\.$", capsys.readouterr().out, re.MULTILINE)


@pytest.mark.parametrize(
    ("assignments", "said"),
    [
        (
            ["-c", "start_timeout_minutes=0"],
            "Setting start_timeout_minutes must be a whole number from 1 to 1,440, got 0.\n",
        ),
        (
            ["--context=schedule=5"],
            "Setting schedule is not a setting: did you mean schedules?\n",
        ),
        (["-c", "aws:x=1"], 'A setting must not begin with aws:, got "aws:x".\n'),
        (["-c", "schedules"], '-c must be followed by key=value, got "schedules".\n'),
    ],
)
def test_a_wrong_setting_is_one_line_and_ends_with_1(
    capsys: pytest.CaptureFixture[str], assignments: list[str], said: str
) -> None:
    assert main(assignments, now=NOW) == 1
    assert capsys.readouterr() == ("", said)


@pytest.mark.parametrize("instant", ["tomorrow", "2026-11-21", "2026-11-21T12:00:00", "9999-12-31T00:00:00Z"])
def test_a_beginning_that_is_no_instant_is_refused(capsys: pytest.CaptureFixture[str], instant: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--from", instant])

    assert ended.value.code == 2
    assert "must be a moment in ISO 8601" in capsys.readouterr().err


def shown(*, width: int, **environment: str) -> str:
    """Return a plan on a terminal that is so wide."""
    plan = plan_of(pair("a-name-of-the-most-that-names-may-be-long"[:40]), single("ever", "cron(0 9 ? * WED *)"))
    printed = StringIO()
    show(
        plan,
        warnings_of(plan),
        Console(file=printed, force_terminal=True, width=width, highlight=False, _environ=environment),
    )
    return printed.getvalue()


def test_a_terminal_of_80_columns_is_wide_enough() -> None:
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown(width=80, TERM="xterm-256color"))

    assert max(map(len, plain.splitlines())) <= 80
    assert "…" not in plain
    assert re.search(r"Mon 23 Nov 18:00 CET  Mon 17:00 +stop .* 11\.00 +44\.00", plain)


def test_no_color_is_honoured() -> None:
    assert "\x1b[1;33m" in shown(width=100, TERM="xterm-256color")
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]m", shown(width=100, TERM="xterm-256color", NO_COLOR="1"))


def test_a_plan_of_many_times_is_quick_enough() -> None:
    often = single("often", "cron(0/4 * * * ? *)", input={**BOARDS, "StopAfterSeconds": 120})

    plan = plan_of(often)

    assert len(plan.models[0].events) == 14 * 24 * 15
    assert plan.hours == pytest.approx(14 * 12)
