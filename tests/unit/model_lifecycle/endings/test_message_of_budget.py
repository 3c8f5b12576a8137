"""What people are told of a start that the budget refuses, or that ignores it."""

from model_lifecycle.endings.message import Message
from tests.fakes.given import begin
from tests.fakes.readable import assert_readable
from tests.fakes.told import told
from tests.unit.model_lifecycle.steps.test_start_within_budget import REASON, model

FORGED = 'The fair."\nNothing to do.\nhttps://example.com/pay ' + "x" * 1_000


def _ignoring(reason: str) -> Message:
    return told(model("STOPPED", "STARTING", "RUNNING"), begin(IgnoreBudget=reason))


def test_a_refused_start_is_a_failure_that_says_how_to_start_all_the_same() -> None:
    message = told(model("STOPPED"))

    assert (message.document["Outcome"], message.document["Error"]) == ("Failed", "BudgetExceededError")
    assert '"IgnoreBudget": "<reason>"' in message.document["Summary"]
    assert message.document["Budget"]["SpentUsd"] == 100.0
    assert_readable(message.subject, message.text)


def test_a_start_that_ignores_it_is_told_with_who_did_and_why() -> None:
    message = _ignoring(REASON)

    assert (
        "Execution start-model/morning has ignored that the budget of 100.00 USD a month is spent (100.00 USD since "
        f'Thu 1 Jan 2026 at 00:00 UTC). Reason: "{REASON}".'
    ) in message.document["Summary"]
    assert (message.document["Budget"]["Ignored"], message.document["Request"]["IgnoreBudget"]) == (True, REASON)
    assert_readable(message.subject, message.text)


def test_a_reason_is_quoted_on_one_line_and_cut() -> None:
    message = _ignoring(FORGED)

    assert_readable(message.subject, message.text)
    assert "https://example.com" not in message.text.partition("\n\n")[0]
    assert "x" * 500 not in message.text
