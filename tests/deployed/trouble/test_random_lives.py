"""Random lives of a model in the deployed app: a start keeps its promises, whatever happens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from local.api.calls import ApiCall
from local.network.faults import calls
from local.scenario import words
from local.scenario.words import Words
from tests.deployed.lifecycle import ACCOUNT, Execution, Lifecycle
from tests.deployed.services import LOOKOUT_VISION, REKOGNITION, ServiceWords, both_services
from tests.deployed.someone import Someone

# The same lives each time, so that nothing fails but by what was changed.
some = settings(
    derandomize=True,
    deadline=None,
    max_examples=10 if settings.get_current_profile_name() == "soak" else 3,
    # Each life begins with models and faults of its own.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
LATEST_SECONDS = 15
"""After the deadline: two repetitions of the last step come after two and four seconds."""

SECONDS = st.integers(0, 30) | st.integers(0, 400)
WORDS: Mapping[str, Words] = {REKOGNITION.name: words.REKOGNITION, LOOKOUT_VISION.name: words.LOOKOUT}
ERRORS = {
    REKOGNITION.name: [
        "ThrottlingException",
        "InternalServerError",
        "ResourceInUseException",
        "AccessDeniedException",
        "ResourceNotFoundException",
    ],
    LOOKOUT_VISION.name: [
        "ThrottlingException",
        "InternalServerException",
        "ConflictException",
        "AccessDeniedException",
        "ServiceQuotaExceededException",
    ],
}
TABLE_ERRORS = ["ProvisionedThroughputExceededException", "InternalServerError", "AccessDeniedException"]
EFFECTS = ["LoseAnswer", "Refuse", "KillBefore", "KillAfter"]
CANNOT_HAVE_RUN = timedelta(seconds=30)
UNHEARD = {"LoseAnswer", "KillAfter"}
OTHERS = {"StopModel", "WatchModels"}
"""Functions that take no part in a start."""


@dataclass(frozen=True)
class Life:
    """All that is going to happen to a model, and the input of the execution that is to start it.

    `others`: what someone else does, `starts` or `stops`, so many seconds after the execution's start.
    """

    model: Mapping[str, Any]
    faults: Sequence[Mapping[str, Any]]
    others: Sequence[tuple[int, str]]
    fields: Mapping[str, Any]


@st.composite
def faults(draw: st.DrawFn, service: ServiceWords) -> dict[str, Any]:
    """Return what goes wrong with some calls of one of the functions that steps are made of."""
    caller, operation = draw(
        st.sampled_from(
            [
                ("StartModel", service.start),
                ("StartModel", service.describe),
                ("CheckModel", service.describe),
                ("StartModel", "GetItem"),
                ("StartModel", "PutItem"),
            ]
        )
    )
    errors = TABLE_ERRORS if operation in ("GetItem", "PutItem") else ERRORS[service.name]
    what = draw(
        st.sampled_from(EFFECTS).map(lambda effect: {"Effect": effect})
        | st.sampled_from(errors).map(lambda error: {"Error": error})
    )
    times = draw(st.sampled_from([{"Times": 1}, {"Times": 1}, {"Times": 3}, {}]))
    return {"Operation": operation, "Caller": caller, "After": draw(st.integers(0, 2)), **what, **times}


@st.composite
def lives(draw: st.DrawFn, service: ServiceWords) -> Life:
    """Any life of the one model of a service."""
    spoken = WORDS[service.name]
    often = [spoken.stopped] * 30 + [spoken.failed, spoken.starting, spoken.stopping] * 4
    turn = st.builds(
        lambda seconds, status: {"AfterSeconds": seconds, "Status": status}, SECONDS, st.sampled_from(spoken.statuses)
    )
    model = {
        "Status": draw(st.sampled_from([*often, *spoken.statuses])),
        "StartSeconds": draw(SECONDS),
        "StartEndsIn": draw(st.sampled_from([spoken.running, *spoken.start_endings])),
        "StopSeconds": draw(SECONDS),
        "Then": draw(st.lists(turn, max_size=2)),
    }
    fields = {
        "StartTimeoutSeconds": draw(st.integers(1, 600)),
        "StopTimeoutSeconds": 120,
        "MinInferenceUnits": draw(st.none() | st.integers(1, 3)),
        "MaxInferenceUnits": draw(st.none() | st.integers(3, 5)),
        "PollIntervalSeconds": draw(st.none() | st.integers(10, 120)),
    }
    other = st.tuples(st.integers(1, 300), st.sampled_from(["starts", "stops"]))
    return Life(model, draw(st.lists(faults(service), max_size=3)), sorted(draw(st.lists(other, max_size=3))), fields)


@dataclass(frozen=True)
class Lived:
    """What became of it.

    At the moment at which the execution ended: `says`, the status in the service's own word, and `calls`, those of its
    functions. Of a start that gives up, stop-model may have begun by then.
    """

    service: ServiceWords
    life: Life
    execution: Execution
    document: Mapping[str, Any]
    says: str
    calls: Sequence[ApiCall]
    stopped_by_others: Sequence[datetime]

    @property
    def own_starts(self) -> list[ApiCall]:
        """The calls of this execution that were carried out. People's clients have no app id."""
        return [call for call in calls(self.service.start) if call.caller and call.outcome in {"OK", *UNHEARD}]

    @property
    def looked_last(self) -> bool:
        """Whether the last look told anything."""
        looks = [call for call in self.calls if call.operation in (self.service.describe, "DescribeProjects")]
        return bool(looks) and looks[-1].outcome == "OK"


def live(lifecycle: Lifecycle, service: ServiceWords, life: Life) -> Lived:
    """Let it happen, and look at the model at the very moment at which the execution ends."""
    lifecycle.given(service.script(**life.model), faults=life.faults)
    someone = Someone(lifecycle.aws, service)
    stopped = []
    with lifecycle.clock.running():
        began = lifecycle.clock.now()
        arn = lifecycle.start({**service.model, **life.fields})
        # Real clients can only ask every now and then: the local AWS knows the moment.
        ended = stepfunctions_parser_backends[ACCOUNT][lifecycle.aws.region].execution(arn).ended
        for seconds, does in life.others:
            wait = (began + timedelta(seconds=seconds) - lifecycle.clock.now()).total_seconds()
            if ended.wait(wait):
                break
            if does == "starts":
                someone.starts()
            elif someone.stops():
                stopped.append(lifecycle.clock.now())
        ended.wait()
        says = someone.sees()
        own = [call for call in calls() if call.caller and lifecycle.function_of(call) not in OTHERS]
    execution = lifecycle.end_of(arn)
    return Lived(service, life, execution, lifecycle.only_message(execution).document, says, own, stopped)


def assert_promises_kept(lived: Lived) -> None:
    """Each of them; that there is exactly one message is behind it already."""
    assert lived.execution.seconds <= lived.life.fields["StartTimeoutSeconds"] + LATEST_SECONDS
    assert_started_once_at_most(lived)
    assert_told_truly(lived)


def assert_started_once_at_most(lived: Lived) -> None:
    """And not at all once a start was under way, whoever stopped the model then.

    What cannot be known: Rekognition has no tokens. A start that nobody heard of, and of which nothing is to be seen
    half a minute later since the model is back in the status from before, is one that never arrived. In AWS, where
    starts take minutes, that is so.
    """
    for one, other in pairwise(lived.own_starts):
        assert one.outcome in UNHEARD
        if lived.service is LOOKOUT_VISION:
            assert one.parameters["ClientToken"] == other.parameters["ClientToken"]
        else:
            turns = [one.moment + timedelta(seconds=turn["AfterSeconds"]) for turn in lived.life.model["Then"]]
            ended = one.moment + timedelta(seconds=lived.life.model["StartSeconds"])
            prompt = one.moment + CANNOT_HAVE_RUN
            assert any(one.moment <= moment <= prompt for moment in (*turns, *lived.stopped_by_others, ended))
    under_way = [
        event["timestamp"]
        for event in lived.execution.history
        if event.get("stateEnteredEventDetails", {}).get("name") == "Wait for start"
    ]
    # The history knows milliseconds.
    begun = [moment + timedelta(milliseconds=1) for moment in under_way[:1]]
    assert all(start.moment <= moment for start in lived.own_starts for moment in begun)


def assert_told_truly(lived: Lived) -> None:
    """Assert that it says what the service says at its end, and of what bills that it bills."""
    document, execution, service = lived.document, lived.execution, lived.service
    if execution.status == "SUCCEEDED":
        assert (document["Outcome"], document["Status"], lived.says) == ("Running", service.running, service.running)
    else:
        assert execution.status == "FAILED"
        assert (document["Error"], document["Cause"]) == (execution.error, execution.cause)
        assert document["Outcome"] == ("TimedOut" if execution.error == "StartTimedOutError" else "Failed")
        assert execution.error != "FunctionFailedError" or any("Kill" in str(fault) for fault in lived.life.faults)
    if lived.looked_last and not (document["CleanUp"] and lived.says in (service.stopping, service.stopped)):
        assert document["Status"] == lived.says
    bills = lived.says in (service.starting, service.running)
    if bills and (lived.looked_last or lived.own_starts):
        assert document["MayBill"] is True


LIVED: set[str] = set()


def live_and_keep_promises(lifecycle: Lifecycle, service: ServiceWords, life: Life) -> None:
    """Hypothesis tries some lives again; to have lived through each once is enough at this price."""
    if repr((service, life)) not in LIVED:
        assert_promises_kept(live(lifecycle, service, life))
        LIVED.add(repr((service, life)))


@both_services
@some
@given(data=st.data())
def test_a_start_keeps_its_promises_whatever_befalls_it(
    lifecycle: Lifecycle, service: ServiceWords, data: st.DataObject
) -> None:
    life = data.draw(lives(service))

    live_and_keep_promises(lifecycle, service, life)


@both_services
@some
@given(data=st.data(), effect=st.sampled_from(sorted(UNHEARD)))
def test_a_start_keeps_its_promises_if_nobody_hears_what_became_of_it(
    lifecycle: Lifecycle, service: ServiceWords, data: st.DataObject, effect: str
) -> None:
    life = data.draw(lives(service))
    unheard = {"Operation": service.start, "Effect": effect, "Times": 1, "Caller": "StartModel"}

    live_and_keep_promises(lifecycle, service, replace(life, faults=[unheard, *life.faults]))


@both_services
@some
@given(data=st.data(), ran_for=st.integers(1, 20), under_way=st.booleans())
def test_a_model_that_someone_stops_between_two_looks_is_left_alone(
    lifecycle: Lifecycle, service: ServiceWords, data: st.DataObject, ran_for: int, *, under_way: bool
) -> None:
    life = data.draw(lives(service))
    model = {**life.model, "Status": service.starting if under_way else service.stopped, "StartEndsIn": service.running}
    stop = (life.model["StartSeconds"] + ran_for, "stops")
    stopped = replace(
        life,
        model={**model, "Then": []},
        others=sorted([stop, *life.others]),
        fields={**life.fields, "PollIntervalSeconds": 60},
    )

    live_and_keep_promises(lifecycle, service, stopped)
