"""Settings: a default lease, the watch's limits, the time zone, and a second deployment in the same account."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from local.commands.cdk import deploy
from local.network.faults import calls
from model_lifecycle.vocabulary.wording import when
from tests.deployed.conftest import EVERY_SERVICE
from tests.deployed.lifecycle import Lifecycle
from tests.deployed.services import LOOKOUT_VISION, REKOGNITION, ServiceWords, both_services, services_in_turn
from tests.deployed.someone import Someone
from tests.template.stages import BOLTS, NAILS, STAGE, projects, synthesized_stage
from tests.worlds import Worlds

HOUR = 3_600
SETTINGS = {
    "default_stop_after_hours": "2",
    "warn_after_hours": "3",
    "stop_after_hours_unleased": "5",
    "stop_aborted_starts": "true",
    "time_zone": "Europe/Berlin",
    "price_per_inference_unit_hour": "1.5",
    "log_execution_data": "false",
    "reserved_concurrency": "20",
    "max_inference_units": "2",
    "project_arns": projects(REKOGNITION.model["ProjectVersionArn"], LOOKOUT_VISION.model["ProjectName"])
    + ",arn:aws:rekognition:us-east-1:123456789012:project/fair/1767000000000",
    # Only the tests of the budget have models of that project.
    "budget_usd_by_project": '{"fair": 6}',
    "budget_per": "day",
    "budget_action": "stop",
}
pytestmark = pytest.mark.parametrize("deployed", [SETTINGS], indirect=True, ids=["settings"])
service_in_turn = services_in_turn()


def in_both(moment: datetime) -> str:
    return when(moment, ZoneInfo("Europe/Berlin"))


@both_services
def test_a_start_that_says_nothing_of_a_lease_has_the_default_one(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(StartSeconds=60))
    ends_at = lifecycle.clock.now() + timedelta(hours=2)

    start = lifecycle.run({**service.model, "StopAfterSeconds": None})

    document = lifecycle.only_message(start).document
    assert document["Lease"]["EndsAt"] == f"{ends_at:%Y-%m-%dT%H:%M:%S.000Z}"
    assert document["UsdPerHour"] == 1.5
    assert f"It will be stopped on {in_both(ends_at)}." in document["Summary"]
    lifecycle.pass_time(2 * HOUR)
    assert Someone(lifecycle.aws, service).sees() == service.stopped


def test_what_executions_are_asked_and_answer_is_not_logged_if_the_settings_say_so(lifecycle: Lifecycle) -> None:
    lifecycle.given(REKOGNITION.script(StartSeconds=60))
    reason = "nobody is to read this in a log"

    lifecycle.run({**REKOGNITION.model, "PollIntervalSeconds": 7})
    lifecycle.run_stop({**REKOGNITION.model, "Reason": reason})

    logged = [line for name in ("StartModel", "CheckModel", "StopModel") for line in lifecycle.logged(name)]
    assert any('"answer"' in line for line in logged)
    assert not [line for line in logged if reason in line or "PollIntervalSeconds" in line]


def test_a_start_with_more_units_than_the_settings_allow_is_refused(lifecycle: Lifecycle) -> None:
    lifecycle.given(REKOGNITION.script(StartSeconds=60))

    start = lifecycle.run({**REKOGNITION.model, "MinInferenceUnits": 3})

    assert start.error == "InvalidRequestError"
    said = "MinInferenceUnits must be at most 2 (the setting max_inference_units), got 3"
    assert said in lifecycle.only_message(start).document["Cause"]


@service_in_turn
def test_a_lease_in_the_input_counts_instead_of_the_default_one(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(StartSeconds=60))
    ends_at = (lifecycle.clock.now() + timedelta(hours=4)).replace(microsecond=0)

    start = lifecycle.run({**service.model, "StopAt": ends_at.astimezone(ZoneInfo("America/New_York")).isoformat()})

    assert lifecycle.only_message(start).document["Lease"]["EndsAt"] == f"{ends_at:%Y-%m-%dT%H:%M:%S.000Z}"
    lifecycle.pass_time(3 * HOUR)
    assert Someone(lifecycle.aws, service).sees() == service.running
    lifecycle.pass_time(HOUR)
    assert Someone(lifecycle.aws, service).sees() == service.stopped


@both_services
def test_a_moved_lease_names_both_ends_in_local_time(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(StartSeconds=60))
    began = lifecycle.clock.now()
    lifecycle.run(service.model)

    later = lifecycle.run({**service.model, "StopAt": (began + timedelta(hours=3)).isoformat()})

    moved = f"from {in_both(began + timedelta(hours=2))} to {in_both(began + timedelta(hours=3))}"
    assert moved in lifecycle.only_message(later).document["Summary"]


@both_services
def test_a_model_that_nobody_leased_is_told_and_then_stopped(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(StartSeconds=0))
    someone = Someone(lifecycle.aws, service)
    assert someone.starts()

    lifecycle.pass_time(4.9 * HOUR)
    assert someone.sees() == service.running
    [message] = lifecycle.told_by_watch()
    assert message.document["Outcome"] == "StillBilling"
    assert message.document["Ran"]["Usd"] == round(message.document["Ran"]["InferenceUnitHours"] * 1.5, 2)
    lifecycle.pass_time(2.1 * HOUR)

    [stop] = lifecycle.stops()
    execution = lifecycle.end_of(stop)
    document = lifecycle.only_message(execution).document
    assert document["Outcome"] == "Stopped"
    assert "stop_after_hours_unleased" in document["Reason"]
    assert someone.sees() == service.stopped


@service_in_turn
def test_a_model_whose_start_is_under_way_is_never_stopped_by_the_watch(
    lifecycle: Lifecycle, service: ServiceWords
) -> None:
    lifecycle.given(
        service.script(Status=service.starting, StartSeconds=60),
        faults=[{"Operation": service.describe, "Error": "ThrottlingException", "Caller": "CheckModel", "Times": 8}],
    )
    start = lifecycle.start({**service.model, "StartTimeoutSeconds": 8 * HOUR, "PollIntervalSeconds": HOUR})

    lifecycle.pass_time(7.5 * HOUR)

    assert Someone(lifecycle.aws, service).sees() == service.running
    assert calls(service.stop) == []
    assert lifecycle.told_by_watch() == []
    # Lookout for Vision measures nothing: a run is known from the first look on that could write it down.
    lifecycle.pass_time(7 * HOUR)
    assert lifecycle.end_of(start).error == "StartTimedOutError"
    [stop] = lifecycle.stops()
    assert lifecycle.only_message(lifecycle.end_of(stop)).document["Outcome"] == "Stopped"


@both_services
def test_times_in_utc_are_told_in_both_zones_across_the_clocks_change(
    lifecycle: Lifecycle, service: ServiceWords
) -> None:
    lifecycle.given(service.script(StartSeconds=60))
    summer = datetime(lifecycle.clock.now().year, 7, 1, 12, tzinfo=UTC)

    start = lifecycle.run({**service.model, "StopAt": summer.isoformat()})

    assert f"{in_both(summer)}" in lifecycle.only_message(start).document["Summary"]
    assert "14:00 Europe/Berlin (12:00 UTC)" in in_both(summer)


def test_a_cause_tells_moments_in_the_time_zone_too(lifecycle: Lifecycle) -> None:
    lifecycle.given(REKOGNITION.script())

    refused = lifecycle.run({**REKOGNITION.model, "StopAt": "2025-01-01T00:00:00Z"})

    assert refused.error == "InvalidRequestError"
    assert "got Wed 1 Jan 2025 at 01:00 Europe/Berlin (00:00 UTC)." in refused.cause


@service_in_turn
def test_a_start_that_is_aborted_has_its_model_stopped(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(StartSeconds=600))
    arn = lifecycle.start(service.model)
    lifecycle.pass_time(60)

    lifecycle.abort(arn)
    document = lifecycle.only_message(lifecycle.end_of(arn)).document

    [stop] = lifecycle.stops()
    assert (document["Outcome"], document["CleanUp"]) == ("Aborted", {"ExecutionArn": stop})
    assert "nothing else will stop it" not in document["Summary"]
    lifecycle.pass_time(HOUR)
    assert Someone(lifecycle.aws, service).sees() == service.stopped


@pytest.fixture(scope="module")
def other_stage(worlds: Worlds, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lifecycle]:
    """Yield a deployment with a stage, beside the one without; it is removed again."""
    here = worlds.deployed("settings", {**EVERY_SERVICE, **SETTINGS})
    assembly = synthesized_stage(tmp_path_factory).folder
    outputs = deploy(here.aws, assembly=assembly, bootstrapped=True)
    yield Lifecycle(here.aws, here.clock, outputs, leases=f"model-leases-{STAGE}")
    removed = {"StackName": f"ModelLifecycle-{STAGE}"}
    here.aws.client("cloudformation").update_termination_protection(EnableTerminationProtection=False, **removed)
    here.aws.client("cloudformation").delete_stack(**removed)


@pytest.fixture
def beside(other_stage: Lifecycle, lifecycle: Lifecycle, service: ServiceWords) -> Iterator[Lifecycle]:
    """Yield it, with a model of each deployment."""
    lifecycle.given(service.script(StartSeconds=600), its_own(service).script(StartSeconds=600))
    other_stage.forget_messages()
    yield other_stage
    other_stage.forget()


def its_own(service: ServiceWords) -> ServiceWords:
    """Return the service with the model of the other stage."""
    return replace(service, model={"ProjectVersionArn": BOLTS} if service is REKOGNITION else NAILS)


@service_in_turn
def test_a_stage_is_deaf_to_what_happens_in_another(
    lifecycle: Lifecycle, beside: Lifecycle, service: ServiceWords
) -> None:
    model, other = service.model, its_own(service).model
    lifecycle.send(model)
    beside.send({**other, "StopAfterSeconds": 2 * HOUR})
    lifecycle.pass_time(60)

    [here], [there] = lifecycle.executions(), beside.executions()
    assert f":execution:start-model-{STAGE}:" in there
    assert [len(each.armed()) for each in (lifecycle, beside)] == [1, 1]
    beside.abort(there)
    aborted = beside.only_message(beside.end_of(there))
    [stop] = beside.stops()
    execution = beside.end_of(stop)

    assert lifecycle.end_of(here).status == execution.status == "SUCCEEDED"
    assert (aborted.document["Outcome"], aborted.document["CleanUp"]) == ("Aborted", {"ExecutionArn": stop})
    assert beside.only_message(execution).document["Outcome"] == "Stopped"
    assert lifecycle.only_message(lifecycle.end_of(here)).document["Outcome"] == "Running"
    assert (lifecycle.stops(), lifecycle.messages(there), beside.messages(here)) == ([], [], [])
    assert [len(each.armed()) for each in (lifecycle, beside)] == [1, 0]
    entries = [entry for call in calls("PutEvents") for entry in call.parameters["Entries"]]
    told = [entry for entry in entries if not entry["Source"].endswith(".request")]
    assert {entry["Source"] for entry in told} == {"model-lifecycle", f"model-lifecycle-{STAGE}"}
    assert all((STAGE in entry["Source"]) == (f"-model-{STAGE}:" in entry["Detail"]) for entry in told)


@service_in_turn
def test_a_stage_leaves_the_models_of_anothers_projects_alone(
    lifecycle: Lifecycle, beside: Lifecycle, service: ServiceWords
) -> None:
    for model in (service, its_own(service)):
        assert Someone(lifecycle.aws, model).starts()
    lifecycle.pass_time(4.5 * HOUR)

    for stage, own in ((lifecycle, service), (beside, its_own(service))):
        [told] = stage.told_by_watch()
        assert told.document["StopInput"] == own.model
        [refused] = (each.model for each in (service, its_own(service)) if each != own)
        for execution in (stage.run(refused), stage.run_stop(refused)):
            assert execution.error == "AccessDeniedError"
    if service is LOOKOUT_VISION:
        assert f":stateMachine:stop-model-{STAGE} " in told.document["HowToStop"]
