"""A third service is one class and one line: machines, leases and the watch then know its models."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, ClassVar, cast

import pytest
from aws_cdk import App, Stack

from model_lifecycle.aws.service_calls import ServiceCalls
from model_lifecycle.aws.service_catalog import ServiceCatalog
from model_lifecycle.aws.service_model import ServiceModel
from model_lifecycle.requests.stop_request import parse_stop_request
from model_lifecycle.services.actions import Actions
from model_lifecycle.services.fields import text
from model_lifecycle.services.registry import SERVICES
from model_lifecycle.services.service import Calls, Identity, InferenceUnits, Listed, ModelDescription, Service
from model_lifecycle.services.statuses import COMES_UP, RUNS, STOPPED, STOPS
from model_lifecycle.steps.start import check_model, start_model
from model_lifecycle.steps.step import take_step
from model_lifecycle.steps.stop import check_stop, stop_model
from model_lifecycle.vocabulary.home import Home
from model_lifecycle.vocabulary.instant import to_instant
from model_lifecycle.vocabulary.phase import Goal
from model_lifecycle.watch.round import look_at_all
from model_lifecycle.watch.watch import Finding, Limits, Watch
from settings.settings import Settings, SettingsError
from stacks.permissions import ModelPermissions
from tests.fakes.fake_lines import FakeLines
from tests.fakes.fake_seams import FakeLeases, FakeMeter, FakeRecords
from tests.fakes.given import DEFAULTS, EXECUTION, HOME, STOP_EXECUTION, after

KILN = {"KilnName": "north"}
PROJECT_ARN = "arn:aws:kilns:us-east-1:123456789012:pottery/clay"


class Kilns(Service):
    """A service that nobody has: it fires kilns."""

    name = "Kilns"
    title = "Amazon Kilns"
    client = "kilns"
    statuses: ClassVar[dict[str, Any]] = {"COLD": STOPPED, "HEATING": COMES_UP, "HOT": RUNS, "COOLING": STOPS}
    required = (text("KilnName", "[a-z]+", characters=(1, 20), allowed="a kiln's name"),)
    project_arn = text(
        "PotteryArn", r"arn:aws:kilns:[a-z\d-]+:\d{12}:pottery/\w+", characters=(20, 99), allowed="a pottery's ARN"
    )
    project_field = text("Pottery", "[a-z]+", characters=(1, 20), allowed="a pottery's name")
    actions: ClassVar[Actions] = Actions(
        namespace="kilns",
        every_project="pottery/*",
        look="GetKiln",
        looks_at=lambda project: project,
        start="FireKiln",
        stop="CoolKiln",
        changes=lambda project: project,
        list_without_resource=("ListKilns",),
    )

    def contradictions(self, identity: Identity, home: Home | None) -> list[str]:  # noqa: ARG002
        return []

    def project(self, identity: Identity) -> str:  # noqa: ARG002
        return "clay"

    def any_model_of(self, project: str) -> Identity:  # noqa: ARG002
        return {"KilnName": "any"}

    def version(self, identity: Identity) -> str:
        return identity["KilnName"]

    def describe(self, identity: Identity, calls: Calls) -> ModelDescription:
        return ModelDescription.of(calls.call("GetKiln", **identity))

    def start(self, identity: Identity, units: InferenceUnits, client_token: str, calls: Calls) -> str:  # noqa: ARG002
        return str(calls.call("FireKiln", **identity, **units)["Status"])

    def stop(self, identity: Identity, calls: Calls) -> str:
        return str(calls.call("CoolKiln", **identity)["Status"])

    def project_named(self, project_arn: str) -> str:
        return project_arn.rpartition("/")[2]

    def projects(self, calls: Calls) -> list[str]:  # noqa: ARG002
        return ["clay"]

    def models(self, project: str, calls: Calls) -> Sequence[Listed]:  # noqa: ARG002
        return [Listed({"KilnName": kiln["KilnName"]}, kiln["Status"]) for kiln in calls.call("ListKilns")["Kilns"]]


class Pottery:
    """Its client, and one kiln."""

    status = "COLD"

    def get_kiln(self, **_: str) -> dict[str, Any]:
        return {"Status": self.status, "MinInferenceUnits": 1}

    def list_kilns(self) -> dict[str, Any]:
        return {"Kilns": [{**KILN, "Status": self.status}]}

    def fire_kiln(self, **_: Any) -> dict[str, Any]:
        self.status = "HEATING"
        return self.get_kiln()

    def cool_kiln(self, **_: Any) -> dict[str, Any]:
        self.status = "COOLING"
        return self.get_kiln()


@pytest.fixture
def pottery() -> Iterator[Pottery]:
    SERVICES.append(Kilns())
    yield Pottery()
    SERVICES.pop()


class Life:
    """Takes the steps of both machines with that one kiln."""

    def __init__(self, pottery: Pottery) -> None:
        self.calls = ServiceCalls(pottery)
        self.records, self.leases, self.meter = FakeRecords(), FakeLeases(), FakeMeter()

    def model_of(self, request: Any) -> ServiceModel:
        return ServiceModel(request, self.calls)

    def step(self, act: Callable[..., Any], written: dict[str, Any], now: datetime, **seams: Any) -> dict[str, Any]:
        return take_step(
            written,
            {Goal(written["Goal"]): partial(act, records=self.records, **seams)},
            model_of=self.model_of,
            defaults=DEFAULTS,
            home=HOME,
            now=now,
        )


def payload(goal: Goal, arn: str, asked: dict[str, Any], progress: dict[str, Any] | None = None) -> dict[str, Any]:
    execution = {"Arn": arn, "StartTime": to_instant(after(0))}
    return {"Goal": goal.value, "Input": asked, "Execution": execution, "Progress": progress or {}}


def test_a_third_service_goes_through_a_leased_start_and_its_stop(pottery: Pottery) -> None:
    life, asked = Life(pottery), {**KILN, "StopAfterSeconds": 600}

    lines = FakeLines()
    begun = life.step(start_model, payload(Goal.RUNNING, EXECUTION, asked), after(1), leases=life.leases, lines=lines)
    pottery.status = "HOT"
    ran = life.step(check_model, payload(Goal.RUNNING, EXECUTION, asked, begun), after(60))
    [lease] = life.leases.armed
    stop = {**KILN, "LeaseEndsAt": to_instant(after(600)), "Reason": "Its lease is over."}
    seams = {"leases": life.leases, "meter": life.meter}
    stopping = life.step(stop_model, payload(Goal.STOPPED, STOP_EXECUTION, stop), after(601), **seams)
    pottery.status = "COLD"
    stopped = life.step(check_stop, payload(Goal.STOPPED, STOP_EXECUTION, stop, stopping), after(660), **seams)

    assert [step["Phase"] for step in (begun, ran, stopping, stopped)] == ["STARTING", "RUNNING", "STOPPING", "STOPPED"]
    assert (lease.ends_at, life.leases.armed) == (after(600), [])


def test_a_third_service_is_watched(pottery: Pottery) -> None:
    life = Life(pottery)
    pottery.status = "HOT"
    limits = Limits(warn_after=timedelta(), stop_after=None)
    watch = Watch(
        records=life.records,
        leases=life.leases,
        meter=life.meter,
        stops=cast("Any", None),
        limits=limits,
        now=after(0),
        hour="any",
    )

    def look(listed: Listed) -> Finding:
        request = parse_stop_request(listed.identity, defaults=DEFAULTS, home=HOME)
        return watch.look(request, life.model_of(request), listed_as=listed.status).finding

    watched = look_at_all({"Kilns": ServiceCatalog(Kilns(), [], life.calls)}, look)

    assert (watched.found[Finding.WARNED], watched.troubles) == (1, [])


def test_a_third_service_is_in_the_settings_and_in_the_permissions(pottery: Pottery) -> None:  # noqa: ARG001
    settings = Settings.from_context({"project_arns": [PROJECT_ARN]})
    stack = Stack(App(), "Pottery")

    permitted = [stack.resolve(statement.to_json()) for statement in ModelPermissions(settings.project_arns).start()]

    assert permitted == [{"Effect": "Allow", "Action": "kilns:FireKiln", "Resource": PROJECT_ARN}]


def test_a_service_that_is_not_registered_is_none() -> None:
    with pytest.raises(SettingsError, match="project_arns"):
        Settings.from_context({"project_arns": [PROJECT_ARN]})
