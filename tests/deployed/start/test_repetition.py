"""The same start asked for many times: one StartProjectVersion is accepted, and every execution ends RUNNING."""

from local.network.faults import calls
from tests.deployed.lifecycle import Lifecycle
from tests.deployed.services import ServiceWords, services_in_turn

service_in_turn = services_in_turn()


@service_in_turn
def test_ten_starts_at_once_are_one_start(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(StartSeconds=120))

    with lifecycle.clock.running():
        started = [lifecycle.start(service.model) for _ in range(10)]
    executions = [lifecycle.end_of(arn) for arn in started]

    assert [execution.status for execution in executions] == ["SUCCEEDED"] * 10
    assert all(lifecycle.only_message(execution).document["Outcome"] == "Running" for execution in executions)
    assert len([call for call in calls(service.start) if call.outcome == "OK"]) == 1


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
