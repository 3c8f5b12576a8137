"""Every statement of every policy is needed: without it, a life of the app goes differently."""

from collections.abc import Iterator, Mapping

import pytest
from _pytest.outcomes import Failed
from botocore.exceptions import ClientError

from local.clock.clock import NeverSettlesError
from tests.deployed.lifecycle import Lifecycle
from tests.deployed.permissions.losses import Document, is_felt, losses, policies_of, put
from tests.deployed.permissions.stories import SETTINGS, Judged, Story, live
from tests.worlds import Worlds

# It takes as long as hundreds of other tests do.
pytestmark = pytest.mark.soak

SAMPLE = ('"sns:Publish"', '"Service": "scheduler.amazonaws.com"', '"Deny"')
"""Of the statements that say so, every run takes the first one away; the soak takes all."""


@pytest.fixture
def lifecycle(worlds: Worlds) -> Lifecycle:
    return worlds.deployed("permissions", SETTINGS)


@pytest.fixture
def lived(lifecycle: Lifecycle) -> Mapping[Story, Judged]:
    """Return what IAM was asked with all policies whole."""
    lived = live(lifecycle)
    refused = {refusal for judged in lived.values() for refusal in judged.refused}
    assert refused == set()
    return lived


def stories_without(
    lifecycle: Lifecycle, lived: Mapping[Story, Judged]
) -> Iterator[tuple[str, str, Document, Document, Story | None]]:
    """Each loss: in words, the policy's name, what it was and what is left, and the first story that feels it."""
    iam = lifecycle.aws.iam
    for name, document in policies_of(lifecycle.aws).items():
        for loss, place, left in losses(document):
            felt = (story for story, judged in lived.items() if is_felt(iam, judged.questions, name, place, left))
            yield loss, name, document, left, next(felt, None)


def test_the_loss_of_each_statement_action_and_resource_is_felt_and_some_are_tried(
    lifecycle: Lifecycle, lived: Mapping[Story, Judged]
) -> None:
    every = list(stories_without(lifecycle, lived))

    assert [f"{loss} of {name}" for loss, name, _, _, story in every if story is None] == []
    for sign in SAMPLE:
        loss, name, document, left, story = next(each for each in every if sign in each[0])
        assert goes_otherwise(lifecycle, name, document, left, story), f"{loss} of {name}"


def test_each_loss_is_tried(lifecycle: Lifecycle, lived: Mapping[Story, Judged]) -> None:
    unfelt = [
        f"{loss} of {name}"
        for loss, name, document, left, story in list(stories_without(lifecycle, lived))
        if not goes_otherwise(lifecycle, name, document, left, story)
    ]
    assert unfelt == []


def goes_otherwise(lifecycle: Lifecycle, name: str, document: Document, left: Document, story: Story | None) -> bool:
    """Whether a story has something refused that was not, or nothing that was, with what is left of a policy.

    Or whether it comes to no end, however much virtual time it has. What hangs by the machine's own time is a fault of
    the local AWS.
    """
    assert story is not None
    put(lifecycle.aws, name, left)
    # Who runs already has assumed its role, and found its log.
    lifecycle.aws.functions.end_idle()
    try:
        [judged] = live(lifecycle, story).values()
    except (Failed, AssertionError, ClientError, NeverSettlesError):
        # It was to be refused, or to come to its end.
        lifecycle.forget()
        return True
    finally:
        put(lifecycle.aws, name, document)
    return bool(judged.refused)
