"""How far a fleet is, by the executions that Step Functions lists."""

from datetime import UTC, datetime

from operations.status.children import children_arns, children_of
from operations.status.seen import SeenExecution

FLEET = "arn:aws:states:us-east-1:123456789012:execution:start-models-blue:all"
AT = datetime(2026, 1, 5, tzinfo=UTC)
GOES_ON, ENDED_WELL, FAILED = (
    SeenExecution(AT, under_way, succeeded) for under_way, succeeded in ((True, False), (False, True), (False, False))
)


def test_each_child_is_of_the_machine_of_the_same_stage_and_counted_by_its_end() -> None:
    one, two, three, four = (arn for [arn] in children_arns(FLEET, 0, 4))

    found = children_of(FLEET, 0, 4, {one: ENDED_WELL, two: FAILED, three: GOES_ON})

    assert ":execution:start-model-blue:" in four
    assert (found.done, found.failed, found.under_way) == (1, 1, (three,))


def test_after_a_redrive_only_what_succeeded_before_it_counts() -> None:
    arns = list(children_arns(FLEET, 1, None))
    (done, _), (before, again), (waits, _) = arns[:3]

    found = children_of(FLEET, 1, None, {done: ENDED_WELL, before: FAILED, again: GOES_ON, waits: FAILED})

    assert (len(arns), found.done, found.failed, found.under_way) == (1_000, 1, 0, (again,))
