"""How many functions run at a time: by the processes, and by the account's quota."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local.scenario.scenario import Scenario
from local.server import LocalAws
from tests.local_aws.conftest import Workbench, until

WAITS = """
    import os, time, pathlib

    def handler(event, context):
        folder = pathlib.Path(event)
        (folder / context.aws_request_id).touch()
        while not (folder / "go").exists():
            time.sleep(0.01)
        return os.getpid()
"""


@pytest.fixture
def bench() -> Iterator[Workbench]:
    with LocalAws(processes=2) as aws:
        yield Workbench(aws)


def test_what_finds_no_process_waits_for_one(bench: Workbench, tmp_path: Path) -> None:
    one, other = bench.function(WAITS), bench.function(WAITS)
    with ThreadPoolExecutor(5) as pool:
        calls = [pool.submit(bench.invoke, name, str(tmp_path)) for name in (one, one, one, other, other)]
        until(lambda: len(list(tmp_path.iterdir())) == 2)
        assert len(bench.aws.functions.living()) == 2
        (tmp_path / "go").touch()

        assert [call.result()[1] for call in calls] == [None] * 5
    assert len(bench.aws.functions.living()) <= 2


def test_more_than_the_account_may_is_refused(bench: Workbench, tmp_path: Path) -> None:
    name = bench.function(WAITS)
    bench.aws.load(Scenario.parse(json.dumps({"Quotas": {"ConcurrentExecutions": 1}})))
    once = Config(retries={"total_max_attempts": 1})
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(bench.invoke, name, str(tmp_path))
        until(lambda: list(tmp_path.iterdir()))

        with pytest.raises(ClientError, match="Rate Exceeded") as caught:
            bench.aws.client("lambda", config=once).invoke(FunctionName=name)
        assert caught.value.response["Error"]["Code"] == "TooManyRequestsException"
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429
        (tmp_path / "go").touch()
        assert call.result()[1] is None
