"""Connections that get no answer, on a virtual clock and at the end of the local AWS."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ConnectionClosedError

from local.clock.clock import VirtualClock, WallClock
from local.network import faults
from tests.local_aws.acting_aws import acting_aws
from tests.local_aws.conftest import until

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("virtual", [False, True], ids=["wall clock", "virtual clock"])
def test_time_passes_and_the_local_aws_ends_though_a_connection_is_held(virtual: bool) -> None:
    clock = VirtualClock(START) if virtual else WallClock()
    with ThreadPoolExecutor(1) as pool:
        with acting_aws(clock) as aws:
            aws.play(faulty=[{"Operation": "DescribeProjects", "Effect": "Timeout"}])
            waiting = pool.submit(aws.api("rekognition", read_timeout=86_400).describe_projects)
            until(lambda: faults.calls("DescribeProjects"))
            if virtual:
                clock.wait(3_600)
                assert clock.now() == START + timedelta(hours=1)
            assert not waiting.done()
        with pytest.raises(ConnectionClosedError):
            waiting.result()
