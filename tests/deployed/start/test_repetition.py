"""The same start many times: one StartProjectVersion is accepted, and every execution ends RUNNING."""

import pytest

from local.network.faults import calls
from tests.deployed.lifecycle import Lifecycle, carried_out
from tests.deployed.services import REKOGNITION, ServiceWords, services_in_turn
from tests.soak import covering

service_in_turn = services_in_turn()


def record_calls() -> int:
    """How often the models' records were read or written."""
    made = [call for operation in ("GetItem", "PutItem", "UpdateItem") for call in calls(operation)]
    return len([call for call in made if "Told" not in str(call.parameters["TableName"])])


@service_in_turn
@pytest.mark.parametrize("later_by", covering([None, 1], one_in=2))
def test_many_starts_at_once_are_one_start_and_do_not_wait_on_each_other(
    lifecycle: Lifecycle, service: ServiceWords, later_by: int | None
) -> None:
    """Without leases, or each with a lease that ends so many seconds later than that of the start before it."""
    counted = {}
    for number in (4, 12):
        lifecycle.forget()
        lifecycle.given(service.script(StartSeconds=10))
        fields = {"PollIntervalSeconds": 1, "StartTimeoutSeconds": 60}

        with lifecycle.clock.running():
            leases = [{"StopAfterSeconds": 3_600 + each * later_by} if later_by else {} for each in range(number)]
            started = [lifecycle.start({**service.model, **fields, **lease}) for lease in leases]
            lifecycle.clock.wait(70)
        executions = [lifecycle.end_of(arn) for arn in started]
        counted[number] = record_calls()

        assert [(each.status, each.error) for each in executions] == [("SUCCEEDED", None)] * number
        assert {lifecycle.only_message(each).document["Outcome"] for each in executions} <= {"Running", "LeaseMoved"}
        assert max(each.seconds for each in executions) < 25
        assert carried_out(service.start) == 1
    assert counted[12] <= 3.5 * counted[4], counted


@pytest.mark.soak
def test_starts_and_stops_of_one_model_at_once_each_end_and_are_told(lifecycle: Lifecycle) -> None:
    lifecycle.given(REKOGNITION.script(StartSeconds=10, StopSeconds=5))
    fields = {"PollIntervalSeconds": 1}

    with lifecycle.clock.running():
        starts = [lifecycle.start({**REKOGNITION.model, **fields}) for _ in range(10)]
        # So it is the stops that came later, and starts that still wait for their turn start nothing.
        lifecycle.clock.wait(0.01)
        stops = [lifecycle.stop({**REKOGNITION.model, **fields}) for _ in range(4)]
        lifecycle.clock.wait(300)
    ended = [lifecycle.end_of(arn) for arn in starts]
    told = [lifecycle.only_message(each).document["Outcome"] for each in ended]
    stopped = [lifecycle.only_message(lifecycle.end_of(arn)).document["Outcome"] for arn in stops]

    assert carried_out(REKOGNITION.start) == 1
    assert set(told) <= {"Running", "Failed"}
    causes = [each.cause for each in ended if each.status == "FAILED"]
    assert all("someone stopped it" in cause or "asked to stop it after this start began" in cause for cause in causes)
    assert stopped == ["Stopped"] * 4


@service_in_turn
def test_an_event_that_is_delivered_twice_is_one_start(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(StartSeconds=120))

    lifecycle.send(service.model)
    lifecycle.send(service.model)
    lifecycle.pass_time(1)

    executions = [lifecycle.end_of(arn) for arn in lifecycle.executions()]
    assert [execution.status for execution in executions] == ["SUCCEEDED"] * 2
    assert all(lifecycle.only_message(execution).document["Outcome"] == "Running" for execution in executions)
    assert len([call for call in calls(service.start) if call.outcome == "OK"]) == 1
