"""Random lives of many starts at a full quota: they get their places in order, and nobody starves."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_lifecycle.model.line import HOLDS, LONGEST_LOOK, PATIENCE
from tests.fakes.given import after
from tests.simulation.conftest import many
from tests.simulation.line_world import LineWorld, Lived, Queue, Wish
from tests.template.synthesized import made_once

RARELY = 3_600
TOO_LARGE = 99
CALLS_OF_A_STEP = 8
SOON = HOLDS + timedelta(seconds=2 * LONGEST_LOOK)
"""A place is free no longer, if one waits for it who is served by the service."""


@pytest.fixture(scope="session")
def queued(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Queue], LineWorld]:
    definitions = made_once("default", tmp_path_factory).definitions
    return lambda queue: LineWorld(queue, definitions)


def moments(latest: int) -> st.SearchStrategy[float]:
    return st.sampled_from((0.0, 0.0, 1.0, 5.0, 60.0)) | st.integers(0, latest).map(float)


@st.composite
def queues(draw: st.DrawFn, *, trouble: bool = True, too_large: bool = False) -> Queue:
    wishes = st.builds(
        Wish,
        at=moments(1_500),
        model=st.integers(0, 9),
        poll=st.sampled_from((None,) if too_large else (None, None, None, 5, 60, RARELY)),
        aborted_at=st.none() | st.none() | moments(3_000) if trouble else st.none(),
        stopped_at=st.none() | st.none() | moments(3_000) if trouble else st.none(),
    )
    large = (Wish(at=draw(moments(1_500)), model=TOO_LARGE, timeout=3_000),) if too_large else ()
    begins = draw(st.lists(moments(2_000), max_size=2 if trouble else 0))
    return Queue(
        quota=draw(st.integers(1, 3)),
        wishes=(*draw(st.lists(wishes, min_size=2, max_size=9)), *large),
        takes=(
            draw(st.sampled_from((5, 60, 600))),
            draw(st.sampled_from((200, 300, 900))),
            draw(st.sampled_from((5, 200))),
        ),
        outsiders=tuple((begin, begin + draw(st.integers(10, 1_000))) for begin in begins),
        too_large=frozenset(wish.model for wish in large),
        seconds_a_call=draw(st.sampled_from(((0.05,), (0.05, 0.2, 1), *([] if too_large else [(0.1, 3)])))),
        deaths=draw(st.sampled_from((0, 0, 3))) if trouble else 0,
        chance=draw(st.integers(0, 1_000)),
    )


def assert_in_order(world: LineWorld) -> None:
    """Assert that nobody got a place before one that waited before its step began, and had an earlier place in line.

    But at once after the service had refused that one.
    """
    for lived in world.lived:
        if lived.got_it is None:
            continue
        began, got_it = lived.got_it
        for other in world.lived:
            earlier = other is not lived and other.waits_at(began) and other.waits_at(got_it)
            if not earlier or other.wish.model == lived.wish.model or not _before(other, lived):
                continue
            step = timedelta(seconds=5 + CALLS_OF_A_STEP * max(world.queue.seconds_a_call))
            assert got_it - max(each for each in other.refused if each <= got_it) <= step
            assert world.queue.too_large or began - min(other.visits) >= PATIENCE - step


def _before(one: Lived, other: Lived) -> bool:
    place = other.place or after(other.wish.at)
    return one.place is not None and (one.place, one.arn) < (place, other.arn)


def assert_nobody_starves(world: LineWorld) -> None:
    """Assert that all end, and that no place is free for long while somebody waits."""
    for lived in world.lived:
        assert lived.ended is not None
        if not world.queue.deaths and _is_served(lived, world):
            assert lived.end is not None
            assert lived.end.status == "SUCCEEDED", lived.end
    for (since, places), (until, _) in pairwise([*world.free, (world.now, 0)]):
        if places > 0 and until - since > (SOON + PATIENCE if world.queue.too_large else SOON):
            waiting = [each for each in world.lived if each.waits_at(since) and each.waits_at(until)]
            assert {each.wish.model for each in waiting} <= world.queue.too_large


def _is_served(lived: Lived, world: LineWorld) -> bool:
    """Whether nothing keeps it from a place and from seeing the model run, which its start looks at often enough."""
    wish = lived.wish
    stopped = any(other.model == wish.model and other.stopped_at is not None for other in world.queue.wishes)
    return wish.aborted_at is None and not stopped and wish.poll != RARELY and wish.model not in world.queue.too_large


def assert_told_once_and_truly(world: LineWorld) -> None:
    """Assert that who waited is told of that once, and at the end how long, and behind whom."""
    for lived in world.lived:
        outcomes = Counter(document["Outcome"] for document in lived.told)
        assert set(outcomes.values()) <= {1}
        assert len(outcomes - Counter(["Waiting"])) <= 1
        for document in lived.told:
            waited = document.get("Waited")
            if waited is None:
                assert document["Outcome"] != "Waiting"
                continue
            behind = {int(name.partition("/")[0][1:]) for name in waited["Behind"]}
            assert behind <= {other.wish.model for other in world.lived if _before(other, lived)}
            assert waited["BehindCount"] == len(behind) or len(behind) == 5
            served = document["Outcome"] == "Running" and not world.queue.deaths
            if served and lived.got_it is not None and lived.place is not None:
                assert waited["Seconds"] == pytest.approx((lived.got_it[0] - lived.place).total_seconds(), abs=1)
                assert "It waited " in document["Summary"]


def assert_promises_kept(world: LineWorld) -> None:
    assert_in_order(world)
    assert_nobody_starves(world)
    assert_told_once_and_truly(world)


@many(60)
@given(queues(trouble=False))
def test_places_are_given_in_the_order_in_which_starts_asked(
    queued: Callable[[Queue], LineWorld], queue: Queue
) -> None:
    assert_promises_kept(queued(queue))


@many(60)
@given(queues())
def test_the_order_holds_whatever_happens_to_those_in_line(queued: Callable[[Queue], LineWorld], queue: Queue) -> None:
    assert_promises_kept(queued(queue))


@many(15)
@given(queues(trouble=False, too_large=True))
def test_nobody_waits_for_ever_behind_what_never_gets_a_place(
    queued: Callable[[Queue], LineWorld], queue: Queue
) -> None:
    assert_promises_kept(queued(queue))
