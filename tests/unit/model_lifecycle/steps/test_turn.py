"""A start waits its turn: behind those that asked first, and no longer than these are there."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from model_lifecycle.model.line import HOLDS, LONGEST_LOOK, Waiter
from model_lifecycle.model.record import ModelRecord
from model_lifecycle.vocabulary.errors import QuotaExceededError
from model_lifecycle.vocabulary.instant import to_instant
from model_lifecycle.vocabulary.phase import Phase
from tests.fakes.fake_model import FakeModel
from tests.fakes.given import EXECUTION, STOP_EXECUTION, after, begin
from tests.fakes.machines import DENIED, LOST, THROTTLED, error_of
from tests.fakes.state_machine import drive, start
from tests.unit.model_lifecycle.model.test_line import waiter

FULL = QuotaExceededError("StartProjectVersion answered LimitExceededException: 2 models run.")


def behind(*others: Waiter, starts: Any = ("STARTING",), looks: Any = ("STOPPED",)) -> FakeModel:
    """Return a model whose start finds these in line."""
    model = FakeModel(*looks, starts=starts)
    for other in others:
        model.lines.enter(model.request, other)
    return model


def in_line(model: FakeModel) -> list[str]:
    return [each.execution_arn for each in model.lines.line.waiters]


def test_a_start_that_finds_nobody_in_line_asks_and_leaves_no_trace() -> None:
    model = behind()

    progress = start(begin(), model, now=after(1))

    assert (progress.phase, progress.report(now=after(1)).waited, model.lines.line.waiters) == (
        Phase.STARTING,
        None,
        (),
    )


def test_a_start_that_is_refused_stands_in_line_since_it_began_until_it_has_its_place() -> None:
    model = behind(starts=[FULL, FULL, "STARTING"])

    waits = start(begin(), model, now=after(3))
    [entry] = model.lines.line.waiters
    again = start(waits, model, now=after(20))
    served = start(again, model, now=after(40))

    assert (entry.execution_arn, entry.since, entry.seen_at, entry.refused_at) == (
        EXECUTION,
        after(0),
        after(3),
        after(3),
    )
    assert entry.returns_at == after(3 + (waits.next_check_seconds or 0))
    assert (waits.at_full_quota, in_line(model)) == (True, [])
    waited = served.report(now=after(100)).waited
    assert waited is not None
    assert (waited.since, waited.seconds, waited.behind) == (after(0), 40.0, ())


def test_a_start_behind_others_asks_for_nothing_and_says_behind_whom() -> None:
    model = behind(waiter("first", -9, seen=0), waiter("second", -5, seen=0))

    waits = start(begin(StopAfterSeconds=600), model, now=after(1))

    assert (waits.phase, waits.at_full_quota, waits.tells, model.starts) == (Phase.BLOCKED, True, True, 0)
    assert waits.trouble == "It is number 3 in line, behind first/1 and second/1."
    assert (model.leases.armed, model.records.record) == ([], ModelRecord())
    waited = waits.report(now=after(61)).waited
    assert waited is not None
    assert (waited.seconds, waited.behind, waited.behind_count) == (61.0, ("first/1", "second/1"), 2)


def test_a_start_that_asked_first_does_not_wait_for_a_later_one() -> None:
    model = behind(waiter("later", 5, seen=5))

    assert start(begin(), model, now=after(9)).phase is Phase.STARTING


def test_a_start_that_could_not_ask_at_first_comes_behind_those_that_could() -> None:
    model = behind(waiter("first", 500, seen=595), looks=["STOPPING", "STOPPED"])
    stops = start(begin(), model, now=after(1))

    waits = start(stops, model, now=after(600))

    assert (waits.at_full_quota, waits.standing and waits.standing.since) == (True, after(600))


def test_a_start_that_waited_for_its_time_comes_behind_those_that_asked_meanwhile() -> None:
    asks_from = 3_600 - 1_500
    model = behind(waiter("meanwhile", 600, seen=asks_from))

    waits = start(begin(ReadyBy=to_instant(after(3_600))), model, now=after(asks_from))

    assert (waits.phase, model.starts, in_line(model)) == (
        Phase.BLOCKED,
        0,
        [waiter("meanwhile").execution_arn, EXECUTION],
    )
    assert waits.standing is not None
    assert waits.standing.since == after(asks_from)


def test_a_start_that_was_throttled_as_it_asked_did_ask() -> None:
    model = behind(starts=[THROTTLED, FULL])
    throttled = start(begin(), model, now=after(1))
    model.lines.enter(model.request, waiter("later", 5, seen=20))

    start(throttled, model, now=after(20))

    assert model.starts == 2
    assert model.lines.line.place_of(EXECUTION) == after(0)


def test_a_start_that_cannot_ask_makes_way_after_a_while_and_comes_back_to_its_place() -> None:
    model = behind(starts=[FULL, THROTTLED, THROTTLED, THROTTLED, FULL])
    progress = start(begin(), model, now=after(0))
    returns = progress.next_check_seconds or 0
    there = []
    for seconds in (0, 20, 40):
        progress = start(progress, model, now=after(returns + seconds))
        there.append(in_line(model))

    assert there == [[EXECUTION], [EXECUTION], []]
    start(progress, model, now=after(returns + 60))
    assert model.lines.line.place_of(EXECUTION) == after(0)


def test_a_start_takes_its_place_again_after_a_step_that_died() -> None:
    model = behind(starts=[FULL])
    late = replace(begin(), checks=3, startable_since=None)
    start(late, model, now=after(100))

    again = start(late, model, now=after(110))

    assert again.standing is not None
    assert (again.standing.since, len(model.lines.line.waiters)) == (after(100), 1)


def test_several_starts_of_one_model_are_not_told_to_wait_behind_it() -> None:
    model = FakeModel("STOPPED")
    same = replace(waiter("x", -5, seen=0), project=model.request.project, version=model.request.version)
    model.lines.enter(model.request, same)

    waits = start(begin(), model, now=after(1))

    assert waits.trouble == "It is number 2 in line, behind another start of the same model."
    assert waits.standing is not None
    assert (waits.standing.behind, waits.standing.behind_count) == ((), 0)


def test_only_five_of_those_before_it_are_named() -> None:
    waits = start(begin(), behind(*(waiter(f"m{n}", n - 20, seen=0) for n in range(12))), now=after(1))

    assert "number 13 in line, behind m0/1, m1/1, m2/1, m3/1, m4/1 and 7 more." in waits.trouble
    assert waits.standing is not None
    assert (len(waits.standing.behind), waits.standing.behind_count) == (5, 12)
    assert waits.next_check_seconds == LONGEST_LOOK


def test_a_start_follows_the_one_before_it() -> None:
    waits = start(begin(), behind(waiter("first", -9, seen=0)), now=after(1))
    fixed = start(begin(PollIntervalSeconds=33), behind(waiter("first", -9, seen=0)), now=after(1))
    seldom = start(begin(PollIntervalSeconds=3_600), behind(starts=[FULL]), now=after(1))

    assert [each.next_check_seconds for each in (waits, fixed, seldom)] == [10, 30, LONGEST_LOOK]


def test_a_start_looks_again_soon_at_one_that_is_a_little_late() -> None:
    late, gone = (start(begin(), behind(waiter("first", -99, seen=seen)), now=after(1)) for seen in (-12, -30))

    assert [each.next_check_seconds for each in (late, gone)] == [2, 15]


@pytest.mark.parametrize("trouble", [THROTTLED, LOST], ids=["throttled", "no answer"])
def test_a_line_that_cannot_be_read_now_is_read_later(trouble: Any) -> None:
    model = behind()
    model.lines.trouble = trouble

    blocked = start(begin(), model, now=after(1))
    model.lines.trouble = None

    assert (blocked.phase, blocked.trouble, blocked.faults, model.starts) == (Phase.BLOCKED, trouble.cause, 1, 0)
    assert start(blocked, model, now=after(20)).phase is Phase.STARTING


def test_a_line_that_cannot_be_read_for_good_keeps_no_model_from_running() -> None:
    model = behind(starts=[FULL, "STARTING"])
    model.lines.trouble = DENIED

    waits = start(begin(), model, now=after(1))

    assert (waits.at_full_quota, start(waits, model, now=after(20)).phase) == (True, Phase.STARTING)


@pytest.mark.parametrize(
    ("looks", "record", "seconds", "name"),
    [
        pytest.param(["STOPPED"], ModelRecord(), 3_600, "QuotaExceededError", id="whose time is up"),
        pytest.param(
            ["STOPPED"],
            ModelRecord(unwanted_at=after(5), unwanted_by=STOP_EXECUTION),
            10,
            "ModelStoppedError",
            id="whose model is to be stopped",
        ),
        pytest.param(["DELETING"], ModelRecord(), 10, "ModelFailedError", id="whose model is deleted"),
    ],
)
def test_a_start_leaves_the_line(looks: list[str], record: ModelRecord, seconds: int, name: str) -> None:
    model = behind(waiter("first", -9, seen=0), looks=["STOPPED", *looks])
    waits = start(begin(), model, now=after(1))
    model.records.record = record

    ended = start(waits, model, now=after(seconds))

    assert (error_of(ended)[0], in_line(model)) == (name, [f"{EXECUTION}-first"])
    waited = ended.report(now=after(9_999)).waited
    assert waited is not None
    assert waited.seconds == seconds


def test_a_start_whose_model_another_start_got_a_place_for_joins_it_and_leaves_the_line() -> None:
    model = behind(starts=[FULL], looks=["STOPPED", "STARTING"])
    waits = start(begin(), model, now=after(1))

    joined = start(waits, model, now=after(30))

    assert (joined.joined, joined.phase, in_line(model)) == (True, Phase.STARTING, [])


def test_a_start_that_is_throttled_keeps_its_place() -> None:
    model = behind(starts=[FULL], looks=["STOPPED", THROTTLED])
    waits = start(begin(), model, now=after(1))

    throttled = start(waits, model, now=after(30))

    assert (throttled.phase, throttled.at_full_quota, in_line(model)) == (Phase.BLOCKED, False, [EXECUTION])


def test_a_start_passes_one_that_is_always_refused_and_those_behind_follow() -> None:
    first = waiter("first", -400, seen=100, refused=100)
    model = behind(first, starts=[FULL, "STARTING"])

    probes = start(begin(), model, now=after(102))
    assert (model.starts, probes.at_full_quota, model.lines.line.probed_at) == (1, True, after(102))

    first = replace(first, seen_at=after(120), refused_at=after(120))
    model.lines.enter(model.request, first)
    waits = start(probes, model, now=after(121))
    assert (model.starts, waits.trouble) == (1, "It is number 2 in line, behind first/1.")

    model.lines.enter(model.request, replace(first, seen_at=after(500), refused_at=after(500)))
    passes = start(waits, model, now=after(501))
    assert (passes.phase, model.lines.line.passed_at, in_line(model)) == (
        Phase.STARTING,
        after(501),
        [first.execution_arn],
    )


def test_a_start_that_passes_at_once_is_remembered_too() -> None:
    model = behind(waiter("first", -400, seen=0, refused=0))

    start(begin(), model, now=after(1))

    assert model.lines.line.passed_at == after(1)


def test_a_start_goes_on_as_soon_as_the_one_before_it_is_there_no_longer() -> None:
    gone = waiter("aborted", -9, seen=0)

    steps = drive(begin(), behind(gone, looks=["STOPPED"] * 20 + ["RUNNING"]), until=after(300))

    asked = next(now for now, progress in steps if progress.phase is Phase.STARTING)
    assert HOLDS <= asked - after(0) <= HOLDS + timedelta(seconds=20)


def test_a_line_that_is_full_is_waited_for_too() -> None:
    model = behind(*(waiter(f"m{n:03}", -20, seen=0) for n in range(200)))

    waits = start(begin(), model, now=after(1))

    assert (waits.at_full_quota, waits.next_check_seconds, EXECUTION in in_line(model)) == (True, LONGEST_LOOK, False)
