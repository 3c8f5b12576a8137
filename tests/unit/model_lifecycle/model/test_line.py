"""The line of starts that wait for a place: who comes before whom, who is alive, and who may pass."""

from datetime import timedelta

import pytest

from model_lifecycle.model.line import HOLDS, PATIENCE, Line, Waiter
from tests.fakes.given import EXECUTION, after


def waiter(name: str, since: float = 0, seen: float = 100, refused: float | None = None) -> Waiter:
    """Return one that came then, and was there then."""
    return Waiter(
        execution_arn=f"{EXECUTION}-{name}",
        project=name,
        version="1",
        since=after(since),
        seen_at=after(seen),
        returns_at=after(seen + 10),
        refused_at=None if refused is None else after(refused),
    )


def ahead(line: Line, name: str, since: float, now: float = 100) -> list[str]:
    return [each.project for each in line.ahead_of(f"{EXECUTION}-{name}", after(since), now=after(now))]


def test_who_asked_first_comes_first_and_of_two_at_once_always_the_same() -> None:
    line = Line([waiter("c", 7), waiter("b", 5), waiter("a", 5), waiter("z", 1)])

    assert ahead(line, "b", 5) == ["z", "a"]
    assert ahead(line, "new", 8) == ["z", "a", "b", "c"]
    assert [ahead(line, "z", 1), ahead(line, "early", 0)] == [[], []]


def test_nobody_waits_for_one_that_was_not_there_for_long() -> None:
    line = Line([waiter("gone", 1, seen=100), waiter("there", 2, seen=110)])
    late = 100 + HOLDS.total_seconds()

    assert ahead(line, "new", 9, now=late) == ["gone", "there"]
    assert ahead(line, "new", 9, now=late + 1) == ["there"]
    assert (line.forgotten(after(late + 1)), line.forgotten(after(2_000))) == (
        [],
        [f"{EXECUTION}-{name}" for name in ("gone", "there")],
    )


LONG_AGO = 1_000 - PATIENCE.total_seconds()


@pytest.mark.parametrize(
    ("first", "probed", "passed", "lets_pass"),
    [
        pytest.param(waiter("first", LONG_AGO, 998, refused=998), None, None, True, id="that was refused just now"),
        pytest.param(waiter("first", LONG_AGO, 998, refused=990), None, None, False, id="that was refused before"),
        pytest.param(waiter("first", LONG_AGO, 998), None, None, False, id="that has not asked yet"),
        pytest.param(waiter("first", LONG_AGO + 1, 998, refused=998), None, None, False, id="that waits for minutes"),
        pytest.param(waiter("first", 0, 998, refused=998), 900, None, False, id="that was passed by none lately"),
        pytest.param(waiter("first", 0, 998, refused=998), 998, None, True, id="that another just tried to pass"),
        pytest.param(waiter("first", 0, 998, refused=998), 600, None, True, id="that none tried to pass for long"),
        pytest.param(waiter("first", 990, 998, refused=998), 900, 500, True, id="that others have passed"),
        pytest.param(waiter("first", 990, 998, refused=998), 900, 300, False, id="that others have passed long ago"),
    ],
)
def test_one_may_ask_behind_another(first: Waiter, probed: float | None, passed: float | None, lets_pass: bool) -> None:
    moments = (moment if moment is None else after(moment) for moment in (probed, passed))
    line = Line([first], *moments)

    assert line.lets_pass([first], now=after(1_000)) is lets_pass


def test_one_may_ask_behind_several_only_if_all_were_refused_just_now() -> None:
    first, second = waiter("first", 0, refused=997), waiter("second", 1, refused=990)

    assert not Line([first, second]).lets_pass([first, second], now=after(1_000))


def test_a_line_is_full_with_those_who_may_still_come_back() -> None:
    full = [waiter(str(number)) for number in range(200)]

    assert not Line(full).has_room(after(100))
    assert Line(full[1:]).has_room(after(100))
    assert Line(full).has_room(after(100) + timedelta(minutes=16))
