"""`make bench`: what it measures and what it prints; how long anything takes is nothing for a test."""

import json

import pytest

from bench.cold_start import HANDLERS, ColdStart
from bench.command import main


def measured(function: str, **_: object) -> ColdStart:
    """Say that it takes twice as long as its clients."""
    return ColdStart(function, ("dynamodb", "sns"), 0.5, 0.25)


def test_every_function_is_measured_with_all_its_clients(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["start_model", "forget_versions", "--rounds", "1", "--json"]) == 0

    start, forget = json.loads(capsys.readouterr().out)
    assert (start["Function"], start["Clients"]) == ("start_model", ["dynamodb", "rekognition", "scheduler"])
    assert (forget["Function"], forget["Clients"]) == ("forget_versions", ["lambda", "stepfunctions"])
    for one in (start, forget):
        assert one["Times"] == pytest.approx(one["Seconds"] / one["SecondsOfClientsAlone"], rel=0.01)


def test_the_table_has_a_line_for_each_function(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], measure=measured) == 0

    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1:-2]] == list(HANDLERS)
    assert lines[1].split() == [HANDLERS[0], "0.500", "s", "0.250", "s", "2.00", "dynamodb", "sns"]
    assert lines[-1].endswith("at most 1.25 times.")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["start"], "FUNCTION must be one of check_model, "), (["--rounds", "0"], "--rounds must be at least 1, got 0")],
)
def test_a_wrong_call_says_what_is_allowed(capsys: pytest.CaptureFixture[str], arguments: list[str], said: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)

    assert said in capsys.readouterr().err
