"""`make bench ARGS=crowd`: how it counts, and what it prints; the crowd itself is let live by the soak."""

import json
from datetime import timedelta

import pytest

from bench.crowd.command import main
from bench.crowd.crowd import Crowd, busiest, lived
from tests.fakes.given import START

CROWD = Crowd(starts=200, running=200, calls=5_000, calls_a_second=4.2, lag_median=12, lag_p95=51, minutes=31.5)


def live(starts: int, **_: object) -> Crowd:
    assert starts == 200
    return CROWD


@pytest.mark.parametrize(("seconds", "most"), [([0], 1), ([0, 1, 2, 10], 3), ([0, 9.9, 10, 10.1, 30], 3)])
def test_the_busiest_ten_seconds_may_begin_at_any_moment(seconds: list[float], most: int) -> None:
    assert busiest([START + timedelta(seconds=each) for each in seconds]) == most


def test_it_prints_figures_beside_the_aims_and_json_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], live=live) == 0
    printed = capsys.readouterr().out
    assert "calls a second at most           4.2" in printed
    assert "lag of 95 % of the starts       51.0 s  the aim is at most 60" in printed

    assert main(["--json"], live=live) == 0
    assert json.loads(capsys.readouterr().out)["CallsASecond"] == 4.2


def test_a_wrong_call_says_what_is_allowed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--starts", "0"])

    assert "--starts must be at least 1, got 0" in capsys.readouterr().err


@pytest.mark.soak
def test_two_hundred_starts_at_once_stay_within_what_is_promised() -> None:
    crowd = lived(200, say=lambda _: None)

    assert crowd.running == 200
    assert crowd.calls_a_second < 5
    assert crowd.lag_p95 <= 60
