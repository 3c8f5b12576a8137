"""What is usual of a model's starts, and what clearly takes longer."""

import pytest

from model_lifecycle.model.usual_start import UsualStart


@pytest.mark.parametrize(
    ("remembered", "usual"),
    [
        ([], None),
        ([600, 620], None),
        ([540, 720, 600], (540, 720, 3)),
        pytest.param([600, 620, 86_400], None, id="a start of a day is none of three"),
        pytest.param([600, 610, 620, 86_400], (600, 620, 3), id="nor does it widen what three others say"),
        pytest.param([600, 610, 620, 1, 0, -5, 10**30], (600, 620, 3), id="whatever else stands there"),
        pytest.param([600] * 9 + [1_500], (600, 1_500, 10), id="twice as long may be"),
    ],
)
def test_usual_is_what_three_starts_say_at_least(remembered: list[int], usual: tuple[int, int, int] | None) -> None:
    found = UsualStart.of(remembered)

    assert (found and (found.least_seconds, found.most_seconds, found.starts)) == usual


@pytest.mark.parametrize(("longest", "last"), [(40, 100), (240, 300), (720, 900)])
def test_a_start_is_told_as_long_once_it_takes_a_quarter_longer_and_a_minute(longest: int, last: int) -> None:
    usual = UsualStart(least_seconds=30, most_seconds=longest, starts=3)

    assert not usual.outlasted_by(last)
    assert usual.outlasted_by(last + 1)


@pytest.mark.parametrize(
    ("remembered", "lead"),
    [
        ([], 1_500),
        ([600, 620], 1_500),
        ([540, 720, 600], 720),
        pytest.param([600, 610, 620, 86_400], 620, id="one start of a day"),
        pytest.param([86_400] * 10, 3_600, id="nothing but starts of a day"),
        pytest.param([1] * 10, 1, id="too little makes it late, which it is told to be, and learns from"),
        pytest.param([10**30] * 10, 3_600, id="nonsense"),
    ],
)
def test_a_start_is_requested_as_early_as_the_longest_needs_and_an_hour_at_most(
    remembered: list[int], lead: int
) -> None:
    assert UsualStart.lead(remembered, unless_known=1_500) == lead
