"""The machine's time, which can be moved forward."""

import json
import threading
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from typing import Any

from local.clock.passing import PassingClock
from local.server import LocalAws
from tests.local_aws.conftest import Workbench, until

HOUR = timedelta(hours=1)


def test_time_goes_as_the_machine_s_does() -> None:
    with PassingClock() as clock:
        before = datetime.now(UTC)
        clock.wait(0.01)
        assert before + timedelta(seconds=0.01) <= clock.now() <= datetime.now(UTC)


def test_what_is_let_pass_happens_in_its_order_and_at_its_moment() -> None:
    with PassingClock() as clock:
        begin, seen = clock.now(), []

        def look_again_and_again() -> None:
            for _ in range(3):
                clock.wait(600)
                seen.append(("looked", round((clock.now() - begin).total_seconds(), -1)))

        clock.spawn(look_again_and_again, name="loop")
        clock.call_at(begin + timedelta(minutes=15), lambda: seen.append(("rang", 900)), background=True)
        clock.call_at(begin + timedelta(minutes=65), lambda: seen.append(("too late", 3_900)), background=True)

        now = clock.let_pass(HOUR)

        assert seen == [("looked", 600), ("rang", 900), ("looked", 1_200), ("looked", 1_800)]
        assert now - begin >= HOUR
        assert clock.now() - datetime.now(UTC) > timedelta(minutes=59)


def test_time_that_is_let_pass_ends_with_the_clock() -> None:
    clock = PassingClock()
    at_work = threading.Event()
    with clock:
        # What is at work holds virtual time.
        clock.spawn(at_work.wait, name="at work")
        waiting = threading.Thread(target=clock.let_pass, args=[HOUR])
        waiting.start()
        until(lambda: clock._jumps)  # noqa: SLF001 - nothing else shows that it has begun
        threading.Timer(0, at_work.set).start()
    waiting.join()


def later(aws: LocalAws, body: str) -> tuple[int, Any]:
    connection = HTTPConnection("localhost", aws.port)
    connection.request("POST", "/_local/later", body)
    response = connection.getresponse()
    answer = json.loads(response.read())
    connection.close()
    return response.status, answer


def test_executions_and_functions_live_through_it() -> None:
    with LocalAws(clock=PassingClock()) as aws:
        bench = Workbench(aws)
        name = bench.function("import time\ndef handler(event, context): return time.time()")
        execution = bench.start(bench.machine({"Wait": {"Type": "Wait", "Seconds": 3_000, "End": True}}))
        before, _ = bench.invoke(name)

        status, answer = later(aws, '{"Hours": 1}')

        assert status == 200
        assert datetime.fromisoformat(answer["Now"]) - datetime.now(UTC) > timedelta(minutes=59)
        described = bench.described(execution)
        assert described["status"] == "SUCCEEDED"
        assert 3_000 <= (described["stopDate"] - described["startDate"]).total_seconds() < 3_100
        after, _ = bench.invoke(name)
        assert after - before >= 3_600
        for wrong in ('{"Hours": 0}', '{"Hours": "1"}', '{"Hours": 1e9}', "[]", "{"):
            assert later(aws, wrong)[0] == 400


def test_there_is_no_such_address_where_time_cannot_be_let_pass() -> None:
    with LocalAws() as aws:
        connection = HTTPConnection("localhost", aws.port)
        connection.request("POST", "/_local/later", "{}")
        assert connection.getresponse().status != 200
        connection.close()
