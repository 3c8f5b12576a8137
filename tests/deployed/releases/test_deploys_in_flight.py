"""Two releases over each other with everything in flight, once forward and once back: nothing is lost.

What is there is encrypted with AWS's keys, then with the customer's, then with AWS's again.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from local.commands.cdk import deploy
from local.commands.subscriber import Notification
from model_lifecycle.releases.old_versions import KEPT_FOR, REDRIVABLE_FOR
from tests.deployed.lifecycle import Lifecycle
from tests.deployed.releases.next_release import SAYS, next_release
from tests.deployed.services import BOTH, LOOKOUT_VISION, REKOGNITION, ServiceWords
from tests.deployed.someone import Someone
from tests.template.synthesized import made_once
from tests.worlds import Worlds

QUEUES = (
    *("Untold", "Unwatched", "Unforgotten"),
    *(f"{where}Undelivered" for where in ("EndingsNet", "Leases", "Notifications", "Triggers", "Watch")),
)
CALLED = ("StartModel", "CheckModel", "StopModel", "Notify")
MINUTE, HOUR, DAY = 60, 3_600, 86_400
OFTEN_ENOUGH = {"PollIntervalSeconds": 5 * MINUTE}
SLOWLY = {"StartSeconds": 40 * MINUTE, "StopSeconds": 40 * MINUTE}


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What is in flight as a release is deployed over the one that it began with.

    `begin`: start or stop, or what a schedule or someone else does. `fields`: of the input. `outcome`: of its message.
    `ends_as`: the model's status at last. `stop`: the outcome of the stop that comes of it, if one does.
    """

    script: Mapping[str, Any] = field(default_factory=dict)
    begin: Callable[[Lifecycle], Callable[[Any], str]] = lambda lifecycle: lifecycle.start
    fields: Mapping[str, Any] = field(default_factory=dict)
    outcome: str = "Running"
    ends_as: str = "running"
    stop: str | None = None


KINDS = {
    "a-start-that-waits": Kind(script=SLOWLY),
    "a-start-that-cannot-ask": Kind(script={"Status": "stopping", **SLOWLY}),
    "a-start-that-gives-up": Kind(
        script=SLOWLY,
        fields={"StartTimeoutSeconds": 30 * MINUTE},
        outcome="TimedOut",
        ends_as="stopped",
        stop="Stopped",
    ),
    "a-stop-that-waits": Kind(
        script={"Status": "running", **SLOWLY},
        begin=lambda lifecycle: lifecycle.stop,
        outcome="Stopped",
        ends_as="stopped",
    ),
    "a-lease": Kind(
        script={"StartSeconds": 1}, fields={"StopAfterSeconds": 45 * MINUTE}, ends_as="stopped", stop="Stopped"
    ),
}


@dataclass(frozen=True)
class Begun:
    """One of these that has begun with a release."""

    kind: Kind
    service: ServiceWords
    arn: str


def named(service: ServiceWords, name: str) -> ServiceWords:
    if service is LOOKOUT_VISION:
        return replace(service, model={"ProjectName": name, "ModelVersion": "1"})
    arn = f"arn:aws:rekognition:us-east-1:123456789012:project/{name}/version/{name}.2026/1767603600000"
    return replace(service, model={"ProjectVersionArn": arn})


def models(release: str) -> dict[str, ServiceWords]:
    """Return a model for each kind, of one service and the other in turn."""
    first = BOTH.index(REKOGNITION if release == "today" else LOOKOUT_VISION)
    return {name: named(BOTH[(first + number) % 2], f"{name}-{release}") for number, name in enumerate(KINDS)}


def script_of(kind: Kind, service: ServiceWords) -> dict[str, Any]:
    script = dict(kind.script)
    if "Status" in script:
        script["Status"] = getattr(service, script["Status"])
    return service.script(**script)


BY_SCHEDULE = named(LOOKOUT_VISION, "by-schedule")
BY_HAND = named(REKOGNITION, "by-hand")
TO_REDRIVE = named(REKOGNITION, "to-redrive")
SETTINGS: dict[str, Any] = {
    "schedules": [
        {
            "name": "today",
            "start": "cron(5 10 5 1 ? *)",
            "stop": "cron(40 10 5 1 ? *)",
            "model": BY_SCHEDULE.model,
        }
    ],
}
"""Its start is under this release, its stop under the next one."""


@dataclass(frozen=True, kw_only=True)
class Story:
    """What has become of it all."""

    lifecycle: Lifecycle
    begun: Mapping[str, Begun]
    aborted: str
    heard: list[Notification]
    ends_as: Mapping[str, str]
    lost: list[Any]
    running: list[str]
    armed: list[Any]

    def of(self, arn: str) -> list[Notification]:
        return [message for message in self.heard if message.document["ExecutionArn"] == arn]


@pytest.fixture(scope="module")
def story(worlds: Worlds, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """From 10:00 on this release, from 10:20 on the next one, from 10:40 on this one again, until nothing is left."""
    lifecycle = worlds.deployed("releases", SETTINGS)
    following = next_release(tmp_path_factory.mktemp("next"), **SETTINGS, encryption="customer")
    back = made_once("releases returning", tmp_path_factory, **SETTINGS, encryption="returning").folder
    scripts = [
        script_of(KINDS[name], words) for release in ("today", "next") for name, words in models(release).items()
    ]
    lifecycle.given(
        *scripts,
        BY_SCHEDULE.script(StartSeconds=1),
        BY_HAND.script(Status="RUNNING", RunningForSeconds=25 * HOUR),
        TO_REDRIVE.script(StartEndsIn=REKOGNITION.failed, **SLOWLY),
    )
    lifecycle.pass_time(HOUR)

    begun = begin(lifecycle, "today")
    aborted = lifecycle.start({**TO_REDRIVE.model, **OFTEN_ENOUGH})
    lifecycle.pass_time(10 * MINUTE)
    lifecycle.abort(aborted)
    lifecycle.pass_time(10 * MINUTE)
    over(lifecycle, following)
    begun |= begin(lifecycle, "next")
    lifecycle.pass_time(20 * MINUTE)
    over(lifecycle, back)
    lifecycle.pass_time(3 * HOUR)
    heard = everything_heard(lifecycle)
    yield Story(
        lifecycle=lifecycle,
        begun=begun,
        aborted=aborted,
        heard=heard,
        ends_as={name: Someone(lifecycle.aws, one.service).sees() for name, one in begun.items()},
        lost=[letter for queue in QUEUES for letter in lifecycle.dead_letters(queue)],
        running=[*lifecycle.executions(statusFilter="RUNNING"), *lifecycle.stops(statusFilter="RUNNING")],
        armed=lifecycle.armed(),
    )
    worlds.leave()


def begin(lifecycle: Lifecycle, release: str) -> dict[str, Begun]:
    return {
        f"{name}-{release}": Begun(
            KINDS[name], words, KINDS[name].begin(lifecycle)({**words.model, **OFTEN_ENOUGH, **KINDS[name].fields})
        )
        for name, words in models(release).items()
    }


def over(lifecycle: Lifecycle, assembly: Path) -> None:
    """Deploy a release over the one that is there, in no time."""
    with lifecycle.clock.running():
        deploy(lifecycle.aws, assembly=assembly, bootstrapped=True)


def everything_heard(lifecycle: Lifecycle) -> list[Notification]:
    arns = [*lifecycle.executions(), *lifecycle.stops()]
    return [*lifecycle.told_by_watch(), *(message for arn in arns for message in lifecycle.messages(arn))]


EVERY = [f"{name}-{release}" for release in ("today", "next") for name in KINDS]


@pytest.mark.parametrize("name", EVERY)
def test_what_was_in_flight_ends_as_it_promised_and_is_told_once(story: Story, name: str) -> None:
    begun = story.begun[name]
    [message] = story.of(begun.arn)
    assert message.document["Outcome"] == begun.kind.outcome, message.document
    assert story.ends_as[name] == getattr(begun.service, begun.kind.ends_as)


@pytest.mark.parametrize("name", [name for name in EVERY if KINDS[name.rpartition("-")[0]].stop])
def test_a_stop_that_one_release_armed_is_carried_out_under_the_other(story: Story, name: str) -> None:
    begun = story.begun[name]
    stops = [
        message.document
        for message in story.heard
        if "stop-model" in (message.document["ExecutionArn"] or "")
        and message.document.items() >= begun.service.model.items()
    ]
    assert [stop["Outcome"] for stop in stops] == [begun.kind.stop]
    assert any(words in stops[0]["Reason"] for words in ("Its lease ended", "Its start failed"))


@pytest.mark.parametrize(("release", "says"), [("today", "is stopped"), ("next", SAYS)])
def test_an_execution_is_told_in_the_words_of_the_release_that_it_began_with(
    story: Story, release: str, says: str
) -> None:
    [message] = story.of(story.begun[f"a-stop-that-waits-{release}"].arn)
    assert says in message.document["Summary"]


def test_nothing_is_told_twice_and_nothing_gets_lost(story: Story) -> None:
    told = Counter(message.document["NotificationId"] for message in story.heard)
    assert set(told.values()) == {1}
    assert story.lost == story.running == []


def test_what_begins_while_the_key_is_the_customer_s_is_encrypted_with_it(story: Story) -> None:
    machines = story.lifecycle.aws.client("stepfunctions")
    types = {
        name: machines.describe_state_machine_for_execution(executionArn=begun.arn)["encryptionConfiguration"]["type"]
        for name, begun in story.begun.items()
        if name.endswith("-next")
    }
    assert types == dict.fromkeys(types, "CUSTOMER_MANAGED_KMS_KEY")


def test_no_armed_stop_is_left_behind(story: Story) -> None:
    assert story.armed == []


def test_a_schedule_starts_under_one_release_and_stops_under_the_next(story: Story) -> None:
    told = [message.document for message in story.heard if message.document.get("ProjectName") == "by-schedule"]
    assert Counter(document["Outcome"] for document in told) == {"Running": 1, "Stopped": 1}


def test_the_watch_of_no_release_repeats_what_that_of_another_said_today(story: Story) -> None:
    told = [message.document for message in story.heard if message.document["ExecutionArn"] is None]
    assert [(document["Outcome"], document["ProjectVersionArn"]) for document in told] == [
        ("StillBilling", BY_HAND.model["ProjectVersionArn"])
    ]


def test_versions_stay_as_long_as_executions_may_go_on_and_no_longer(story: Story) -> None:
    lifecycle = story.lifecycle
    # All that is there is looked at each hour: that takes time, and shows nothing here.
    with lifecycle.unwatched():
        assert versions(lifecycle) == {function: [1, 2, 3] for function in CALLED}

        lifecycle.pass_time((REDRIVABLE_FOR - timedelta(days=1)).total_seconds())
        assert versions(lifecycle) == {function: [1, 2, 3] for function in CALLED}
        lifecycle.redrive(story.aborted)
        assert lifecycle.end_of(story.aborted).status == "FAILED"
        [*_, message] = lifecycle.messages(story.aborted)
        assert message.document["NotificationId"] == f"{story.aborted}#1"
        # One that is encrypted with the customer's key, as nothing new is any more.
        encrypted = story.begun["a-start-that-gives-up-next"].arn
        lifecycle.redrive(encrypted)
        assert lifecycle.end_of(encrypted).status == "FAILED"

        lifecycle.pass_time((KEPT_FOR - REDRIVABLE_FOR + timedelta(days=2)).total_seconds())
        assert versions(lifecycle) == {function: [3] if function == "StopModel" else [1, 2, 3] for function in CALLED}

        lifecycle.pass_time(REDRIVABLE_FOR.total_seconds())
        assert versions(lifecycle) == {function: [3] for function in CALLED}
        lifecycle.given(TO_REDRIVE.script(StartSeconds=1))
        assert lifecycle.run(TO_REDRIVE.model).status == "SUCCEEDED"


def versions(lifecycle: Lifecycle) -> dict[str, list[int]]:
    """Return the numbers of the versions of each function."""
    api = lifecycle.aws.client("lambda")
    names = {
        function: name
        for function in CALLED
        for name in (each["FunctionName"] for each in api.list_functions()["Functions"])
        if f"Functions{function}" in name
    }
    return {
        function: [int(each["Version"]) for each in listed if each["Version"] != "$LATEST"]
        for function, name in names.items()
        for listed in [api.list_versions_by_function(FunctionName=name)["Versions"]]
    }
