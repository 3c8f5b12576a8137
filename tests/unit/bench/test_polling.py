"""`make bench ARGS=polling`: what is promised of the app's own way to poll, held with fewer starts."""

import json

import pytest

from bench.polling.command import main
from bench.polling.yardstick import Found, measured


@pytest.fixture(scope="module")
def found() -> dict[tuple[str, float], Found]:
    """Measure each way and scatter, with a tenth of the models."""
    return {(one.way, one.scatter): one for one in measured(models=40)}


@pytest.mark.parametrize(
    ("way", "scatter", "cents", "p95"),
    [
        ("this app, nothing remembered", 0.15, 0.95, 10),
        ("this app, 10 starts remembered", 0.15, 0.72, 10),
        ("this app, 10 starts remembered", 0.05, 0.50, 10),
    ],
)
def test_a_start_costs_at_most_what_is_promised(
    found: dict[tuple[str, float], Found], way: str, scatter: float, cents: float, p95: float
) -> None:
    assert found[way, scatter].cents <= cents
    assert found[way, scatter].p95 <= p95


def test_a_start_that_takes_three_times_as_long_is_found_in_time(found: dict[tuple[str, float], Found]) -> None:
    assert all(one.p95_of_slow <= 30 for one in found.values() if one.way.startswith("this app"))


def test_nothing_is_better_than_what_is_best(found: dict[tuple[str, float], Found]) -> None:
    for (way, scatter), one in found.items():
        knows_it = way.startswith(("this app, 3", "this app, 10"))
        best = "best, knowing the model" if knows_it else "best without knowing the model"
        assert way.startswith("best") or "1 of the 10" in way or found[best, scatter].cents < one.cents


def test_the_table_fits_a_terminal_and_programs_get_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--models", "1"]) == 0
    table = capsys.readouterr().out.splitlines()
    assert max(map(len, table)) <= 80

    assert main(["--models", "1", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {"Way", "Scatter", "Cents", "Looks", "P95", "P95OfSlow"} == rows[0].keys()
    assert all(any(row["Way"] in line for line in table) for row in rows)


def test_a_wrong_call_says_what_is_allowed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--models", "0"])

    assert "--models must be at least 1, got 0" in capsys.readouterr().err
