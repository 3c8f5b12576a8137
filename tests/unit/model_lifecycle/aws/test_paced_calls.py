"""The queue of calls in DynamoDB."""

from collections.abc import Iterator
from datetime import datetime
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moto import mock_aws

from model_lifecycle.aws.paced_calls import PacedCalls
from model_lifecycle.vocabulary.errors import AccessDeniedError, ModelNotFoundError, ServiceUnavailableError
from tests.fakes.fake_seams import FakePace
from tests.fakes.given import START, after
from tests.fakes.stubbed import client_of, create_table, stubbed

SERVICES = count()


@pytest.fixture(scope="module")
def paced() -> Iterator[PacedCalls]:
    with mock_aws():
        client = client_of("dynamodb")
        create_table(client, "records", key="ModelId")
        yield PacedCalls("records", client)


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 3), st.booleans(), st.integers(0, 4)), min_size=1, max_size=12))
def test_slots_follow_each_other_and_those_who_go_first_have_a_queue_of_their_own(
    paced: PacedCalls, reservations: list[tuple[int, bool, int]]
) -> None:
    service, fake, seconds = f"service {next(SERVICES)}", FakePace(), 0
    for calls, first, pause in reservations:
        seconds += pause
        now = after(seconds)
        expected = fake.reserve(service, calls + 1, first=first, now=now)

        assert paced.reserve(service, calls + 1, first=first, now=now) == expected
        assert paced.queue(service, now=now) == fake.queue(service, now=now)


def test_whoever_finds_another_queue_than_thought_reserves_behind_that(paced: PacedCalls) -> None:
    slots = [paced.reserve("crowd", 3, first=False, now=START)[0].at for _ in range(3)]

    assert _milliseconds(slots) == [-260, 520, 1_300]


def test_nobody_waits_where_nobody_has_reserved_anything(paced: PacedCalls) -> None:
    assert paced.queue("nobody's", now=START).free_at < START


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("AccessDeniedException", AccessDeniedError),
        ("ThrottlingException", ServiceUnavailableError),
        ("ResourceNotFoundException", ModelNotFoundError),
    ],
)
def test_what_the_table_does_not_do_is_an_error_of_the_domain(code: str, error: type[Exception]) -> None:
    with stubbed("dynamodb") as (client, stub):
        stub.add_client_error("update_item", code)
        with pytest.raises(error):
            PacedCalls("records", client).reserve("Rekognition", 3, first=False, now=START)


def test_a_queue_that_others_change_all_the_while_is_given_up() -> None:
    with stubbed("dynamodb") as (client, stub):
        for _ in range(4):
            stub.add_client_error("update_item", "ConditionalCheckFailedException")
        with pytest.raises(ServiceUnavailableError, match="changes too fast"):
            PacedCalls("records", client).reserve("Rekognition", 3, first=False, now=START)


def _milliseconds(moments: list[datetime]) -> list[int]:
    return [round((moment - START).total_seconds() * 1_000) for moment in moments]
