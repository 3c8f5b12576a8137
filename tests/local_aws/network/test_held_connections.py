"""Connections that get no answer, at the end of the local AWS and on a virtual clock."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from local.clock.clock import VirtualClock, WallClock
from local.network import faults
from tests.local_aws.acting_aws import acting_aws

NEVER = {"Operation": "DescribeProjects", "Effect": "Timeout"}
START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("virtual", [False, True], ids=["wall clock", "virtual clock"])
def test_the_local_aws_ends_at_once_though_a_connection_is_held(virtual: bool) -> None:
    clock = VirtualClock(START) if virtual else WallClock()
    with ThreadPoolExecutor(1) as pool:
        with acting_aws(clock) as aws:
            aws.play(faulty=[NEVER])
            waiting = pool.submit(aws.api("rekognition").describe_projects)
            while not faults.calls("DescribeProjects"):
                assert not waiting.done()
            begun = monotonic()
        assert monotonic() - begun < 3
        with pytest.raises(ConnectionClosedError):
            waiting.result()


def test_virtual_time_goes_on_while_a_connection_is_held() -> None:
    clock = VirtualClock(START)
    with acting_aws(clock) as aws, ThreadPoolExecutor(1) as pool:
        aws.play(faulty=[NEVER])
        waiting = pool.submit(aws.api("rekognition", read_timeout=0.5).describe_projects)
        while not faults.calls("DescribeProjects"):
            assert not waiting.done()

        clock.wait(3600)

        assert clock.now() == START + timedelta(hours=1)
        with pytest.raises(ReadTimeoutError):
            waiting.result()
